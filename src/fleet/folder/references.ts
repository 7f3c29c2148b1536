import { ImptError } from '../../output/error.ts'
import { sha256 } from '../code.ts'
import type { Renamed } from '../plan/renamed.ts'
import { readCsv, writeCsv } from './csv.ts'
import type { Disk } from './disk.ts'

/** Files that were brought up to date: their SHA-256 now, by path, and the way back. */
export interface Rewritten {
  readonly shas: ReadonlyMap<string, string>
  undo(): Promise<void>
}

/**
 * Makes rows of `devices.csv` and targets in `group.json` name groups as they are called in the folder now, and leaves the rest as it is.
 * `shas`: of the files as the plan read them; throws CONFLICT, with nothing changed, if one is another now.
 */
export async function renameReferences(
  disk: Disk,
  shas: ReadonlyMap<string, string>,
  { rows, targets }: Renamed,
): Promise<Rewritten> {
  const before = new Map<string, Buffer>()
  const after = new Map<string, string>()
  const edit = async (path: string, change: (text: string) => Promise<string>) => {
    const bytes = await disk.read(path)
    if (bytes === undefined || sha256(bytes) !== shas.get(path))
      throw new ImptError('CONFLICT', `"${disk.name}/${path}" was edited after it was looked at.`, {
        hint: 'Look at the plan again: what is done is what was reviewed',
      })
    before.set(path, bytes)
    const [, mark = '', text = ''] = /^(\ufeff?)([^]*)$/.exec(bytes.toString('utf8')) ?? []
    after.set(path, mark + (await change(text)))
  }
  if (rows.size > 0) await edit('devices.csv', (text) => withRows(text, rows))
  for (const [path, names] of targets) await edit(`${path}/group.json`, (text) => withTargets(text, names))
  for (const [path, text] of after) await disk.write(path, text)
  const written = new Map([...after].map(([path, text]) => [path, sha256(text)]))
  return {
    shas: written,
    async undo() {
      for (const [path, bytes] of before) {
        const now = await disk.read(path)
        if (now !== undefined && sha256(now) === written.get(path)) await disk.write(path, bytes)
      }
    },
  }
}

async function withRows(text: string, places: Renamed['rows']): Promise<string> {
  const { columns, rows } = await readCsv(text)
  return writeCsv(
    columns,
    rows.map(({ cells }) => {
      const named: Readonly<Record<string, string>> = { ...cells, ...places.get(cells['id'] ?? '') }
      return columns.map((column) => named[column] ?? '')
    }),
  )
}

async function withTargets(text: string, names: object): Promise<string> {
  const { modify, applyEdits } = await import('jsonc-parser')
  return Object.entries(names).reduce(
    (before, [which, name]) => applyEdits(before, modify(before, ['targets', which], name, {})),
    text,
  )
}
