import { hardwareRows } from './hardware.ts'
import { httpRows } from './http.ts'
import { impRows } from './imp.ts'
import { type ApiRow, parseRows } from './row.ts'
import { serverRows } from './server.ts'

export { type ApiRow, signatureOf } from './row.ts'

/** All of the imp API: what is installed, checked, completed, explained. */
export const API: readonly ApiRow[] = [impRows, serverRows, httpRows, hardwareRows].flatMap(parseRows)

const byPath = groups()

/** The row of a path on a side (of either where it does not matter); undefined when there is none. */
export function rowOf(path: string, side?: 'device' | 'agent'): ApiRow | undefined {
  return (byPath.get(path) ?? []).find(
    (row) => side === undefined || row.side === 'both' || row.side === side,
  )
}

/** The value of a constant. */
export function constant(path: string): number {
  const value = rowOf(path)?.value
  if (value === undefined) throw new Error(`the API has no constant ${path}`)
  return value
}

/** The rows that a side of an imp type has. */
export function rowsFor(side: 'device' | 'agent', type: string): ApiRow[] {
  return API.filter(
    (row) =>
      (row.side === 'both' || row.side === side) && (row.types === undefined || row.types.includes(type)),
  )
}

function groups(): Map<string, ApiRow[]> {
  const found = new Map<string, ApiRow[]>()
  for (const row of API) found.set(row.path, [...(found.get(row.path) ?? []), row])
  return found
}
