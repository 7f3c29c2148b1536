import { counted } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { librariesIn } from '../../squirrel/library-folder.ts'
import { shortened } from '../../testing/places.ts'
import type { Context } from '../context.ts'

/** `impt squirrel libraries`: what `#require` finds in these places, in the order in which it looks. */
export function libraryList({ directory }: Context, places: readonly string[]): Result {
  const found = librariesIn(places)
  const rows = found.map(({ name, version, file }) =>
    [name, version ?? '', file === null ? 'part of impt' : shortened(file, directory)].map((text) =>
      visible(text),
    ),
  )
  const columns = ['Name', 'Version', 'File'].map((title) => ({ title, keeps: true, shrinks: false }))
  const head = `${counted(found.length, 'library', 'libraries')}, in the order in which #require looks`
  return { kind: 'record', record: {}, value: found, isList: true, shown: { head, table: { columns, rows } } }
}
