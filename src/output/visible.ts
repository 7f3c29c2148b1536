/**
 * Shows control characters as escapes, so that a name or a log line cannot move the cursor, recolour the screen or turn text around.
 * Tabs stay; line ends stay where `lines` is true.
 */
export function visible(text: string, lines = false): string {
  // Most text has nothing to escape: one test is much cheaper than a replacement.
  return HIDDEN.test(text) ? text.replace(lines ? HIDDEN_BUT_LINES : HIDDEN_ALL, escapeOf) : text
}

/** JSON on one line in which every character that `visible` would show as an escape stands as `\u....`: it is still the same JSON. */
export function escapedJson(value: unknown): string {
  const text = JSON.stringify(value)
  if (!HIDDEN.test(text)) return text
  return text.replace(HIDDEN_ALL, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** Text for HTML and XML, in an element or in an attribute. */
export function markup(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

// C0 without tab, DEL, C1, line separators, and the marks that reorder text (bidirectional overrides and isolates).
// All of them are one unit of UTF-16, and a test without the flag `u` takes half the time.
const HIDDEN = /[\0-\x08\n-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
const HIDDEN_ALL = new RegExp(HIDDEN.source, 'gu')
const HIDDEN_BUT_LINES = /[\0-\x08\v-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

function escapeOf(char: string): string {
  if (char === '\n') return '\\n'
  if (char === '\r') return '\\r'
  if (char === '\x1b') return '\\e'
  const code = char.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}
