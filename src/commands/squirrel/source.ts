import { resolve } from 'node:path'
import type { LineMap } from '../../preprocess/lines.ts'
import { readProject } from '../../session/project-file.ts'
import { programOf, wantsPreprocessing } from '../build/program.ts'
import type { Context } from '../context.ts'
import type { OptionValues } from '../row.ts'
import { readSource, sourceText, type Side, type SourceFile } from '../source-file.ts'

/** A source as it is compiled; `lines` says where its rows come from, where it was preprocessed. */
export interface SquirrelFile extends SourceFile {
  readonly lines?: LineMap
}

/**
 * A source as `squirrel check` and `squirrel run` take it: preprocessed where the option or the Project file says so, as a build would be.
 * Throws what reading and preprocessing throw, before anything runs. `-` is standard input.
 */
export async function readSquirrel(
  context: Context,
  options: OptionValues,
  side: Side,
  name: string,
): Promise<SquirrelFile> {
  const preprocesses = wantsPreprocessing(options, await readProject(context.directory))
  const source = name === '-' ? await inputSource(context) : await readSource(context, side, name)
  const { code, lines } = await programOf(context, options, source, preprocesses)
  return { ...source, text: code, ...(lines ? { lines } : {}) }
}

/** The text of standard input, as if it were a file of the working directory. */
async function inputSource(context: Context): Promise<SourceFile> {
  const name = '<stdin>'
  const bytes = await context.standardInput()
  return { name, path: resolve(context.directory, name), text: sourceText(context, bytes, name) }
}
