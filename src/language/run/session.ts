import type { Signature } from '../../commands/row.ts'
import { signatureOfFunction } from './call.ts'
import { check } from '../check/check.ts'
import { readModules } from '../check/modules.ts'
import { readScript } from './script-file.ts'
import { compileBody } from './block.ts'
import { errorRecord } from '../values/error-record.ts'
import { RETURN, ScriptError } from '../values/fault.ts'
import { Frame, type RunOptions } from './frame.ts'
import type { Host, Prompt, Settings } from './host.ts'
import { parse, type Parsed } from '../syntax/parse.ts'
import { createMachine, finishRun, firstTask, type Outcome, removeTemporary } from './script.ts'
import { structureOf } from '../syntax/structure.ts'
import type { Source } from '../syntax/source.ts'
import type { Value } from '../values/value.ts'

/** Successive inputs in one scope: the language behind the prompt. */
export interface Session {
  /**
   * Runs one input that the parser says is complete. Prints results and errors through the host. Afterwards `$_` is the last value that was
   * shown and `$err` the last error. `parsed` is what the parser made of the text, where it is at hand.
   */
  run(text: string, signal: AbortSignal, parsed?: Parsed): Promise<Outcome>
  /** What `use`, `cd` and `dry-run` change; kept between inputs. */
  readonly settings: { -readonly [K in keyof Settings]: Settings[K] }
  /** A variable of the session; undefined if there is none. */
  get(name: string): Value | undefined
  set(name: string, value: Value): void
  /** The names of variables and functions, for completion and colours. */
  variables(): string[]
  functions(): string[]
  /** Reads an input, which may call the functions of earlier ones. */
  parse(text: string): Parsed
  /** What a function takes; undefined if there is none of that name. */
  signatureOf(name: string): Signature | undefined
  /** Closes streams that variables hold and removes temporary directories. */
  close(): Promise<void>
}

/** Starts a session at the prompt. */
export function createSession(host: Host, options: RunOptions = {}, prompt?: Prompt): Session {
  const machine = createMachine(host, options, prompt ?? { words: [], owner: () => undefined })
  const base = firstTask(machine, new AbortController().signal)
  const frame = new Frame(base, null, true)
  frame.define('_', null)
  frame.define('err', null)
  return {
    settings: base.settings,
    async run(text, signal, parsed) {
      const source: Source = { name: '<prompt>', text }
      const { tree, diagnostics } = parsed ?? this.parse(text)
      const known = {
        variables: frame.names(),
        functions: [...(frame.functions?.keys() ?? [])],
        ...(prompt && { words: prompt.words }),
        ...(diagnostics.length === 0 && {
          modules: await readModules(tree, source, base.settings.directory, readScript),
        }),
        prompt: true,
      }
      const found =
        diagnostics.length > 0
          ? diagnostics
          : check(tree, source, known).filter(({ severity }) => severity === 'error')
      if (found.length > 0) {
        const { renderFindingAtPrompt } = await import('./render-error.ts')
        host.err(
          found.map((diagnostic) => renderFindingAtPrompt(diagnostic, source, host.terminal.width)).join(''),
        )
        return { exit: 2, ended: false }
      }
      frame.task = { ...base, signal }
      machine.last = frame.get('_') ?? null
      // How far a loop of an earlier input came says nothing of this one.
      machine.left = undefined
      const outcome = await finishRun(machine, signal, () =>
        runInput(compileBody(tree.body, source, 'print'), frame),
      )
      frame.define('_', machine.last)
      if (outcome.error instanceof ScriptError) frame.define('err', errorRecord(outcome.error))
      return outcome
    },
    get: (name) => frame.get(name),
    set: (name, value) => frame.define(name, value),
    variables: () => frame.names(),
    functions: () => [...(frame.functions?.keys() ?? [])],
    parse(text) {
      // Which of their arguments are values.
      const functions = new Map(
        [...(frame.functions ?? [])].map(([name, callable]) => [
          name,
          structureOf(signatureOfFunction(callable)),
        ]),
      )
      return parse(text, { mode: 'prompt', functions })
    },
    signatureOf(name) {
      const callable = frame.functions?.get(name)
      return callable && signatureOfFunction(callable)
    },
    close: async () => {
      await frame.close()
      await removeTemporary(machine)
    },
  }
}

async function runInput(body: (frame: Frame) => Value | Promise<Value>, frame: Frame): Promise<Value> {
  try {
    return await body(frame)
  } catch (error) {
    if (error === RETURN) return frame.returned
    throw error
  }
}
