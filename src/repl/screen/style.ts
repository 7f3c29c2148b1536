import { colours } from '../../output/paint.ts'

/** Words for how a piece of text looks; what they mean on the screen is decided here only. */
export type Style =
  | 'plain'
  | 'command'
  | 'unknown'
  | 'option'
  | 'text'
  | 'variable'
  | 'unknown-variable'
  | 'number'
  | 'keyword'
  | 'comment'
  | 'operator'
  | 'error'
  | 'escaped'
  | 'match'
  | 'dim'
  | 'chosen'
  | 'account'
  | 'context'
  | 'danger'
  | 'directory'
  | 'failure'

type Paint = (text: string) => string

const { bold, red, underline, cyan, green, magenta, yellow, blue, gray, inverse } = colours(true)
const plain: Paint = (text) => text
const both =
  (one: Paint, other: Paint): Paint =>
  (text) =>
    one(other(text))

const PAINTS: Readonly<Record<Style, Paint>> = {
  plain,
  command: bold,
  unknown: both(red, underline),
  option: cyan,
  text: green,
  variable: magenta,
  'unknown-variable': both(magenta, underline),
  number: yellow,
  keyword: both(bold, blue),
  comment: gray,
  operator: yellow,
  error: both(red, underline),
  escaped: inverse,
  match: underline,
  dim: gray,
  chosen: inverse,
  account: bold,
  context: cyan,
  danger: both(bold, red),
  directory: blue,
  failure: red,
}

/** Without colour only mistakes are marked, by underlining (repl.md 3.4), and what is chosen. */
const PLAIN_PAINTS: Partial<Record<Style, Paint>> = {
  error: underline,
  unknown: underline,
  'unknown-variable': underline,
  chosen: inverse,
  match: underline,
}

/** A piece of text in one style. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/** The text as the terminal needs it. */
export function styled({ text, style }: Span, colour: boolean): string {
  const paint = colour ? PAINTS[style] : (PLAIN_PAINTS[style] ?? plain)
  return text === '' ? text : paint(text)
}
