// The devices that a command is about: those of --device, and the rows of the table of --from.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Finder } from '../../entities/finder.ts'
import { resolveRows, type BatchRow } from '../../fleet/batch.ts'
import { CsvError, lackOf, readCsv } from '../../fleet/folder/csv.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { namingFile } from '../../session/file-error.ts'
import type { Context } from '../context.ts'
import { textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'

/** Whether a command is about more than the one device of the documented form, or writes a report. */
export function isBatch(options: OptionValues): boolean {
  return devicesIn(options).length > 1 || options['from'] !== undefined || options['report'] !== undefined
}

/** The device of the documented form. */
export function onlyDevice(options: OptionValues): string {
  return devicesIn(options)[0] ?? ''
}

/** Some commands take the option once, some several times. */
function devicesIn(options: OptionValues): readonly string[] {
  return [options['device'] ?? []].flat().map(String)
}

/** The names that a column of devices may have: that of the reports and documents here, and those that lists and logs are written with. */
const DEVICE_COLUMNS: ReadonlySet<string> = new Set(['device', 'id', 'device id', 'device_id'])

/** The rows of `--device` and of `--from`, and their columns. Throws FILE or USAGE. */
export async function rowsOf(
  context: Context,
  options: OptionValues,
  needed: readonly string[],
): Promise<{ rows: readonly BatchRow[]; columns: readonly string[] }> {
  const typed = devicesIn(options).map((device): BatchRow => ({
    device,
    cells: { device, ...(options['name'] === undefined ? {} : { name: textOf(options, 'name') ?? '' }) },
  }))
  const name = textOf(options, 'from')
  if (name === undefined) return { rows: typed, columns: needed }
  const text = await namingFile(name, () => readFile(resolve(context.directory, name), 'utf8'))
  try {
    const { columns, rows } = await readCsv(text)
    const column = deviceColumn(name, columns, needed)
    const lack = lackOf({ columns }, [column, ...needed.filter((one) => one !== 'device')])
    if (lack !== undefined)
      throw new ImptError('FILE', `"${name}" ${lack}.`, {
        hint: `Its first line must name the columns: ${needed.join(',')}`,
        data: { problems: [{ file: name, line: 1, text: `The table ${lack}.` }] },
      })
    const listed = rows.map(({ line, cells }): BatchRow => ({
      device: cells[column] ?? '',
      place: { file: name, line, column },
      cells,
    }))
    return {
      rows: [...typed.map((row) => ({ ...row, cells: { ...row.cells, [column]: row.device } })), ...listed],
      columns,
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new ImptError('FILE', `${name}:${error.line}: ${error.message}.`, {
        cause: error,
        data: { problems: [{ file: name, line: error.line, text: error.message }] },
      })
    throw error
  }
}

/** The column that names the devices: a list of devices alone may call it anything. Throws FILE where several have such a name. */
function deviceColumn(name: string, columns: readonly string[], needed: readonly string[]): string {
  const [only] = columns
  if (only !== undefined && columns.length === 1 && needed.length === 1) return only
  const [column = 'device', ...others] = columns.filter(isDeviceColumn)
  if (others.length === 0) return column
  const all = [column, ...others].map((one) => `"${visible(one)}"`).join(' and ')
  throw new ImptError('FILE', `"${name}" has several columns that may name the device: ${all}.`, {
    hint: 'Give others than the one that is meant another name',
    data: { problems: [{ file: name, line: 1, text: `Several columns may name the device: ${all}.` }] },
  })
}

function isDeviceColumn(column: string): boolean {
  return DEVICE_COLUMNS.has(column.trim().toLowerCase())
}

/** Throws FILE for a list whose first line is a device and no name of a column: that device would silently be left out. */
export async function assertHeader(
  finder: Finder,
  options: OptionValues,
  [only = 'device', ...others]: readonly string[],
): Promise<void> {
  const name = textOf(options, 'from')
  if (name === undefined || isDeviceColumn(only) || others.length > 0) return
  const { unknown } = await resolveRows(finder, [{ device: only, cells: {} }])
  if (unknown.some(({ isMissing }) => isMissing)) return
  throw new ImptError('FILE', `The first line of "${name}" is a device: "${visible(only)}".`, {
    hint: 'Write a line above it that names the column: device',
  })
}
