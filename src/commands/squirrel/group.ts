import { ImptError } from '../../output/error.ts'
import type { LogEntry } from '../../output/result.ts'
import { libraryFiles, libraryFolders } from '../../session/library-folders.ts'
import { readProject } from '../../session/project-file.ts'
import { readTest } from '../../session/test-file.ts'
import { visible } from '../../output/visible.ts'
import { soloDevice, type CompileError } from '../../squirrel/check.ts'
import { environmentLibraries } from '../../squirrel/environment-libraries.ts'
import { type Failure, frameText } from '../../squirrel/failure.ts'
import { shippedModel, shippedModels } from '../../squirrel/models/shipped.ts'
import { runFile, type RunLog, type RunOptions, type RunResult } from '../../squirrel/run-file.ts'
import { directiveHint, pointAt } from '../build/compile-error.ts'
import type { Context, Group } from '../context.ts'
import { flagOf, given, listOf, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import type { Side, SourceFile } from '../source-file.ts'
import { asTheyCome } from './as-they-come.ts'
import { type Coverage, coverageOf, tellCoverage } from './coverage.ts'
import { format } from './format.ts'
import { type ProfileWish, profileWish, tellProfile } from './profile.ts'
import { libraryList } from './libraries.ts'
import { squirrelPrompt } from './prompt.ts'
import { readScript } from './script.ts'
import { readSquirrel, type SquirrelFile } from './source.ts'
import { typeOf } from './type.ts'

/** The files of one run by side. */
export type Files = Partial<Record<Side, SquirrelFile>>

/** `impt squirrel ...`: Squirrel on this machine, without any impCentral. */
export const group = {
  '': squirrelPrompt,
  format,

  async check(context, options, names) {
    return (await import('./check.ts')).check(context, options, names)
  },

  async run(context, options, [name = '']) {
    refuseSecond(options)
    const { run, files } = await runOf(context, options, name)
    const coverage = await coverageOf(context, options, files)
    const profile = await profileWish(context, options)
    const measured = { ...run, coverage: coverage !== undefined, profile: profile !== undefined }
    return {
      kind: 'logs',
      live: true,
      ends: true,
      items: runLogs(context, measured, files, coverage, profile),
    }
  },

  async libraries(context, options) {
    const { libraries } = await surroundingsOf(context, options)
    return libraryList(context, libraries)
  },

  async debug(context, options, words) {
    return (await import('./debug.ts')).debug(context, options, words)
  },

  async model(context, _options, [name]) {
    const models = shippedModels().map((one) => [one, shippedModel(one)?.summary ?? ''] as const)
    if (name === undefined) return { kind: 'record', record: Object.fromEntries(models) }
    const model = shippedModel(name)
    if (model === undefined)
      throw new ImptError('NOT_FOUND', `There is no model "${visible(name)}".`, {
        hint: `Models: ${shippedModels().join(', ')}`,
      })
    const { name: file, summary, text } = model
    if (context.quiet) return { kind: 'record', record: { name: name.toLowerCase(), file, summary, text } }
    context.out(text)
    return { kind: 'done', touched: null, silent: true }
  },
} satisfies Group

/** FILE is one side, and a file for the same side would be read by nobody. Throws USAGE. */
export function refuseSecond(options: OptionValues): void {
  const side = flagOf(options, 'agent') ? 'agent' : 'device'
  if (textOf(options, `${side}-file`) === undefined) return
  throw new ImptError('USAGE', `FILE is the ${side} code: "--${side}-file" has no effect.`, {
    hint:
      side === 'agent'
        ? 'Leave --agent out, and FILE is the device code beside it'
        : 'Add --agent, and FILE is the agent code beside it; or give the agent code with --agent-file',
  })
}

/** The run of a file, as its options say; throws before anything runs. */
export async function runOf(
  context: Context,
  options: OptionValues,
  name: string,
): Promise<{ run: RunOptions; files: Files }> {
  const side = flagOf(options, 'agent') ? 'agent' : 'device'
  const otherSide = side === 'agent' ? 'device' : 'agent'
  const otherName = textOf(options, `${otherSide}-file`)
  const start = startOf(textOf(options, 'start'))
  const surroundings = await surroundingsOf(context, options)
  const type = textOf(options, 'type')
  const script = textOf(options, 'script')
  const files: Files = { [side]: await readSquirrel(context, options, side, name) }
  if (otherName !== undefined) files[otherSide] = await readSquirrel(context, options, otherSide, otherName)
  const run = given({
    ...surroundings,
    type: type === undefined ? undefined : typeOf(type),
    script: script === undefined ? undefined : await readScript(context, script, type ?? soloDevice.impType),
    source: files[side]?.text ?? '',
    side,
    other: files[otherSide]?.text,
    files: given({ device: files.device?.name, agent: files.agent?.name }),
    seconds: numberOf(options, 'time'),
    seed: numberOf(options, 'seed'),
    start,
    ticks: numberOf(options, 'max-ticks'),
    signal: context.signal,
  }) as RunOptions
  return { run, files }
}

/** The folders of libraries and the variables that the options name. */
export async function surroundingsOf(context: Context, options: OptionValues) {
  const { directory } = context
  const saved = [await readProject(directory), await readTest(directory)].flatMap(
    (file) => file?.libraries ?? [],
  )
  const folders = [...listOf(options, 'libraries'), ...saved, ...environmentLibraries()]
  const libraries = [
    ...libraryFiles(directory, listOf(options, 'library')),
    ...libraryFolders(directory, [...new Set(folders)]),
  ]
  return { libraries, vars: Object.fromEntries(listOf(options, 'var').map(variableOf)) }
}

/** `--var NAME=VALUE`: as the cloud keeps variables, numbers as numbers. */
function variableOf(text: string): [string, string | number] {
  const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? []
  if (name === undefined)
    throw new ImptError('USAGE', `"${text}" is no variable.`, { hint: 'Write --var NAME=VALUE' })
  return [name, /^-?(?:0|[1-9]\d{0,8})(?:\.\d+)?$/.test(value) ? Number(value) : value]
}

/** `--start`: a moment of ISO 8601 as milliseconds since 1970. */
function startOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const start = /^\d{4}-\d\d-\d\d(?:T|$)/.test(text) ? Date.parse(text) : Number.NaN
  if (start >= 0) return start
  throw new ImptError('USAGE', `"${text}" is not a time.`, {
    hint: 'Give a time such as 2026-01-31T12:00:00Z',
  })
}

/** The log of a file that runs on a fresh virtual device; ends when nothing is left to do. Throws how the code failed, after its last line. */
async function* runLogs(
  context: Context,
  options: RunOptions,
  files: Files,
  coverage: Coverage | undefined,
  profile: ProfileWish | undefined,
): AsyncGenerator<LogEntry> {
  let last = new Date(options.start ?? Date.now()).toISOString()
  let run: Promise<RunResult> | undefined
  for await (const { ts, type, text } of asTheyCome<RunLog>((give) => (run = runFile(options, give))))
    yield { ts: (last = new Date(ts).toISOString()), type, msg: text }
  const result = await (run as Promise<RunResult>)
  throwErrors(result, files)
  const { failure, counted = [] } = result
  if (failure?.reason === 'room') throw runError(failure, files)
  // People have read the reports; programs get their figures as the last entry.
  const functions =
    profile && result.profile && (await tellProfile(context, profile, result.profile, Object.keys(files)))
  if (functions && context.quiet)
    yield { ts: last, type: 'profile', msg: `${functions.length} functions`, profile: { functions } }
  const reached = coverage && (await tellCoverage(context, coverage, counted))
  if (reached && context.quiet)
    yield {
      ts: last,
      type: 'coverage',
      msg: `lines ${reached.summary.lines.pct} %`,
      coverage: reached.summary,
    }
  context.signal.throwIfAborted()
  if (failure) throw runError(failure, files)
  if (reached && reached.tooLow.length > 0)
    throw new ImptError('EXTERNAL', `Coverage is too low: ${reached.tooLow.join(', ')}`)
}

/** Throws what kept a program from running, or what failed of ours. */
export function throwErrors({ errors, defect }: RunResult, files: Files): void {
  if (errors.length > 0) {
    const found = errors.map((error) => ({
      error,
      file: files[error.file === 'agent_code' ? 'agent' : 'device'] as SourceFile,
    }))
    throw compileError(found, Object.values(files))
  }
  if (defect)
    throw new ImptError('SERVER', `Internal error: the virtual device failed: ${defect.message}.`, {
      hint: 'This is a defect of impt. Please report it with the file.',
    })
}

/** How code ended that did not end by itself: the sentence, the frames below it, and the same as fields. */
export function runError(failure: Failure, files: Files): ImptError {
  const { side, reason, callback, place, message, frames } = failure
  const name = files[side]?.name ?? `the ${side}`
  return new ImptError('EXTERNAL', `${name}: ${message}.`, {
    notes: frames.map(frameText),
    data: { side, reason, callback, place, frames },
  })
}

/** Errors with the files that they stand in: for people each with its place and line, for programs as `squirrel check` gives them. */
export function compileError(
  found: readonly { readonly error: CompileError; readonly file: SourceFile }[],
  files: readonly SourceFile[],
): ImptError {
  const notes = found.flatMap(({ error: { row, column, text }, file }) => {
    const [place = '', ...lines] = pointAt(file.text, file.name, row, column)
    return [`${place.trim()}: ${text}`, ...lines]
  })
  const hint = files.map(({ text, name }) => directiveHint(text, name)).find((one) => one !== undefined)
  return new ImptError('COMPILE', 'Compilation Error', {
    notes,
    ...(hint === undefined ? {} : { hint }),
    data: { errors: found.map(({ error, file }) => ({ ...error, file: file.name })) },
  })
}
