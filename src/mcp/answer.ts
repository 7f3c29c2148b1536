// What a tool gives back: the JSON of the command, bounded, without credentials. Texts in it stay as they are: they are data, and are marked as such.
import { displayOf } from '../entities/display.ts'
import { redactUrl, redactValue } from '../impcentral/redact.ts'
import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'

/** Characters of JSON in one answer: an assistant has to read them all. */
const MOST = 60_000
/** Characters of one text in it, such as the code of a build. */
const MOST_TEXT = 20_000
const HIDDEN = '***'

/** The answer of a tool. */
interface Answer {
  readonly data: unknown
  /** Where the list goes on. */
  readonly next?: number
  readonly cut?: readonly string[]
}

/** Which part of a list is asked for. */
export interface Window {
  readonly skip: number
  readonly limit: number
}

/** The answer that a result makes. Throws what reading the result throws, and the failure of one that failed. */
export async function answerOf(result: Result, window: Window): Promise<Answer> {
  switch (result.kind) {
    case 'entity':
      // What stands beside a Project is the login.
      return bounded(displayOf(result.entity, result.form))
    case 'entities':
      return part(result.items, window, (entity) => displayOf(entity, 'list'))
    case 'logs':
    case 'events':
      return part<unknown>(result.items, window, (item) => item)
    case 'record':
      if (result.isList) return part(result.value ?? [], window, (item) => item)
      // A record says by itself what failed; one that was told says it by its error.
      if (result.failed && result.told) throw result.failure ?? new ImptError('DATA', 'The command failed.')
      return bounded(result.record)
    case 'done':
      return { data: {} }
    default:
      return result satisfies never
  }
}

/** The items of a window, as many as fit, and where it goes on. What comes after is not read. */
async function part<T>(
  items: Iterable<T> | AsyncIterable<T>,
  { skip, limit }: Window,
  show: (item: T) => unknown,
): Promise<Answer> {
  const data: unknown[] = []
  const cut: string[] = []
  let index = 0
  let room = MOST
  for await (const item of items) {
    if (index < skip) {
      index += 1
      continue
    }
    if (data.length >= limit || room <= 0) return { data, next: index, ...(cut.length > 0 && { cut }) }
    const cutter = createCutter(data.length === 0 ? MOST : room)
    const shown = cutter.value(redactValue(show(item)), `[${index}]`)
    // An item that does not fit any more is for the next part, whole.
    if (cutter.cut.length > 0 && data.length > 0) return { data, next: index, ...(cut.length > 0 && { cut }) }
    data.push(shown)
    cut.push(...cutter.cut)
    room -= cutter.used()
    index += 1
  }
  return { data, ...(cut.length > 0 && { cut }) }
}

function bounded(value: unknown): Answer {
  const cutter = createCutter(MOST)
  const data = cutter.value(redactValue(value), '')
  return { data, ...(cutter.cut.length > 0 && { cut: cutter.cut }) }
}

/** Copies a value up to a number of characters, without credentials, and notes what it left out. */
function createCutter(most: number) {
  const cut: string[] = []
  let used = 0

  function copied(value: unknown, path: string, key: string): unknown {
    if (typeof value === 'string') return text(key === 'url' ? addressOf(value) : value, path)
    if (typeof value !== 'object' || value === null) {
      used += 8
      return value
    }
    if (Array.isArray(value)) return array(value, path)
    const copy: (readonly [string, unknown])[] = []
    const entries = Object.entries(value)
    for (const [i, [name, inner]] of entries.entries()) {
      if (used > most) {
        cut.push(`${path || 'data'}: ${entries.length - i} of ${entries.length} fields`)
        break
      }
      used += name.length + 4
      const where = path === '' ? name : `${path}.${name}`
      copy.push([name, SECRET_MAPS.has(name) ? hidden(inner) : copied(inner, where, name)])
    }
    // A field may have any name, `__proto__` too.
    return Object.fromEntries(copy)
  }

  function array(items: readonly unknown[], path: string): unknown[] {
    const copy: unknown[] = []
    for (const [i, item] of items.entries()) {
      if (used > most) {
        cut.push(`${path || 'data'}: ${items.length - i} of ${items.length} items`)
        break
      }
      copy.push(copied(item, `${path}[${i}]`, ''))
    }
    return copy
  }

  function text(value: string, path: string): string {
    const room = Math.max(0, Math.min(MOST_TEXT, most - used))
    used += Math.min(value.length, room) + 2
    if (value.length <= room) return value
    cut.push(`${path || 'data'}: ${value.length - room} of ${value.length} characters`)
    return `${value.slice(0, room)}…`
  }

  return { value: (value: unknown, path: string) => copied(value, path, ''), cut, used: () => used }
}

/** The variables of a group hold keys and passwords of its devices more often than not. */
const SECRET_MAPS: ReadonlySet<string> = new Set(['env_vars'])

/** The address of a webhook: what follows `?` or `#` is a key as often as not. */
function addressOf(url: string): string {
  return redactUrl(url).replace(/([?#]).*$/s, `$1${HIDDEN}`)
}

function hidden(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.keys(value).map((name) => [name, HIDDEN]))
}
