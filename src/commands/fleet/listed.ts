import type { PeopleTable } from '../../output/columns.ts'
import type { Result } from '../../output/result.ts'

/** A list of plain records for programs, and the sentence and table that people see of it. */
export function listed(value: readonly object[], head: string, table: PeopleTable): Result {
  const records = value as readonly Readonly<Record<string, unknown>>[]
  return { kind: 'record', record: {}, value: records, isList: true, shown: { head, table } }
}
