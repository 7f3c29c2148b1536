/** What `impt help imp` says about members of the imp API, from its table. */
import { API, type ApiRow, signatureOf } from './table/rows.ts'

/** Rows that a word means: the path itself with its members, else all whose path or text holds it. */
function apiRows(word: string | undefined): readonly ApiRow[] {
  if (word === undefined) return API.filter(({ kind }) => kind === 'object' || kind === 'class')
  const path = word.toLowerCase()
  const exact = API.filter((row) => row.path.toLowerCase() === path)
  if (exact.length > 0) {
    const members = API.filter((row) => row.path.toLowerCase().startsWith(`${path}.`))
    return [...exact, ...members]
  }
  return API.filter((row) => row.path.toLowerCase().includes(path) || row.doc.toLowerCase().includes(path))
}

/** The text for a word (`imp.wakeup`, `uart`, `deep sleep`), without one the objects; undefined where nothing fits. */
export function apiHelp(word: string | undefined): string | undefined {
  const rows = apiRows(word)
  if (rows.length === 0) return undefined
  if (rows.length === 1) return rows.map(entry).join('')
  const longest = Math.min(30, Math.max(...rows.map(({ path }) => path.length)))
  return rows.map((row) => `  ${row.path.padEnd(longest)}  ${row.doc}\n`).join('')
}

/** All names of members, for "did you mean". */
export function apiPaths(): string[] {
  return API.map(({ path }) => path)
}

function entry(row: ApiRow): string {
  const facts = [
    row.side === 'both' ? 'Devices and agents' : row.side === 'device' ? 'Devices' : 'Agents',
    ...(row.types ? [`on ${row.types.join(', ')}`] : []),
    ...(row.value === undefined ? [] : [`value ${row.value}`]),
    ...(row.blocking ? ['the code waits for it'] : []),
    ...(row.state === 'stub' ? ['has no effect on virtual devices'] : []),
    ...(row.state === 'absent' ? ['not available on virtual devices'] : []),
  ]
  const instead = row.deprecated === undefined ? '' : `  Old: use ${row.deprecated}.\n`
  return `${signatureOf(row)}\n  ${row.doc}\n  ${facts.join('; ')}.\n${instead}`
}
