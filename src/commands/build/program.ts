import { join, resolve } from 'node:path'
import { lineMapOf, withoutFolder, type LineMap } from '../../preprocess/lines.ts'
import type { LineMaps } from '../../testing/places.ts'
import { readProject } from '../../session/project-file.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { namingFile } from '../../session/file-error.ts'
import { ensureFolder } from '../../session/paths.ts'
import { ImptError } from '../../output/error.ts'
import type { Context } from '../context.ts'
import { booleanOf, listOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { readSource, SIDES, sourceNames, type Side, type SourceFile } from '../source-file.ts'

/** The code of one side as it is uploaded, and where it comes from. */
export interface Program {
  readonly code: string
  /** Where each row of preprocessed code comes from, by full paths. */
  readonly lines?: LineMap
  /** The name of the source file as it was given; undefined where there is none and the code is empty. */
  readonly file?: string
  /** Full paths of all files that the code was made of. */
  readonly paths: readonly string[]
}

export type Programs = Readonly<Record<Side, Program>>

/**
 * Reads, and where asked preprocesses, the programs of a build (commands.md 7, build deploy). A side without a file is told and empty.
 * Throws before anything is sent to the server.
 */
export async function readPrograms(context: Context, options: OptionValues): Promise<Programs> {
  const project = await readProject(context.directory)
  const names = sourceNames(options, project)
  const wantsPreprocessing = booleanOf(options, 'preprocess') ?? project?.preprocess ?? false
  const programs: Partial<Record<Side, Program>> = {}
  // One after the other: the device side's error comes first.
  for (const side of SIDES) {
    const name = names[side]
    if (name === undefined) {
      context.info(`--${side}-file option is not specified, empty ${side} code will be deployed.`)
      programs[side] = { code: '', paths: [] }
      continue
    }
    const source = await readSource(context, side, name)
    programs[side] = wantsPreprocessing
      ? await preprocessed(context, options, source)
      : { code: source.text, file: name, paths: [source.path] }
  }
  const both = programs as Programs
  const dump = textOf(options, 'dump')
  if (dump !== undefined) await writeDump(context, dump, both)
  return both
}

async function preprocessed(context: Context, options: OptionValues, source: SourceFile): Promise<Program> {
  const { preprocess, PreprocessError } = await import('../../preprocess/preprocess.ts')
  const { includeOptions } = await import('../../preprocess/surroundings.ts')
  const libraries = listOf(options, 'lib')
  try {
    const { code, sources, lines } = await preprocess(
      { source: source.text, name: source.path },
      {
        ...(await includeOptions(context.directory, context.session.env, {
          mirror: textOf(options, 'mirror'),
          lock: textOf(options, 'lock'),
        })),
        variables: definitionsOf(options),
        libraries,
        // Markers let every error, also one of a device in the field, be mapped to the line that a person wrote.
        lineControl: 'exact',
        markerRoot: context.directory,
        signal: context.signal,
        onWarning: (text, { file, line }) =>
          context.warn(withoutFolder(`${text} (${file}:${line})`, context.directory)),
      },
    )
    return {
      code,
      lines,
      file: source.name,
      paths: [
        source.path,
        ...sources.flatMap(({ path }) => path ?? []),
        ...libraries.map((name) => resolve(context.directory, name)),
      ],
    }
  } catch (error) {
    if (error instanceof PreprocessError)
      throw new ImptError(error.code, withoutFolder(error.message, context.directory), { cause: error })
    throw error
  }
}

/** Where the rows of programs come from, for the stacks of their run-time errors. */
export function lineMapsOf({ device, agent }: Programs): LineMaps {
  const linesOf = ({ code, file = '', lines = lineMapOf(code, file) }: Program): LineMap => lines
  return { device: linesOf(device), agent: linesOf(agent) }
}

/** Variables of `--define NAME=VALUE`; a name alone is true, as with compilers. */
export function definitionsOf(options: OptionValues): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    listOf(options, 'define').map((text) => {
      const [, name = text, value] = /^([^=]*)=(.*)$/s.exec(text) ?? []
      return [name, value ?? true]
    }),
  )
}

/** Writes the code of both sides to a folder, as `device.nut` and `agent.nut`. Throws FILE. */
export async function writeDump(context: Context, folder: string, programs: Programs): Promise<void> {
  const path = resolve(context.directory, folder)
  await namingFile(folder, async () => {
    await ensureFolder(path)
    for (const side of SIDES) await replaceFile(join(path, `${side}.nut`), programs[side].code, 'plain')
  })
}
