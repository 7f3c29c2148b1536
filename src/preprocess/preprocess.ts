// The room `preprocess`: Builder's language in device and agent code: `@include`, `@if`, expressions.
// Enters: the main file, variables, readers of local files, repositories and the mirror.
// Leaves: one text with a map from each line to the file and line a person wrote, and the lock of what was included.
// Not known here: devices, deployments, tests. What is included is untrusted: it reads no file outside the project.
import { basename, dirname, isAbsolute, posix } from 'node:path'
import type { LineControl } from './code.ts'
import { digest } from './digest.ts'
import { type Place, located } from './errors.ts'
import type { LineMap } from './lines.ts'
import { type Reply, type Request, execute } from './machine.ts'
import { type Included, type Reader, type ReaderOptions, newReader } from './reader.ts'
import type { Source } from './source.ts'

export type { LineControl } from './code.ts'
export { type Place, type PreprocessCode, PreprocessError, toldError } from './errors.ts'
export { type LineMap, type Segment, lineMapOf, locate, withoutFolder } from './lines.ts'
export type { Included } from './reader.ts'
export { clearCache } from './cache.ts'

export interface PreprocessInput {
  readonly source: string
  /** file name for `#line` and `__FILE__`; an absolute name also gives the folder */
  readonly name: string
  /** folder of the source, for `__PATH__` and relative includes; the working directory by default */
  readonly path?: string
}

export interface PreprocessOptions extends ReaderOptions {
  /** variables of the Builder configuration and of `--define`; they win over `@set` */
  readonly variables?: Readonly<Record<string, unknown>>
  /** JavaScript files whose exports are names of expressions, see js-library.ts; given variables win over them */
  readonly libraries?: readonly string[]
  /** environment in which names unknown otherwise are looked up; the process's own by default */
  readonly env?: NodeJS.ProcessEnv
  /** `true` writes markers as Builder does, `'exact'` also where the line number does not follow on */
  readonly lineControl?: LineControl
  /** folder of the project: markers name files below it relative to it, and others by their base name, so that deployed code tells nothing of this machine */
  readonly markerRoot?: string
  /** instructions executed before a loop counts as endless; 5 million by default */
  readonly maxSteps?: number
  /** gets the text of each `@warning` and of duplicate includes, and where it arose */
  readonly onWarning?: (text: string, place: Place) => void
}

export interface Preprocessed {
  readonly code: string
  /** what was included, each source once, in order */
  readonly sources: readonly Included[]
  /** exact origin of every row, whether or not markers are written */
  readonly lines: LineMap
}

const MAX_STEPS = 5_000_000

/**
 * Preprocesses a source in the Builder language (test-run.md 3, "Builder behaviour relied upon").
 * @throws PreprocessError and nothing else; files are then as they were, apart from complete cache entries
 */
export async function preprocess(
  input: PreprocessInput,
  options: PreprocessOptions = {},
): Promise<Preprocessed> {
  const directory = options.directory ?? process.cwd()
  const main = sourceOf(input, directory)
  const libraries = options.libraries ?? []
  try {
    const reader = await newReader({ ...options, directory })
    reader.checkAborted()
    const run = execute(main, {
      variables: {
        ...(libraries.length === 0
          ? {}
          : (await import('./js-library.ts')).loadLibraries(libraries, directory)),
        ...options.variables,
      },
      env: options.env ?? process.env,
      lineControl: options.lineControl ?? false,
      markerRoot: options.markerRoot,
      maxSteps: options.maxSteps ?? MAX_STEPS,
      warn: options.onWarning ?? (() => undefined),
    })
    const code = await driven(run, reader)
    await reader.finish()
    return { code: code.text(), sources: reader.sources(), lines: code.lines() }
  } catch (error) {
    throw located(error, { file: main.name, line: 1 })
  }
}

/** Runs a program to its end, reading what it asks for; the program learns of a failure where it asked. */
async function driven<Result>(run: Generator<Request, Result, Reply>, reader: Reader): Promise<Result> {
  let step = run.next()
  while (step.done !== true) {
    let reply: Reply
    try {
      reply = await answer(step.value, reader)
    } catch (error) {
      step = run.throw(error)
      continue
    }
    step = run.next(reply)
  }
  return step.value
}

async function answer(request: Request, reader: Reader): Promise<Reply> {
  if (request !== undefined) return await reader.read(request.reference, request.from)
  await new Promise((resume) => setImmediate(resume))
  reader.checkAborted()
  return undefined
}

function sourceOf(input: PreprocessInput, directory: string): Source {
  const apart = input.path === undefined && isAbsolute(input.name)
  const file = apart ? basename(input.name) : input.name
  const path = (apart ? dirname(input.name) : input.path || directory).replaceAll('\\', '/')
  return {
    uri: '',
    text: input.source,
    sha256: digest(input.source),
    file,
    path,
    name: posix.join(path, file),
  }
}
