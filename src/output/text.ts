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
  const values = object as Readonly<Record<string, unknown>>
  // Fleets of devices go through here: pairs and their lists would cost more than the rest.
  const keys = Object.keys(values)
  const space = ' '.repeat(indent)
  let longest = 0
  for (const key of keys) if (values[key] !== undefined && key.length > longest) longest = key.length
  let text = ''
  for (const key of keys) {
    const value = values[key]
    if (value === undefined) continue
    const label = space + style.key(`${visible(key)}: `)
    text += label + renderValue(key, value, longest, style, indent)
  }
  return text
}

/** Lays out a list of objects one after another, without separators. */
export function renderTextList(items: readonly object[], style: TextStyle): string {
  let text = ''
  for (const item of items) text += renderText(item, style)
  return text
}

/** What follows the label of a value, to the end of its last line. */
function renderValue(key: string, value: unknown, longest: number, style: TextStyle, indent: number): string {
  if (Array.isArray(value) && value.length > 0 && !isScalar(value[0]))
    return `\n${renderElements(value, key, style, indent + 2)}`
  if (!isScalar(value) && !Array.isArray(value)) return `\n${renderText(value as object, style, indent + 2)}`
  const pad = key.length < longest ? ' '.repeat(longest - key.length) : ''
  if (Array.isArray(value)) return `${pad}${value.map((item) => visible(plain(item))).join(style.comma)}\n`
  const text = cut(plain(value))
  const shown = visible(text)
  // Line ends are among what is shown as an escape.
  if (shown === text || !text.includes('\n')) return `${pad}${shown}\n`
  const space = ' '.repeat(indent)
  const lines = text.split(/\r?\n/).map((line) => `${space}    ${visible(line)}\n`)
  return `\n${space}  """\n${lines.join('')}${space}  """\n`
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
