import { resolve } from 'node:path'
import { visible } from '../../output/visible.ts'
import { readProject } from '../../session/project-file.ts'
import type { Context } from '../context.ts'
import type { Program } from '../build/program.ts'

/** Compiled code is at most some eight times as large as its text; code so short fits into any imp, unless a library makes it longer. */
const SURELY_FITS = 16_384

/**
 * Warns of device code that imps have no room for: they would download it, say "Out of space", and not start it. The size is an estimate, and what an
 * agent has room for is not documented, so that nothing is refused. Code that does not compile here, for want of a library too, is left to the server.
 */
export async function warnOfRoom(context: Context, { code, file }: Program): Promise<void> {
  if (code.length < SURELY_FITS && !/#require\b/i.test(code)) return
  const [{ deviceSize }, { environmentLibraries }, { IMP_TYPES }, project] = await Promise.all([
    import('../../squirrel/check.ts'),
    import('../../squirrel/environment-libraries.ts'),
    import('../../squirrel/api/table/types.ts'),
    readProject(context.directory),
  ])
  const folders = (project?.libraries ?? []).map((name) => resolve(context.directory, name))
  const size = deviceSize(code, [...folders, ...environmentLibraries()])
  const small = IMP_TYPES.filter((type) => size > type.code)
  if (small.length === 0) return
  const name = file === undefined ? 'The device code' : visible(file)
  const where =
    small.length === IMP_TYPES.length
      ? `no imp has room for more than ${groups(Math.max(...IMP_TYPES.map((type) => type.code)))}, so that none will start it`
      : `${small.map((type) => type.name).join(', ')} will not start it: there is room for ${groups(Math.max(...small.map((type) => type.code)))}`
  context.warn(`${name} takes about ${groups(size)} bytes when it is compiled; ${where}`)
}

function groups(count: number): string {
  return count.toLocaleString('en')
}
