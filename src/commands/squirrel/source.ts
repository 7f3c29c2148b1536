import type { LineMap } from '../../preprocess/lines.ts'
import { readProject } from '../../session/project-file.ts'
import { programOf, wantsPreprocessing } from '../build/program.ts'
import type { Context } from '../context.ts'
import type { OptionValues } from '../row.ts'
import { readSource, type Side, type SourceFile } from '../source-file.ts'

/** A source as it is compiled; `lines` says where its rows come from, where it was preprocessed. */
export interface SquirrelFile extends SourceFile {
  readonly lines?: LineMap
}

/**
 * A source as `squirrel check` and `squirrel run` take it: preprocessed where the option or the Project file says so, as a build would be.
 * Throws what reading and preprocessing throw, before anything runs.
 */
export async function readSquirrel(
  context: Context,
  options: OptionValues,
  side: Side,
  name: string,
): Promise<SquirrelFile> {
  const preprocesses = wantsPreprocessing(options, await readProject(context.directory))
  const source = await readSource(context, side, name)
  const { code, lines } = await programOf(context, options, source, preprocesses)
  return { ...source, text: code, ...(lines ? { lines } : {}) }
}
