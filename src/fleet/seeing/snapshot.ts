import { KINDS, type Listed } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { CsvError, readCsv, writeCsv } from '../folder/csv.ts'
import type { Places } from './status.ts'

/** The fields of a device in a snapshot, all texts: empty is null, or what the cloud did not tell. */
export type SnapshotDevice = Readonly<Record<string, string>>

/** All devices that an account saw at a moment. */
export interface Snapshot {
  /** The id of the account that was logged in. */
  readonly account: string
  /** ISO time before the lists were read. */
  readonly readAt: string
  /** By device id. */
  readonly devices: ReadonlyMap<string, SnapshotDevice>
}

const FORMAT = '1'
const FIELDS = [
  'id',
  ...Object.keys(KINDS.device.attributes),
  'owner_id',
  'product_id',
  'product',
  'group_id',
  'group',
]
/** Each row says of which snapshot it is, and how many devices that has: a part of a file is not taken for the whole. */
const COLUMNS = [...FIELDS, 'format', 'account', 'read_at', 'devices']

/** Makes a snapshot of lists. */
export function snapshotOf(
  devices: readonly Listed<'device'>[],
  { groups, products }: Places,
  account: string,
  readAt: string,
): Snapshot {
  const rows = devices.map(({ id, attributes, relationships }): [string, SnapshotDevice] => {
    const groupId = relationships?.devicegroup?.id ?? ''
    const productId = relationships?.product?.id ?? ''
    const told = Object.keys(KINDS.device.attributes).map((key) => [
      key,
      plain((attributes as Readonly<Record<string, unknown>>)[key]),
    ])
    return [
      id,
      {
        id,
        ...(Object.fromEntries(told) as SnapshotDevice),
        owner_id: relationships?.owner?.id ?? '',
        product_id: productId,
        product: products.get(productId)?.attributes.name ?? '',
        group_id: groupId,
        group: groups.get(groupId)?.attributes.name ?? '',
      },
    ]
  })
  return { account, readAt, devices: new Map(rows) }
}

/** A snapshot as CSV, sorted by id; one of no devices has a row without an id. */
export function snapshotText({ account, readAt, devices }: Snapshot): string {
  const rows = [...devices.values()].sort((a, b) => ((a['id'] ?? '') < (b['id'] ?? '') ? -1 : 1))
  const about = [FORMAT, account, readAt, String(rows.length)]
  return writeCsv(
    COLUMNS,
    (rows.length === 0 ? [{} as SnapshotDevice] : rows).map((row) => [
      ...FIELDS.map((field) => row[field] ?? ''),
      ...about,
    ]),
  )
}

/** Reads what `snapshotText` wrote. Throws DATA that names the file for one that is damaged, newer or no snapshot. */
export async function readSnapshot(text: string, file: string): Promise<Snapshot> {
  const fault = (what: string, hint: string) => new ImptError('DATA', `${file} ${what}`, { hint })
  const table = await readCsv(text).catch((error: unknown) => {
    if (!(error instanceof CsvError)) throw error
    throw fault(`is damaged in line ${error.line}: ${error.message}.`, 'Compare with another snapshot')
  })
  const [first] = table.rows
  if (!first || !table.columns.includes('format') || !table.columns.includes('id'))
    throw fault('is no snapshot of a fleet.', 'Make one with "impt fleet snapshot FILE"')
  const { format = '', account = '', read_at: readAt = '' } = first.cells
  if (Number(format) > Number(FORMAT))
    throw fault(`is a snapshot of a newer version of impt (format ${format}).`, 'Update impt')
  const missing = COLUMNS.filter((column) => !table.columns.includes(column))
  if (format !== FORMAT || missing.length > 0 || account === '' || Number.isNaN(Date.parse(readAt)))
    throw fault('is damaged: it does not say what it is.', 'Compare with another snapshot')
  const devices = new Map<string, SnapshotDevice>()
  for (const { line, cells } of table.rows) {
    const { id = '' } = cells
    const isForeign =
      cells['format'] !== format || cells['account'] !== account || cells['read_at'] !== readAt
    if (isForeign || devices.has(id) || (id === '' && table.rows.length > 1))
      throw fault(
        `is damaged in line ${line}: the row is not of this snapshot.`,
        'Compare with another snapshot',
      )
    if (id !== '') devices.set(id, Object.fromEntries(FIELDS.map((field) => [field, cells[field] ?? ''])))
  }
  if (String(devices.size) !== first.cells['devices'])
    throw fault(
      `is damaged: it has ${devices.size} of ${first.cells['devices']} devices.`,
      'Compare with another snapshot',
    )
  return { account, readAt, devices }
}

/** Attributes of devices are texts, numbers and booleans. */
function plain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value.toString()
    : ''
}
