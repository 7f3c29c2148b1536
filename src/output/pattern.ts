// Regular expressions that can always be stopped. Most matches are run as they are. A pattern that may take long (by its form and the
// length of the text) is run for a moment under a watch that V8 heeds inside a match; if it takes longer, it goes on in a thread of its
// own, which Ctrl-C, SIGTERM and time limits end. Where this Node has V8's linear engine, most patterns that explode never get that far.
import { setFlagsFromString } from 'node:v8'
import { createContext, Script } from 'node:vm'
import { whenAborted } from '../program/aborted.ts'

/** A compiled pattern. */
export interface Pattern {
  /** As it was written, with the `u` flag. */
  readonly regexp: RegExp
  /** The same without the `u` flag, for texts without surrogates: only this one can be matched in linear time. */
  readonly plain: RegExp | undefined
  /** How many quantifiers in it have no upper bound. */
  readonly repeats: number
  /** One of them repeats a group. */
  readonly nests: boolean
}

/** A match as plain data: the whole, the groups by number and by name, and where it stands. */
export interface Found {
  readonly text: string
  readonly groups: readonly (string | undefined)[]
  readonly named: Readonly<Record<string, string | undefined>> | undefined
  readonly index: number
}

interface Works {
  test: boolean
  first: Found | null
  all: readonly Found[]
  replace: string
}
type PatternWork = keyof Works

/** What may be done with a pattern. Self-contained, without inner functions that have names: the thread gets the text of this function. */
function work(kind: PatternWork, regexp: RegExp, text: string, replacement: string): unknown {
  if (kind === 'test') return regexp.test(text)
  const all = new RegExp(regexp.source, `${regexp.flags}g`)
  if (kind === 'replace') return text.replace(all, replacement)
  const first = kind === 'all' ? null : regexp.exec(text)
  const matches = kind === 'all' ? Array.from(text.matchAll(all)) : first === null ? [] : [first]
  const found = matches.map((match) => ({
    text: match[0],
    groups: match.slice(1),
    named: match.groups && { ...match.groups },
    index: match.index,
  }))
  return kind === 'all' ? found : (found[0] ?? null)
}

/** What only the backtracking engine knows: properties, references to groups, looking around. */
const BEYOND_LINEAR = /[^\0-\x7f]|\\[pPuk1-9]|\(\?(?:[=!]|<[=!])/

const patterns = new Map<string, Pattern>()

/** Compiles a pattern; `(?i)` at the start ignores case. Throws what RegExp throws. */
export function compilePattern(source: string): Pattern {
  const known = patterns.get(source)
  if (known !== undefined) return known
  const ignoresCase = source.startsWith('(?i)')
  const body = ignoresCase ? source.slice(4) : source
  const regexp = new RegExp(body, ignoresCase ? 'iu' : 'u')
  useLinearEngine()
  const isPlain = !ignoresCase && !BEYOND_LINEAR.test(body)
  const bare = body.replace(/\\./gs, '_').replace(/\[[^\]]*\]/g, '_')
  const made = {
    regexp,
    plain: isPlain ? new RegExp(body) : undefined,
    repeats: bare.match(/[*+]|\{\d+,\}/g)?.length ?? 0,
    nests: /\)(?:[*+]|\{\d+,)/.test(bare),
  }
  if (patterns.size > 500) patterns.clear()
  patterns.set(source, made)
  return made
}

/** Why a text is no pattern, of what `compilePattern` threw. */
export function patternFault(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : ''
}

/** The flag of the linear engine. */
const LINEAR: string = 'l'

let isLinear: boolean | undefined

/** Lets V8 go on in linear time with patterns that backtrack too much, where it can. */
function useLinearEngine(): void {
  if (isLinear !== undefined) return
  try {
    setFlagsFromString('--enable-experimental-regexp-engine')
    setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
    // The flag `l` is known exactly where the engine is.
    isLinear = new RegExp('a', LINEAR).test('a')
  } catch {
    isLinear = false
  }
}

/** Steps of matching that take no time that anyone would notice. */
const FEW_STEPS = 2_000_000

/** Whether a match may take long: by the powers of the length of the text that its quantifiers can make of it. */
function mayTakeLong(pattern: Pattern, length: number, isPlain: boolean): boolean {
  const { repeats, nests } = pattern
  if (repeats === 0) return false
  // The linear engine takes over whatever explodes; what is left is to start at every place of the text.
  if (isPlain && isLinear === true) return length * length > FEW_STEPS
  return nests ? length > 20 : length ** (repeats + 1) > FEW_STEPS
}

/** How long a match may keep everything else waiting, in ms. */
const MOMENT_MS = 40

/**
 * Matches. Gives a promise where it takes longer than a moment; then the match ends when the signal does.
 */
export function match<K extends PatternWork>(
  kind: K,
  pattern: Pattern,
  text: string,
  signal: AbortSignal,
  replacement = '',
): Works[K] | Promise<Works[K]> {
  const isPlain = pattern.plain !== undefined && !/[\ud800-\udfff]/.test(text)
  const regexp = isPlain ? pattern.plain : pattern.regexp
  if (!mayTakeLong(pattern, text.length, isPlain)) return work(kind, regexp, text, replacement) as Works[K]
  try {
    return watched(() => work(kind, regexp, text, replacement)) as Works[K]
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error
    return inThread(kind, regexp, text, replacement, signal) as Promise<Works[K]>
  }
}

let watch: { readonly script: Script; readonly context: { run?: () => unknown } } | undefined

function watched(run: () => unknown): unknown {
  watch ??= { script: new Script('run()'), context: createContext({}) }
  watch.context.run = run
  return watch.script.runInContext(watch.context, { timeout: MOMENT_MS })
}

async function inThread(
  kind: PatternWork,
  { source, flags }: RegExp,
  text: string,
  replacement: string,
  signal: AbortSignal,
): Promise<unknown> {
  const { Worker } = await import('node:worker_threads')
  const code = `const { parentPort, workerData: [kind, source, flags, text, replacement] } = require('node:worker_threads')
const work = ${work.toString()}
parentPort.postMessage(work(kind, new RegExp(source, flags), text, replacement))`
  const worker = new Worker(code, { eval: true, workerData: [kind, source, flags, text, replacement] })
  let deafen = (): void => undefined
  try {
    return await new Promise((resolve, reject) => {
      deafen = whenAborted(signal, () => reject(signal.reason as Error))
      worker.once('message', resolve)
      worker.once('error', reject)
    })
  } finally {
    deafen()
    await worker.terminate()
  }
}
