import { KINDS, type Listed } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { sha256 } from '../code.ts'
import { CsvError, csvRow, csvRows, type CsvRow } from '../folder/csv.ts'
import type { Places } from './status.ts'

/** The fields of a device in a snapshot, all texts: empty is null, or what the cloud did not tell. */
export type SnapshotDevice = Readonly<Record<string, string>>

/** All devices that an account saw at a moment. */
export interface Snapshot {
  /** The id of the account that was logged in. */
  readonly account: string
  /** ISO time before the lists were read. */
  readonly readAt: string
  /** In the order of their ids. Reading one from a file throws DATA where it is damaged. */
  readonly devices: Iterable<SnapshotDevice> | AsyncIterable<SnapshotDevice>
}

/** A snapshot that was just taken; it can be read many times. */
export interface Taken extends Snapshot {
  readonly count: number
  readonly devices: Iterable<SnapshotDevice>
}

/** Rows of format 1 had no check sum. */
const FORMAT = '2'
const READABLE: readonly string[] = ['1', FORMAT]
const ATTRIBUTES = Object.keys(KINDS.device.attributes)
const FIELDS = ['id', ...ATTRIBUTES, 'owner_id', 'product_id', 'product', 'group_id', 'group']
/** Each row says of which snapshot it is, and how many devices that has: a part of a file is not taken for the whole. */
const ABOUT = ['format', 'account', 'read_at', 'devices']
/** The last column tells whether somebody changed the row since. */
const COLUMNS = [...FIELDS, ...ABOUT, 'sum']

/** Takes a snapshot of a list as it comes: of each device only its fields are kept, since a fleet may have a hundred thousand. */
export async function takeSnapshot(
  list: AsyncIterable<Listed<'device'>>,
  places: Promise<Places>,
  account: string,
  readAt: string,
): Promise<Taken> {
  // One text a device costs a third of what its fields cost.
  const kept = new Map<string, string>()
  for await (const { id, attributes, relationships } of list) {
    const told = attributes as Readonly<Record<string, unknown>>
    const cells = ATTRIBUTES.map((key) => plain(told[key]))
    kept.set(
      id,
      JSON.stringify([
        ...cells,
        relationships?.owner?.id ?? '',
        relationships?.product?.id ?? '',
        relationships?.devicegroup?.id ?? '',
      ]),
    )
  }
  const { groups, products } = await places
  const ids = [...kept.keys()].sort()
  const devices = {
    *[Symbol.iterator]() {
      for (const id of ids) {
        const cells = JSON.parse(kept.get(id) ?? '[]') as string[]
        const [owner = '', product = '', group = ''] = cells.splice(ATTRIBUTES.length)
        const productName = products.get(product)?.attributes.name ?? ''
        const groupName = groups.get(group)?.attributes.name ?? ''
        const values = [id, ...cells, owner, product, productName, group, groupName]
        yield Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? '']))
      }
    },
  }
  return { account, readAt, count: ids.length, devices }
}

/** A snapshot as CSV in pieces, sorted by id; one of no devices has a row without an id. */
export function* snapshotText({
  account,
  readAt,
  count,
  devices,
}: Taken): Generator<string, void, undefined> {
  const about = [FORMAT, account, readAt, String(count)]
  yield csvRow(COLUMNS)
  for (const device of count === 0 ? [{} as SnapshotDevice] : devices) {
    const cells = [...FIELDS.map((field) => device[field] ?? ''), ...about]
    yield csvRow([...cells, sumOf(cells)])
  }
}

/**
 * Opens what `snapshotText` wrote, from a file in pieces. Throws DATA that names the file for one that is damaged, changed, newer or no
 * snapshot: at once, or with the row that tells it.
 */
export async function openSnapshot(pieces: AsyncIterable<string>, file: string): Promise<Snapshot> {
  const fault = (what: string, hint = 'Compare with another snapshot') =>
    new ImptError('DATA', `${file} ${what}`, { hint })
  const rows = namingLines(csvRows(pieces), ({ line, message }) =>
    fault(`is damaged in line ${line}: ${message}.`),
  )
  const { value: first } = await rows.next()
  if (!first || first.cells['format'] === undefined || first.cells['id'] === undefined)
    throw fault('is no snapshot of a fleet.', 'Make one with "impt fleet snapshot FILE"')
  const { format = '', account = '', read_at: readAt = '', devices: count } = first.cells
  if (Number(format) > Number(FORMAT))
    throw fault(`is a snapshot of a newer version of impt (format ${format}).`, 'Update impt')
  const columns = format === '1' ? [...FIELDS, ...ABOUT] : COLUMNS
  const isWhole = columns.every((column) => first.cells[column] !== undefined)
  if (!READABLE.includes(format) || !isWhole || account === '' || Number.isNaN(Date.parse(readAt)))
    throw fault('is damaged: it does not say what it is.')
  return { account, readAt, devices: devicesOf() }

  async function* devicesOf(): AsyncGenerator<SnapshotDevice, void, undefined> {
    let before = ''
    let seen = 0
    let row: CsvRow | void = first
    for (; row; { value: row } = await rows.next()) {
      const { line, cells } = row
      const { id = '' } = cells
      const isForeign = ABOUT.some((column) => cells[column] !== first?.cells[column])
      // What is sorted has nothing twice; only a snapshot of no devices has a row without an id.
      if (isForeign || (id <= before && (id !== '' || count !== '0')))
        throw fault(`is damaged in line ${line}: the row is not of this snapshot.`)
      if (format !== '1' && cells['sum'] !== sumOf(columns.slice(0, -1).map((column) => cells[column] ?? '')))
        throw fault(
          `was changed in line ${line}, device ${id}: it is not what "impt fleet snapshot" wrote.`,
          'Compare with another snapshot, or with the file as it was; a spreadsheet changes cells when it saves',
        )
      if (id === '') continue
      before = id
      seen++
      yield cells
    }
    if (String(seen) !== count) throw fault(`is damaged: it has ${seen} of ${count} devices.`)
  }
}

/** The rows, with the errors of the reader told by `fault`. */
async function* namingLines(
  rows: AsyncIterable<CsvRow>,
  fault: (error: CsvError) => ImptError,
): AsyncGenerator<CsvRow, void, undefined> {
  try {
    yield* rows
  } catch (error) {
    throw error instanceof CsvError ? fault(error) : error
  }
}

/** Tells whether the cells of a row are those that were written. It guards against a slip, not against somebody who wants to deceive. */
function sumOf(cells: readonly string[]): string {
  return sha256(JSON.stringify(cells)).slice(0, 16)
}

/** Attributes of devices are texts, numbers and booleans. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value.toString()
    : ''
}
