/** Whether code is inside something that may go on in the next row: a verbatim string or a block comment. */
export type MultiLine = 'verbatim' | 'comment' | undefined

// What can begin or hide the beginning of something: comments, strings with escapes (which end with their row), verbatim strings.
const OPENING = /\/\*|@"|\/\/.*|#.*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?/g

/**
 * Follows Squirrel code far enough to know whether its end is inside a verbatim string or a block comment, where a
 * `#line` marker would become part of a value or be lost.
 * @param state what holds at the beginning of `code`
 */
export function multiLineAfter(code: string, state: MultiLine): MultiLine {
  let at = 0
  let inside = state
  for (;;) {
    if (inside !== undefined) {
      const end = inside === 'comment' ? code.indexOf('*/', at) : endOfVerbatim(code, at)
      if (end === -1) return inside
      at = end + (inside === 'comment' ? 2 : 1)
    }
    inside = undefined
    OPENING.lastIndex = at
    for (let match = OPENING.exec(code); match !== null; match = OPENING.exec(code)) {
      if (match[0] !== '/*' && match[0] !== '@"') continue
      inside = match[0] === '/*' ? 'comment' : 'verbatim'
      at = OPENING.lastIndex
      break
    }
    if (inside === undefined) return undefined
  }
}

/** The quote that ends a verbatim string; two quotes are one in it. */
function endOfVerbatim(code: string, from: number): number {
  let at = code.indexOf('"', from)
  while (at !== -1 && code[at + 1] === '"') at = code.indexOf('"', at + 2)
  return at
}
