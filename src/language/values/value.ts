import { zonedText } from './zone.ts'

/**
 * A point in time. `text` is what the API or the script wrote; `to json` prints it again (language.md 2.5). `zone` is the one on whose wall
 * clock it is shown and steps of the calendar are made; that of this machine if absent.
 */
export class Time {
  readonly ms: number
  readonly text: string | undefined
  readonly zone: string | undefined
  constructor(ms: number, text?: string, zone?: string) {
    this.ms = ms
    this.text = text
    this.zone = zone
  }
  /** Whether it was written, or made, as a date without a time of day. */
  get isDate(): boolean {
    return this.text !== undefined && this.text.length === 10
  }
  toJSON(): string {
    return timeText(this)
  }
  toString(): string {
    return timeText(this)
  }
}

/** A length of time in milliseconds. */
export class Duration {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  /** Exact, for programs. */
  toJSON(): string {
    return durationText(this.ms)
  }
  toString(): string {
    return shortDuration(this.ms)
  }
}

/** A credential: prints as `***` everywhere (language.md 2.13). */
export class Secret {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  /** The text itself, for options marked secret, `reveal`, `with env` and `==`. */
  reveal(): string {
    return this.#text
  }
  toJSON(): string {
    return '***'
  }
  toString(): string {
    return '***'
  }
}

/** `{|x| ... }` as a value. It runs in the scope in which it was written. `task` is where it runs: that of its scope unless it is given. */
export class Block {
  readonly run: (args: readonly Value[], task?: object) => Value | Promise<Value>
  /** The names between its bars; none means that the first argument is `$it`. */
  readonly names: readonly string[]
  constructor(run: Block['run'], names: readonly string[]) {
    this.run = run
    this.names = names
  }
  toJSON(): string {
    return this.toString()
  }
  toString(): string {
    return this.names.length === 0 ? '{ ... }' : `{|${this.names.join(', ')}| ... }`
  }
}

/** Items that are still arriving. Read once; closing it closes what it comes from. */
export class Stream {
  /** `list` streams are lists that arrive page by page: at the end of a pipeline they become lists. */
  readonly kind: 'list' | 'stream'
  #source: AsyncIterator<Value>
  #taken = false
  #first: Promise<IteratorResult<Value>> | undefined
  readonly #origin: (() => Promise<void>) | undefined

  /** `origin` closes what it comes from: called where nothing was read of it, since a generator that has not begun closes nothing. */
  constructor(source: AsyncIterable<Value>, kind: 'list' | 'stream', origin?: () => Promise<void>) {
    this.#source = source[Symbol.asyncIterator]()
    this.kind = kind
    this.#origin = origin
  }

  get taken(): boolean {
    return this.#taken
  }

  /** Starts reading, so that nothing is lost before the first reader comes (`let logs = log stream ...`). */
  open(): void {
    if (this.#taken || this.#first !== undefined) return
    this.#first = this.#source.next()
    // Whoever reads the stream gets the failure; until then it is not unhandled.
    this.#first.catch(() => undefined)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value> {
    this.#taken = true
    try {
      for (;;) {
        const pending = this.#first ?? this.#source.next()
        this.#first = undefined
        const { value, done } = await pending
        if (done) return
        yield value
      }
    } finally {
      await this.#source.return?.()
    }
  }

  /** What is made of this one item by item: of the same kind, and whoever closes it unread closes this one. */
  into(made: AsyncIterable<Value>): Stream {
    return new Stream(made, this.kind, () => this.close())
  }

  async close(): Promise<void> {
    const isUnread = !this.#taken && this.#first === undefined
    this.#taken = true
    await this.#source.return?.()
    if (isUnread) await this.#origin?.()
  }
}

export type Value =
  | null
  | boolean
  | number
  | string
  | Time
  | Duration
  | Secret
  | Stream
  | Block
  | readonly Value[]
  | RecordValue
export interface RecordValue {
  readonly [field: string]: Value
}

type ValueType =
  | 'null'
  | 'bool'
  | 'number'
  | 'text'
  | 'time'
  | 'duration'
  | 'list'
  | 'record'
  | 'stream'
  | 'secret'
  | 'block'

export function typeOf(value: Value): ValueType {
  if (value === null) return 'null'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'number'
    case 'boolean':
      return 'bool'
    default:
  }
  if (Array.isArray(value)) return 'list'
  if (value instanceof Time) return 'time'
  if (value instanceof Duration) return 'duration'
  if (value instanceof Secret) return 'secret'
  if (value instanceof Stream) return 'stream'
  if (value instanceof Block) return 'block'
  return 'record'
}

export function isRecord(value: Value): value is RecordValue {
  return isPlainRecord(value) || typeOf(value) === 'record'
}

/** Whether it is a record as most are: an object without a class. Cheaper than `isRecord`, which others are asked with after it. */
export function isPlainRecord(value: unknown): value is RecordValue {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === PLAIN
}

const PLAIN: unknown = Object.prototype

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** A type with its article, for messages: `a list`, `null`. */
export function aType(value: Value): string {
  const type = typeOf(value)
  return type === 'null' ? 'null' : type === 'text' ? 'text' : `a ${type}`
}

/** Sets a field, also one that is called `__proto__`. */
export function putField(record: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true })
  else record[name] = value
}

const kinds = new WeakMap<object, string>()

/** Remembers what a record is, such as `Device`, for messages about its fields. */
export function markKind(record: RecordValue, kind: string): void {
  kinds.set(record, kind)
}

/** What a record is, if it came from a command. */
export function kindOf(record: RecordValue): string | undefined {
  return kinds.get(record)
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A duration as people say it and `to-duration` reads it, exact: `1d 3h 30m`, `1s 500ms`. */
export function durationText(ms: number): string {
  // Parts of a millisecond come from averages; three decimals are more than anything measures.
  const rounded = (part: number): number => Math.round(part * 1000) / 1000
  let left = Math.abs(ms) < 1e12 ? rounded(Math.abs(ms)) : Math.abs(ms)
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = unit === 'ms' ? rounded(left) : Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.length === 0 ? '0s' : (ms < 0 ? '-' : '') + parts.join(' ')
}

/** A duration for people: rounded to the third unit, so that a fleet's ages do not show milliseconds. */
function shortDuration(ms: number): string {
  const first = UNITS.findIndex(([, size]) => Math.abs(ms) >= size)
  const unit = UNITS[first < 0 ? UNITS.length : first + 2]
  return durationText(unit === undefined ? ms : Math.round(ms / unit[1]) * unit[1])
}

/** The text of a time: as it was written, else ISO 8601 on the wall clock of its zone, or in UTC. */
function timeText(time: Time): string {
  if (time.text !== undefined) return time.text
  return time.zone === undefined ? new Date(time.ms).toISOString() : zonedText(time.ms, time.zone)
}

/** A local time as a date if it is a midnight: what is made from dates prints as a date. */
export function dateOf(ms: number): Time {
  const at = new Date(ms)
  if (
    at.getHours() + at.getMinutes() + at.getSeconds() + at.getMilliseconds() !== 0 ||
    at.getFullYear() < 1000 ||
    at.getFullYear() > 9999
  )
    return new Time(ms)
  const two = (part: number): string => String(part).padStart(2, '0')
  return new Time(ms, `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`)
}

/** Reads `2026-01-31`, `2026-01-31T10:00Z` and the API's timestamps; undefined if the text is no time. Without an offset it is local. */
export function timeOf(text: string): Time | undefined {
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.test(text))
    return undefined
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (day !== null) {
    const [, year = '', month = '', date = ''] = day
    const local = new Date(Number(year), Number(month) - 1, Number(date))
    if (local.getMonth() !== Number(month) - 1 || local.getDate() !== Number(date)) return undefined
    return new Time(local.getTime(), text)
  }
  // A day that its month does not have would become one of the next month.
  if (timeOf(text.slice(0, 10)) === undefined) return undefined
  const ms = Date.parse(
    text
      .replace(' ', 'T')
      .replace(',', '.')
      .replace(/(\.\d{3})\d+/, '$1'),
  )
  return Number.isNaN(ms) ? undefined : new Time(ms, text)
}
