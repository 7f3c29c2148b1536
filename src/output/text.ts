import { visible } from './visible.ts'

export interface TextStyle {
  /** Paints a key with its colon; the identity where there is no colour. */
  readonly key: (text: string) => string
  /** Between the elements of a list of plain values: `, `, or `,` in minimal mode. */
  readonly comma: string
}

/** How many devices of a group are shown before `... N more Device(s)` (output.md 4). */
const MOST_DEVICES = 5

/** Values longer than this are cut in all text modes (output.md 4, rule 8). */
const LONGEST = 512

/** Lays out an object as aligned `key: value` lines, as output.md 4 describes them. Ends with a line end unless it is empty. */
export function renderText(object: object, style: TextStyle, indent = 0): string {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  const longest = Math.max(0, ...entries.map(([key]) => key.length))
  return entries.map(([key, value]) => renderEntry(key, value, longest, style, indent)).join('')
}

/** Lays out a list of objects one after another, without separators. */
export function renderTextList(items: readonly object[], style: TextStyle): string {
  return items.map((item) => renderText(item, style)).join('')
}

function renderEntry(key: string, value: unknown, longest: number, style: TextStyle, indent: number): string {
  const space = ' '.repeat(indent)
  const label = space + style.key(`${visible(key)}: `)
  const padded = label + ' '.repeat(longest - key.length)
  if (Array.isArray(value)) {
    if (value.length === 0) return `${padded}\n`
    if (isScalar(value[0])) return `${padded}${value.map((item) => visible(plain(item))).join(style.comma)}\n`
    return `${label}\n${renderElements(value, key, style, indent + 2)}`
  }
  if (typeof value === 'object' && value !== null) return `${label}\n${renderText(value, style, indent + 2)}`
  const text = cut(plain(value))
  if (!text.includes('\n')) return `${padded}${visible(text)}\n`
  const lines = text.split(/\r?\n/).map((line) => `${space}    ${visible(line)}\n`)
  return `${label}\n${space}  """\n${lines.join('')}${space}  """\n`
}

function renderElements(items: readonly unknown[], key: string, style: TextStyle, indent: number): string {
  const shown = key === 'Devices' ? items.slice(0, MOST_DEVICES) : items
  const lines = shown.map((item) =>
    typeof item === 'object' && item !== null
      ? renderText(item, style, indent)
      : `${' '.repeat(indent)}${visible(plain(item))}\n`,
  )
  const left = items.length - shown.length
  if (left > 0) lines.push(`${' '.repeat(indent)}... ${left} more Device(s)\n`)
  return lines.join('')
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean).toString()
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n...` : text
}
