import { ImptError } from '../../output/error.ts'
import type { BuildNode } from '../account.ts'
import { sha256 } from '../code.ts'
import type { Disk } from './disk.ts'

/**
 * Makes an entry of a `builds.json` say the tags or the origin that the build has, and leaves the rest of the file as the person wrote it.
 * `sha`: of the file as the plan read it; throws CONFLICT if it is another now. Gives the SHA-256 of the file as it is then.
 */
export async function describeBuild(
  disk: Disk,
  path: string,
  sha: string | undefined,
  index: number,
  { tags, origin }: BuildNode,
  names: readonly ('tags' | 'origin')[],
): Promise<string> {
  const bytes = await disk.read(path)
  if (bytes === undefined || sha256(bytes) !== sha)
    throw new ImptError('CONFLICT', `"${disk.name}/${path}" was edited after it was looked at.`, {
      hint: 'Look at the plan again: what is done is what was reviewed',
    })
  const { modify, applyEdits } = await import('jsonc-parser')
  const [, mark = '', rest = ''] = /^(\ufeff?)([^]*)$/.exec(bytes.toString('utf8')) ?? []
  let text = rest
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
  const wanted = { tags: tags.length === 0 ? undefined : tags, origin }
  for (const name of names)
    text = applyEdits(text, modify(text, [index, name], wanted[name], { formattingOptions }))
  await disk.write(path, mark + text)
  return sha256(mark + text)
}
