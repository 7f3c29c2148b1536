/** A key press: a name such as `left`, `C-a`, `M-b`, `C-left`, `S-tab`, or text that was typed or pasted. */
export type Key =
  | { readonly kind: 'chord'; readonly chord: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }

/** What `node:readline` says about a key. */
export interface KeyPress {
  readonly name?: string | undefined
  readonly sequence?: string | undefined
  readonly ctrl?: boolean
  readonly meta?: boolean
  readonly shift?: boolean
}

/** Signs with Alt, which come without a name. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['\x1b.', 'M-.'],
  ['\x1b_', 'M-.'],
  ['\x1b<', 'M-<'],
  ['\x1b>', 'M->'],
])

/** Undefined for what is no key: unknown escape sequences and mouse reports. */
export function keyOf(text: string | undefined, press: KeyPress): Key | undefined {
  const { sequence = '', ctrl = false, meta = false, shift = false } = press
  // Ctrl-Enter and Alt-Enter come as `enter` or with an escape before them.
  if (sequence === '\x1b\r' || sequence === '\x1b\n') return chord('M-return')
  if (sequence === '\x1f' || sequence === '\x1b[47;5u') return chord('C-_')
  const sign = SIGNS.get(sequence)
  if (sign !== undefined) return chord(sign)
  const { name } = press
  if (name === undefined || isTyped(text, press)) return typedKey(text)
  if (name === 'enter' && sequence === '\n') return chord('C-j')
  // An Esc key alone is told as one with Alt.
  if (name === 'escape') return chord('escape')
  const plain = name.length === 1 && meta ? name.toLowerCase() : name
  return chord(`${ctrl ? 'C-' : ''}${meta ? 'M-' : ''}${shift && name.length > 1 ? 'S-' : ''}${plain}`)
}

function isTyped(text: string | undefined, { ctrl, meta, name }: KeyPress): boolean {
  if (ctrl === true || meta === true || text === undefined) return false
  return name === 'space' || text.length > 1 ? !text.startsWith('\x1b') : text >= ' ' && text !== '\x7f'
}

function typedKey(text: string | undefined): Key | undefined {
  if (text === undefined || text === '' || text < ' ' || text === '\x7f') return undefined
  return { kind: 'text', text }
}

function chord(name: string): Key {
  return { kind: 'chord', chord: name }
}
