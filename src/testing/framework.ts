import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'

/** The test framework: our own text, or a copy that the user has, by its main file. */
export type Framework =
  | { readonly kind: 'own'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string }

/**
 * The framework that tests are bundled with: `IMPT_IMPUNIT` names the `index.nut` of a copy of impUnit, or its folder; without it, it is the
 * one that is part of this program. Throws FILE where the variable names nothing.
 */
export async function findFramework(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<Framework> {
  if (!env.IMPT_IMPUNIT) {
    const { impUnitSource } = await import('../squirrel/libraries/imp-unit.ts')
    return { kind: 'own', text: impUnitSource }
  }
  const path = resolve(directory, env.IMPT_IMPUNIT)
  for (const candidate of [path, join(path, 'index.nut')]) {
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile()) return { kind: 'file', path: candidate }
  }
  throw new ImptError('FILE', `The test framework "${env.IMPT_IMPUNIT}" is not found.`, {
    hint: 'IMPT_IMPUNIT names the index.nut of impUnit or its folder; without it the framework of impt is used',
  })
}
