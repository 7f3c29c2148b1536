import type { PeopleTable } from '../../output/columns.ts'
import type { Result } from '../../output/result.ts'

type Records = readonly Readonly<Record<string, unknown>>[]

/**
 * A list of plain records for programs, and the sentence and table that people see of it. `rows`: what CSV has of each where a record holds lists
 * and records.
 */
export function listed(value: readonly object[], head: string, table: PeopleTable, rows = value): Result {
  return {
    kind: 'record',
    record: {},
    value: value as Records,
    isList: true,
    rows: rows as Records,
    shown: { head, table },
  }
}
