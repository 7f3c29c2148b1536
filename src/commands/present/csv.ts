import { columnsOf, recordOf } from '../../entities/record.ts'
import { batchesOf } from '../../output/batches.ts'
import { cellOf, csvLine } from '../../output/csv.ts'
import type { Entity, Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { rowsOf } from './rows.ts'

/** A piece of text is given on when it is as long as this. */
const PIECE = 65_536

/** Rows for spreadsheets and programs, a heading first. */
export async function* presentCsv(result: Result): AsyncGenerator<string> {
  switch (result.kind) {
    case 'entity':
      yield* rows(result.entity.name, [result.entity])
      return
    case 'entities':
      yield* rows(result.of, result.items)
      return
    case 'logs':
      yield csvLine(['ts', 'device_id', 'type', 'msg'])
      for await (const { ts, device_id = result.device, type, msg } of result.items)
        yield csvLine([ts, device_id, type, msg].map(harmless))
      return
    case 'events':
      yield csvLine(result.columns)
      for await (const item of result.items)
        yield csvLine(result.columns.map((column) => harmless(item[column])))
      return
    case 'record':
      yield* records(rowsOf(result) ?? [result.record])
      return
    case 'done':
      return
    default:
      result satisfies never
  }
}

/** Plain records, with the columns of all of them. */
function* records(all: readonly Readonly<Record<string, unknown>>[]): Generator<string> {
  const columns = [...new Set(all.flatMap((record) => Object.keys(record)))]
  yield csvLine(columns)
  for (const record of all) yield csvLine(columns.map((column) => harmless(record[column])))
}

async function* rows(name: string, items: readonly Entity[] | AsyncIterable<Entity>): AsyncGenerator<string> {
  const columns = columnsOf(name)
  let text = csvLine(columns)
  for await (const batch of batchesOf(items)) {
    for (const entity of batch) {
      const record = recordOf(entity)
      text += csvLine(columns.map((column) => harmless(cellOf(record, column))))
    }
    if (text.length < PIECE) continue
    yield text
    text = ''
  }
  yield text
}

/** A cell without control characters, for terminals take CSV too; line ends stay. */
function harmless(cell: unknown): unknown {
  return typeof cell === 'string' ? visible(cell, true) : cell
}
