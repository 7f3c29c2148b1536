import { join, resolve } from 'node:path'
import { lineMapOf, withoutFolder, type LineMap } from '../../preprocess/lines.ts'
import type { LineMaps } from '../../testing/places.ts'
import { readProject, type ProjectContent } from '../../session/project-file.ts'
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
}

export type Programs = Readonly<Record<Side, Program>>

/** Hears the full path of each file that a program is or could be made of, found or not. */
type Lookup = (path: string) => void

/** Options that only the preprocessor looks at. */
const PREPROCESSING = ['define', 'lib', 'dump', 'mirror', 'lock'] as const

/**
 * Reads, and where asked preprocesses, the programs of a build (commands.md 7, build deploy). A side without a file is told, with
 * `fate` as what becomes of it, and empty.
 * Throws before anything is sent to the server.
 */
export async function readPrograms(
  context: Context,
  options: OptionValues,
  looked?: Lookup,
  fate = 'will be deployed',
): Promise<Programs> {
  const project = await readProject(context.directory)
  const names = sourceNames(options, project)
  const preprocesses = wantsPreprocessing(options, project)
  const programs: Partial<Record<Side, Program>> = {}
  // One after the other: the device side's error comes first.
  for (const side of SIDES) {
    const name = names[side]
    if (name === undefined) {
      context.info(`--${side}-file option is not specified, empty ${side} code ${fate}.`)
      programs[side] = { code: '' }
      continue
    }
    looked?.(resolve(context.directory, name))
    programs[side] = await programOf(
      context,
      options,
      await readSource(context, side, name),
      preprocesses,
      looked,
    )
  }
  const both = programs as Programs
  const dump = textOf(options, 'dump')
  if (dump !== undefined) await writeDump(context, dump, both)
  return both
}

/**
 * Whether sources are preprocessed: by the option, else by the Project file. Throws USAGE for options that would have no effect and for
 * a variable without a value.
 */
export function wantsPreprocessing(options: OptionValues, project: ProjectContent | undefined): boolean {
  const wanted = booleanOf(options, 'preprocess') ?? project?.preprocess ?? false
  const idle = PREPROCESSING.find((name) => options[name] !== undefined)
  if (!wanted && idle !== undefined)
    throw new ImptError('USAGE', `Option "--${idle}" has no effect without preprocessing.`, {
      hint: 'Add --preprocess, or turn it on for the Project: impt project update --preprocess',
    })
  for (const text of listOf(options, 'define'))
    if (!/^[^=]+=/.test(text))
      throw new ImptError('USAGE', `Option "--define" has incorrect value "${text}".`, {
        hint: `Give NAME=VALUE, such as --define ${text.replace(/=.*/s, '') || 'NAME'}=true`,
      })
  return wanted
}

/** The program of a source file. Throws what the preprocessor throws, with the place. */
export async function programOf(
  context: Context,
  options: OptionValues,
  source: SourceFile,
  preprocesses: boolean,
  looked?: Lookup,
): Promise<Program> {
  if (!preprocesses) return { code: source.text, file: source.name }
  const { preprocess, PreprocessError, toldError } = await import('../../preprocess/preprocess.ts')
  const { includeOptions } = await import('../../preprocess/surroundings.ts')
  const libraries = listOf(options, 'lib')
  for (const name of libraries) looked?.(resolve(context.directory, name))
  const { directory } = context
  try {
    const { code, lines } = await preprocess(
      { source: source.text, name: source.path },
      {
        ...(await includeOptions(directory, context.session.env, {
          mirror: textOf(options, 'mirror'),
          lock: textOf(options, 'lock'),
        })),
        variables: definitionsOf(options),
        libraries,
        // Markers let every error, also one of a device in the field, be mapped to the line that a person wrote.
        lineControl: 'exact',
        markerRoot: directory,
        signal: context.signal,
        ...(looked ? { onLookup: looked } : {}),
        onWarning: (text, { file, line }) =>
          context.warn(withoutFolder(`${text} (${file}:${line})`, directory)),
      },
    )
    return { code, lines, file: source.name }
  } catch (error) {
    if (error instanceof PreprocessError) throw toldError(error, directory)
    throw error
  }
}

/** Where the rows of programs come from, for the stacks of their run-time errors. */
export function lineMapsOf({ device, agent }: Programs): LineMaps {
  const linesOf = ({ code, file = '', lines = lineMapOf(code, file) }: Program): LineMap => lines
  return { device: linesOf(device), agent: linesOf(agent) }
}

/** Variables of `--define NAME=VALUE`. */
function definitionsOf(options: OptionValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    listOf(options, 'define').map((text) => {
      const at = text.indexOf('=')
      return [text.slice(0, at), text.slice(at + 1)]
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
