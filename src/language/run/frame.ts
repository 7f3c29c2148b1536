import type { BuiltIn } from '../builtins/builtin.ts'
import type { Module } from './import.ts'
import { checkMemory } from './memory.ts'
import type { Use } from './block.ts'
import type { Host, Settings } from './host.ts'
import { raise } from '../values/fault.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { FunctionDefinition } from '../syntax/tree.ts'
import { type RecordValue, Stream, type Value } from '../values/value.ts'

/** What is run: gives a value at once where nothing has to be waited for. */
export type Eval = (frame: Frame) => Value | Promise<Value>

/** A function with the frame in which it was defined. */
export interface Callable {
  readonly definition: FunctionDefinition
  readonly body: Eval
  readonly frame: Frame
  readonly defaults: readonly (Eval | undefined)[]
}

/** Options of a run (language.md 2.2). */
export interface RunOptions {
  readonly dryRun?: boolean
  readonly confirmed?: boolean
  /** Milliseconds. */
  readonly timeout?: number
  readonly trace?: boolean
  /** Bytes that the script may keep. */
  readonly memory?: number
  readonly output?: string
  /** False: entities that parameters name are not looked up before the run. */
  readonly lookup?: false
  /** Where the `test` block stands that is run. */
  readonly test?: number
}

/** How far a loop over a list came that was stopped: items done, broken off in the middle, and not started. */
export interface Left {
  readonly done: number
  readonly broken: number
  readonly left: number
}

/** What one run shares between all of its parts. */
export interface Machine {
  readonly host: Host
  readonly options: RunOptions
  /** Runs another script in a scope of its own: the built-in `run`. */
  readonly runScript: (task: Task, source: Source, args: readonly string[], use: Use) => Promise<Value>
  /** The built-in of this name, or the word of the prompt where there is one. */
  readonly builtIn: (name: string) => BuiltIn | undefined
  /** Files that `source` has read already. */
  readonly sourced: Set<string>
  /** Modules by their path: what they export, or that they are running. */
  readonly modules: Map<string, Module | 'running'>
  /** What dry run has given out instead of new entities, by the group of their commands. */
  readonly placeholders: Map<string, RecordValue[]>
  /** Directories that are removed at the end of the run. */
  readonly temporary: string[]
  /** How far the outermost loop came, once the run was stopped in it. */
  left?: Left | undefined
  /** Actions that dry run has shown. */
  suppressed: number
  /** Changes of the server that are under way. */
  changing: number
  /** When the event loop had its last turn. */
  lastTurn: number
  steps: number
  readonly prompt: boolean
  /** What the words of the prompt are about. */
  readonly owner: (() => unknown) | undefined
  /** The last value that was shown: `$_` at the prompt. */
  last: Value
}

/** What changes with `with`, with a parallel item and with a function call. */
export interface Task {
  readonly machine: Machine
  readonly settings: Settings
  readonly signal: AbortSignal
  /** Writes results: to the host, or into a buffer in `each --parallel`. */
  readonly out: (text: string) => void | Promise<void>
  readonly parallel: boolean
}

/** A variable. Those of a frame are a chain, the newest first: blocks have few, and a chain costs nothing where there are none. */
interface Variable {
  readonly name: string
  value: Value
  readonly next: Variable | null
}

/** A name as the program compares it fastest: V8 has each key of an object once, so that equal ones are the same. */
export function nameOf(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string
}

/** Variables of one block. */
export class Frame {
  /** Replaced for each input at the prompt, whose variables stay. */
  task: Task
  readonly parent: Frame | null
  variables: Variable | null = null
  functions: Map<string, Callable> | null = null
  /** `$it`: the item of the nearest filter; undefined where this frame has none. */
  it: Value | undefined = undefined
  /** The value that `return` leaves with, kept in the frame of the function. */
  returned: Value = null
  readonly isFunction: boolean
  /** Nesting of function calls. */
  readonly depth: number
  /** The function whose parameters it holds. */
  definition: FunctionDefinition | undefined = undefined

  constructor(
    task: Task,
    parent: Frame | null,
    isFunction = false,
    depth = parent === null ? 0 : parent.depth,
  ) {
    this.task = task
    this.parent = parent
    this.isFunction = isFunction
    this.depth = depth
  }

  /** `name` comes from `nameOf` wherever much is called. */
  define(name: string, value: Value): void {
    for (let own = this.variables; own !== null; own = own.next)
      if (own.name === name) {
        own.value = value
        return
      }
    this.variables = { name, value, next: this.variables }
  }

  /** `define` for a variable that is not there yet, as the parameters of a call. */
  add(name: string, value: Value): void {
    this.variables = { name, value, next: this.variables }
  }

  /** The nearest frame that has the variable. */
  owner(name: string): Frame | undefined {
    return ownerOf(this, name)
  }

  get(name: string): Value | undefined {
    return valueOf(this, name)
  }

  item(): Value | undefined {
    return itemOf(this)
  }

  callable(name: string): Callable | undefined {
    return callableOf(this, name)
  }

  /** The names of all variables that can be seen, for "did you mean". */
  names(): string[] {
    const names = this.parent?.names() ?? []
    for (let own = this.variables; own !== null; own = own.next) names.push(own.name)
    return names
  }

  /** Closes the streams that were kept in variables of this block, except what it gives: they end with it. */
  close(kept: Value = null): Promise<unknown> | undefined {
    let open: Stream[] | undefined
    for (let own = this.variables; own !== null; own = own.next) {
      const { value } = own
      if (!(value instanceof Stream) || value.taken || value === kept || value === this.returned) continue
      open ??= []
      open.push(value)
    }
    return open === undefined ? undefined : Promise.all(open.map((stream) => stream.close()))
  }
}

function ownerOf(from: Frame, name: string): Frame | undefined {
  for (let frame: Frame | null = from; frame !== null; frame = frame.parent)
    for (let own = frame.variables; own !== null; own = own.next) if (own.name === name) return frame
  return undefined
}

function callableOf(from: Frame, name: string): Callable | undefined {
  for (let frame: Frame | null = from; frame !== null; frame = frame.parent) {
    const found = frame.functions?.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

function valueOf(from: Frame, name: string): Value | undefined {
  for (let frame: Frame | null = from; frame !== null; frame = frame.parent)
    for (let own = frame.variables; own !== null; own = own.next) if (own.name === name) return own.value
  return undefined
}

function itemOf(from: Frame): Value | undefined {
  for (let frame: Frame | null = from; frame !== null; frame = frame.parent)
    if (frame.it !== undefined) return frame.it
  return undefined
}

/** The event loop gets a turn after this many milliseconds of pure calculation, so that Ctrl-C is heard. */
const TURN_MS = 10

/**
 * The check between any two steps (language.md 4): throws if the run was stopped; now and then gives a promise that lets the event loop
 * have a turn.
 */
export function step(task: Task, place?: Place): Promise<void> | undefined {
  const { machine } = task
  machine.steps += 1
  if ((machine.steps & 0xff) !== 0) return undefined
  if (task.signal.aborted) throwStopped(task)
  if ((machine.steps & 0xfff) === 0) checkMemory(place)
  const now = performance.now()
  if (now - machine.lastTurn < TURN_MS) return undefined
  return new Promise((resolve) => {
    setImmediate(() => {
      machine.lastTurn = performance.now()
      resolve()
    })
  })
}

/** Throws what the signal was aborted with, if it was. */
export function checkStopped(task: Task): void {
  if (task.signal.aborted) throwStopped(task)
}

function throwStopped(task: Task): never {
  const reason: unknown = task.signal.reason
  if (reason instanceof Error && reason.name !== 'AbortError') throw reason
  throw new Stopped()
}

/** Ctrl-C, SIGTERM or the end of the session: only `finally` blocks run from here on. */
class Stopped extends Error {}

/** Notes how far a loop came, where it ends because the run was stopped. */
export function noteLeft({ signal, machine }: Task, left: Left): void {
  if (signal.aborted) machine.left = left
}

/** Waits, but not longer than the run goes on. */
export function sleep(task: Task, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const { signal } = task
    const timer = setTimeout(done, Math.min(ms, 2_000_000_000))
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      try {
        checkStopped(task)
        resolve()
      } catch (error) {
        reject(error)
      }
    }
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}

/** A task that differs from another in some parts. */
export function taskWith(task: Task, changes: Partial<Task>): Task {
  return { ...task, ...changes }
}

/** A task whose settings differ. */
export function taskWithSettings(task: Task, changes: Partial<Settings>): Task {
  return { ...task, settings: { ...task.settings, ...changes } }
}

/** Calls nest at most so deeply. */
const DEEPEST_CALL = 250

/** The depth of a call from a frame. Demands that calls do not nest without end. */
export function deeper(caller: Frame, place: Place): number {
  if (caller.depth < DEEPEST_CALL) return caller.depth + 1
  throw raise(place, 'BUG_ARGS', 'functions call each other too deeply', 'is there an end to the recursion?')
}
