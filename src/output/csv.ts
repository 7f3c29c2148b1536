import { escapedJson } from './visible.ts'

/** A cell that a spreadsheet would take for a formula starts with one of these (language.md 2.9, `to csv`), perhaps behind our own mark. */
const FORMULA = /^'*[=+\-@\t\r]/

/** The mark that keeps a spreadsheet from running a text as a formula. `unguarded` takes it off again, whatever the text. */
const GUARD = "'"

/**
 * What stands between the cells of a CSV text, by its first line: spreadsheets write semicolons where commas are part of numbers, and tabs when a
 * table is copied. A comma where none or several of them could be meant.
 */
export function separatorOf(text: string): string {
  const found = new Set<string>()
  let isQuoted = false
  let begin = text.startsWith('\ufeff') ? 1 : 0
  for (const { 0: mark, index } of text.matchAll(/["\r\n,;\t]/g)) {
    if (mark === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (mark !== '\n' && mark !== '\r') found.add(mark)
    else if (index === begin) begin += 1
    else break
  }
  const [only = ',', ...others] = found
  return others.length === 0 ? only : ','
}

/** A cell as it was before `csvLine` put its mark before it. */
export function unguarded(cell: string): string {
  return cell.startsWith(GUARD) && FORMULA.test(cell) ? cell.slice(GUARD.length) : cell
}

/**
 * One line of CSV after RFC 4180. Text that a spreadsheet would run as a formula gets a leading `'` unless `raw`. Lists and records are JSON,
 * whose control characters are escaped in its own way.
 */
export function csvLine(cells: readonly unknown[], separator = ',', raw = false): string {
  // A line of a single empty cell would be taken for no line at all.
  if (cells.length === 1 && cells[0] === '') return '""\n'
  // A line of one cell has no separator to know by; whoever looks for one must not find it in the cell.
  const isAlone = cells.length === 1
  let line = ''
  for (let i = 0; i < cells.length; i++) {
    if (i > 0) line += separator
    const cell = cells[i]
    if (cell === null || cell === undefined) continue
    if (typeof cell !== 'string') {
      line +=
        typeof cell === 'object'
          ? quote(escapedJson(cell), separator, isAlone)
          : (cell as number | boolean).toString()
      continue
    }
    line += quote(!raw && FORMULA.test(cell) ? GUARD + cell : cell, separator, isAlone)
  }
  return `${line}\n`
}

function quote(text: string, separator: string, isAlone: boolean): string {
  // A byte order mark at the very start would be dropped by whoever reads the file.
  return text.includes(separator) || (isAlone ? /["\r\n\ufeff,;\t]/ : /["\r\n\ufeff]/).test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text
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
