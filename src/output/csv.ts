/** A cell that a spreadsheet would take for a formula starts with one of these (language.md 2.9, `to csv`). */
const FORMULA = /^[=+\-@\t\r]/

/** One line of CSV after RFC 4180. Text that a spreadsheet would run as a formula gets a leading `'` unless `raw`. */
export function csvLine(cells: readonly unknown[], separator = ',', raw = false): string {
  let line = ''
  for (let i = 0; i < cells.length; i++) {
    if (i > 0) line += separator
    const cell = cells[i]
    if (cell === null || cell === undefined) continue
    if (typeof cell !== 'string') {
      line +=
        typeof cell === 'object'
          ? quote(JSON.stringify(cell), separator)
          : (cell as number | boolean).toString()
      continue
    }
    line += quote(!raw && FORMULA.test(cell) ? `'${cell}` : cell, separator)
  }
  return `${line}\n`
}

function quote(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The value of a column such as `device_group.name`; undefined where there is none. */
export function cellOf(record: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(record, column)) return record[column]
  return column
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      record,
    )
}
