// The room `language`: the .imptsh language: syntax, check, values, built-ins and how it runs.
// Enters: the text of a script, a host that runs commands and shows output.
// Leaves: output as it comes, diagnostics with places, an exit code.
// Not known here: how commands do their work, and what shows the output: both are the host's.
import { rm } from 'node:fs/promises'
import { defectExit, renderDefect } from '../../output/defect.ts'
import { type ErrorCode, exitCodeOf, exitOf, INTERRUPTED } from '../../output/error.ts'
import { findBuiltIn } from '../builtins/index.ts'
import { check } from '../check/check.ts'
import { readModules } from '../check/modules.ts'
import { compileBody } from './block.ts'
import { assertTargets, withLimit } from './with.ts'
import type { Diagnostic } from '../syntax/diagnostic.ts'
import { ExitRequest, located, OutputClosed, RETURN, ScriptError } from '../values/fault.ts'
import { Frame, type Left, type Machine, type RunOptions, type Task } from './frame.ts'
import type { Host, Prompt } from './host.ts'
import { parse } from '../syntax/parse.ts'
import { limitMemory } from './memory.ts'
import { readScript } from './script-file.ts'
import { bindScriptArguments, scriptHelp } from './script-arguments.ts'
import type { Source } from '../syntax/source.ts'
import type { Script } from '../syntax/tree.ts'
import { Duration, type Value } from '../values/value.ts'

export type { RunOptions } from './frame.ts'

interface RunRequest {
  /** Shown in errors; relative paths of `source` start from it. */
  readonly name: string
  readonly args: readonly string[]
  readonly host: Host
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  readonly options?: RunOptions
}

/** How a run ended. */
export interface Outcome {
  readonly exit: number
  /** What stopped it; a value that is no ScriptError is a defect of impt. */
  readonly error?: unknown
  /** How far a loop came that was stopped. */
  readonly left?: Left | undefined
  /** True after `exit`: at the prompt it ends the session. */
  readonly ended: boolean
}

/** The exit code of a script that was not finished because nobody reads on, as of a shell with pipefail: 128 + SIGPIPE. */
const OUTPUT_CLOSED = 141

/** Makes what a run shares. */
export function createMachine(host: Host, options: RunOptions, prompt?: Prompt): Machine {
  return {
    host,
    options,
    runScript: runInner,
    builtIn: (name) => findBuiltIn(name) ?? prompt?.words.find((word) => word.name === name),
    prompt: prompt !== undefined,
    owner: prompt?.owner,
    sourced: new Set(),
    modules: new Map(),
    placeholders: new Map(),
    temporary: [],
    suppressed: 0,
    changing: 0,
    last: null,
    lastTurn: performance.now(),
    steps: 0,
  }
}

/** The task that a run starts with. */
export function firstTask(machine: Machine, signal: AbortSignal): Task {
  const { host, options } = machine
  return {
    machine,
    signal,
    settings: {
      directory: host.directory,
      dryRun: options.dryRun === true,
      confirmed: options.confirmed === true,
      ...(options.output === undefined ? {} : { output: options.output }),
      env: { ...host.env },
    },
    out: (text) => {
      if (host.closed?.aborted === true) throw new OutputClosed('the reader of stdout has gone')
      return host.out(text)
    },
    parallel: false,
  }
}

/**
 * Runs a script: parses and checks all of it first, binds its arguments, then runs it. Errors are printed through `host.err`, as text or,
 * with `output: json`, as one JSON object. Never throws; a defect of impt is in `error`.
 */
export async function runScript(text: string, request: RunRequest): Promise<Outcome> {
  const { host, signal, options = {}, args } = request
  const source: Source = { name: request.name, text }
  const { tree, diagnostics } = parse(text)
  const found = diagnostics.length > 0 ? diagnostics : await errorsIn(tree, source, host.directory)
  if (found.length > 0) {
    host.err(await renderFound(found, source, options, host.terminal.errWidth))
    return { exit: 2, ended: false }
  }
  if (asksHelp(tree, args)) {
    await host.out(scriptHelp(tree, source))
    return { exit: 0, ended: false }
  }
  const machine = createMachine(host, options)
  if (options.memory !== undefined) limitMemory(options.memory)
  const task = firstTask(machine, signal)
  return finishRun(machine, signal, async () => {
    const { timeout } = options
    const body = options.test === undefined ? tree : testBody(tree, options.test)
    await assertTargets(body, source, task)
    const run = (limited: Task): Promise<Value> => runBody(limited, source, body, args, 'print')
    if (timeout === undefined) return run(task)
    return withLimit(task, new Duration(timeout), { source, start: 0, end: 0 }, run)
  })
}

/** What runs of a script for one of its tests: what it defines, and the test itself. Its own statements are not run. */
function testBody(tree: Script, test: number): Script {
  const body = tree.body.filter((node) => {
    switch (node.kind) {
      case 'test':
        return node.start === test
      case 'let':
        return node.exported === true
      case 'param':
        return node.parameter.fallback !== undefined
      default:
        return node.kind === 'fn' || node.kind === 'import'
    }
  })
  return { ...tree, body }
}

/** What keeps a script from running, in it or in what it imports. */
async function errorsIn(tree: Script, source: Source, directory: string): Promise<Diagnostic[]> {
  const modules = await readModules(tree, source, directory, readScript)
  return check(tree, source, { modules }).filter(({ severity }) => severity === 'error')
}

function asksHelp(tree: Script, args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const asked = (end < 0 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h')
  return asked && (tree.help.length > 0 || tree.body.some((statement) => statement.kind === 'param'))
}

async function renderFound(
  found: readonly Diagnostic[],
  source: Source,
  { output }: RunOptions,
  width: number | undefined,
): Promise<string> {
  const { errorJson, renderDiagnostic } = await loadRenderer()
  if (output !== 'json')
    return found.map((diagnostic) => renderDiagnostic(diagnostic, source, width)).join('')
  return found
    .map(({ code, message, hint, start, end }) =>
      errorJson(
        new ScriptError('USAGE', message, { hint, data: { kind: code }, place: { source, start, end } }),
      ),
    )
    .join('')
}

async function runBody(
  task: Task,
  source: Source,
  tree: Script,
  args: readonly string[],
  use: 'print' | 'value',
): Promise<Value> {
  const frame = new Frame(task, null, true)
  await bindScriptArguments(frame, source, tree, args)
  try {
    return await compileBody(tree.body, source, use)(frame)
  } catch (error) {
    if (error === RETURN) return frame.returned
    throw error
  } finally {
    await frame.close()
  }
}

/** Runs another script in a scope of its own inside a run: the built-in `run`. */
async function runInner(
  task: Task,
  source: Source,
  args: readonly string[],
  use: 'print' | 'value',
): Promise<Value> {
  const { tree, diagnostics } = parse(source.text)
  const [first] =
    diagnostics.length > 0 ? diagnostics : await errorsIn(tree, source, task.machine.host.directory)
  if (first !== undefined) {
    const { start, end, message, hint } = first
    throw new ScriptError('USAGE', message, { hint, place: { source, start, end } })
  }
  return runBody(task, source, tree, args, use)
}

/** Runs something to its end, prints its error and cleans up. */
export async function finishRun(
  machine: Machine,
  signal: AbortSignal,
  run: () => Value | Promise<Value>,
): Promise<Outcome> {
  const { host, options } = machine
  try {
    await run()
    return { exit: 0, ended: false }
  } catch (thrown) {
    return await failed(thrown, machine, signal)
  } finally {
    if (!machine.prompt) await removeTemporary(machine)
    if (machine.suppressed > 0 || (options.dryRun === true && !machine.prompt)) {
      const count = machine.suppressed
      host.err(`dry run: ${count} action${count === 1 ? ' was' : 's were'} shown and not run\n`)
      machine.suppressed = 0
    }
  }
}

/** Measuring the width of text takes longer to load than everything else here: only a run with an error pays for it. */
function loadRenderer(): Promise<typeof import('./render-error.ts')> {
  return import('./render-error.ts')
}

/** Removes what `temp-dir` made. */
export async function removeTemporary(machine: Machine): Promise<void> {
  for (const path of machine.temporary.splice(0))
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
}

async function failed(thrown: unknown, machine: Machine, signal: AbortSignal): Promise<Outcome> {
  if (thrown instanceof ExitRequest) return { exit: thrown.exit, ended: true }
  if (thrown instanceof OutputClosed) return { exit: OUTPUT_CLOSED, ended: true }
  const error =
    thrown instanceof ScriptError
      ? thrown
      : located(thrown, { source: { name: '<impt>', text: '' }, start: 0, end: 0 })
  const stopped =
    signal.aborted && !(error instanceof ScriptError && error.code === ('TIMEOUT' satisfies ErrorCode))
  if (stopped) return { exit: exitOf(signal.reason, INTERRUPTED), ended: false, left: machine.left }
  if (!(error instanceof ScriptError)) {
    machine.host.err(renderDefect(error))
    return { exit: defectExit(error), error, ended: false }
  }
  // Who answers no at the prompt has seen nothing fail.
  if (machine.prompt && error.code === 'CANCELLED' && error.exit === exitCodeOf('CANCELLED')) {
    machine.host.err(`${error.message}\n`)
    return { exit: 0, ended: false }
  }
  const { errorJson, renderAtPrompt, renderError } = await loadRenderer()
  const { host, options, prompt } = machine
  const shown =
    options.output === 'json'
      ? errorJson(error)
      : prompt
        ? renderAtPrompt(error, host.terminal.width)
        : renderError(error, host.terminal.errWidth)
  host.err(shown)
  return { exit: error.exit, error, ended: false }
}
