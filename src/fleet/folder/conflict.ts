/** The first conflict that Git left in a text, with its line from 1; undefined where there is none. */
export function conflictIn(
  text: string,
): { readonly line: number; readonly column: number; readonly text: string } | undefined {
  // One such line alone may be anything.
  const found = /^<{7} (?=[^]*^>{7} )/m.exec(text)
  if (found === null) return undefined
  const line = text.slice(0, found.index).split('\n').length
  return { line, column: 1, text: 'it has a conflict of Git: resolve it, and take its markers out' }
}
