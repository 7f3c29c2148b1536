import { visible } from '../../output/visible.ts'
import type { Place } from '../syntax/source.ts'
import { raise, ScriptError } from '../values/fault.ts'
import { aType, isList, Stream, type Value } from '../values/value.ts'
import { checkStopped, type Frame, type Task } from './frame.ts'
import type { Program } from './host.ts'
import type { Purpose } from './pipeline.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import { trace } from './trace.ts'

/** A program and what to make of its end. */
interface ProgramLine {
  readonly name: string
  readonly args: readonly string[]
  /** Exit codes that are no failure. */
  readonly accepts?: readonly number[]
  /** Told the exit code of a program that has not failed. */
  readonly note?: (code: number) => void
  /** How the line is shown in traces and dry runs. */
  readonly shown?: string
}

/** Starts a program in a pipeline. At the end of a statement its output goes to the terminal unchanged and the value is null. */
export async function runProgram(
  frame: Frame,
  line: ProgramLine,
  input: Piped | undefined,
  purpose: Purpose,
  place: Place,
): Promise<Piped> {
  const { task } = frame
  const shown = line.shown ?? [`!${line.name}`, ...line.args].join(' ')
  if (task.settings.dryRun) return showOnly(task, shown, input, purpose)
  checkStopped(task)
  if (task.machine.options.trace) trace(task, place, shown)
  const inherits = purpose === 'print' && !task.parallel
  const program = await start(task, line, input, inherits, place)
  const feeding = input === undefined ? undefined : feed(program, input, place)
  // Told by check(); until then it is not unhandled.
  feeding?.catch(() => undefined)
  const check = async (): Promise<void> => {
    const { code, signal, stderr } = await program.ended.catch((error: unknown) => {
      throw startError(error, line.name, place)
    })
    await feeding
    if (task.signal.aborted) checkStopped(task)
    if (code !== null && (line.accepts ?? [0]).includes(code)) return line.note?.(code)
    throw failure(line.name, code, signal, stderr, place)
  }
  if (program.stdout === null) {
    await finish(program, check, feeding, input)
    return null
  }
  // The failure to start shows when the output is read.
  const output = new ProgramOutput(program, program.stdout, () => finish(program, check, feeding, input))
  if (purpose === 'print') {
    await output.show(task.out)
    return null
  }
  return output
}

async function finish(
  program: Program,
  check: () => Promise<void>,
  feeding: Promise<void> | undefined,
  input: Piped | undefined,
): Promise<void> {
  try {
    await check()
  } catch (error) {
    program.kill()
    if (input instanceof ProgramOutput) await input.stop()
    await feeding?.catch(() => undefined)
    throw error
  }
}

async function showOnly(
  task: Task,
  shown: string,
  input: Piped | undefined,
  purpose: Purpose,
): Promise<Value> {
  task.machine.suppressed += 1
  if (input instanceof Stream) await input.close()
  await task.out(`would run: ${visible(shown)}\n`)
  return purpose === 'print' ? null : ''
}

async function start(
  task: Task,
  { name, args }: ProgramLine,
  input: Piped | undefined,
  inherits: boolean,
  place: Place,
): Promise<Program> {
  if (process.platform === 'win32' && /\.(?:cmd|bat)$/i.test(name)) {
    throw raise(place, 'EXTERNAL', `${name} cannot be started directly`, `write sh "${name} ..."`)
  }
  try {
    return await task.machine.host.spawn({
      program: name,
      args,
      directory: task.settings.directory,
      env: task.settings.env,
      stdin: input === undefined ? (task.machine.host.terminal.interactive ? 'inherit' : 'ignore') : 'pipe',
      stdout: inherits ? 'inherit' : 'pipe',
      signal: task.signal,
    })
  } catch (error) {
    throw startError(error, name, place)
  }
}

function startError(error: unknown, name: string, place: Place): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return raise(
      place,
      'EXTERNAL',
      `there is no program "${name}"`,
      'is it in PATH, and does the working directory exist?',
    )
  if (code === 'EACCES') return raise(place, 'EXTERNAL', `"${name}" must not be run`, 'see its permissions')
  return raise(place, 'EXTERNAL', `"${name}" could not be started: ${message}`)
}

function failure(
  name: string,
  code: number | null,
  signal: string | null,
  stderr: string,
  place: Place,
): ScriptError {
  const notes = stderr
    .trimEnd()
    .split(/\r?\n/)
    .slice(-5)
    .filter((text) => text !== '')
  const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `failed with exit code ${code}`
  return new ScriptError('EXTERNAL', `"${name}" ${how}`, {
    place,
    notes,
    data: { status: code, signal, stderr: notes.join('\n') },
  })
}

/** Writes the input: text as UTF-8, a list of texts as lines, the bytes of another program as they are. */
async function feed(program: Program, input: Piped, place: Place): Promise<void> {
  const { stdin } = program
  if (stdin === null) return
  const write = async (chunk: string | Uint8Array): Promise<boolean> => {
    if (stdin.destroyed || stdin.writableEnded) return false
    if (stdin.write(chunk)) return true
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdin.off('drain', done).off('close', done)
        resolve()
      }
      stdin.once('drain', done).once('close', done)
    })
    return !stdin.destroyed
  }
  try {
    await feedInput(input, write, place)
  } finally {
    stdin.end()
  }
}

async function feedInput(
  input: Piped,
  write: (chunk: string | Uint8Array) => Promise<boolean>,
  place: Place,
): Promise<void> {
  if (typeof input === 'string') {
    await write(input)
  } else if (input instanceof ProgramOutput) {
    for await (const chunk of input.chunks()) if (!(await write(chunk))) return input.stop()
    await input.finished()
  } else if (isList(input) || input instanceof Stream) {
    for await (const item of input) if (!(await write(`${lineFor(item, place)}\n`))) return
  } else if (input !== null) {
    throw wrongInput(input, place)
  }
}

function lineFor(item: Value, place: Place): string {
  if (typeof item === 'string') return item
  throw wrongInput(item, place)
}

function wrongInput(input: Value, place: Place): ScriptError {
  return raise(
    place,
    'BUG_TYPE',
    `a program reads text, not ${aType(input)}`,
    'write | to json, | to csv or | to lines before it',
  )
}
