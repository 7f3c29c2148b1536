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

const SGR: Readonly<Record<Style, string>> = {
  plain: '',
  command: '1',
  unknown: '31;4',
  option: '36',
  text: '32',
  variable: '35',
  'unknown-variable': '35;4',
  number: '33',
  keyword: '34;1',
  comment: '90',
  operator: '33',
  error: '31;4',
  escaped: '7',
  match: '4',
  dim: '90',
  chosen: '7',
  account: '1',
  context: '36',
  danger: '1;31',
  directory: '34',
  failure: '31',
}

/** Without colour only mistakes are marked, by underlining (repl.md 3.4), and what is chosen. */
const SGR_PLAIN: Partial<Record<Style, string>> = {
  error: '4',
  unknown: '4',
  'unknown-variable': '4',
  chosen: '7',
  match: '4',
}

/** A piece of text in one style. */
export interface Span {
  readonly text: string
  readonly style: Style
}

/** The text as the terminal needs it. */
export function styled({ text, style }: Span, colour: boolean): string {
  const code = colour ? SGR[style] : SGR_PLAIN[style]
  return code && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text
}
