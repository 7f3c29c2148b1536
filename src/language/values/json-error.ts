// Written so that a long text is gone through in few steps: each takes room that an expression has not without end.
const TOKEN =
  /\s*(?:([{}[\],:])|("[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\0-\x1f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null))/y

/** Finds where a text stops being JSON. JSON.parse of Node 20 does not always say. */
export function jsonError(text: string): { offset: number; message: string } {
  const stack: string[] = []
  /** What may come next: a value, a key, a colon, or a comma or closing bracket. */
  let wanted: 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next' = 'value'
  TOKEN.lastIndex = 0
  for (;;) {
    const from = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    const offset =
      match === null
        ? from + (/^\s*/.exec(text.slice(from, from + 10_000))?.[0].length ?? 0)
        : TOKEN.lastIndex - match[0].trimStart().length
    if (match === null)
      return {
        offset,
        message: offset >= text.length ? 'the text ends too early' : expected(wanted, text[offset]),
      }
    const [, mark, string] = match
    const isValue = mark === undefined
    if (wanted === 'next') {
      if (stack.length === 0) return { offset, message: 'there is more text after the value' }
      const inObject = stack.at(-1) === '{'
      if (mark === ',') wanted = inObject ? 'key' : 'value'
      else if (mark === (inObject ? '}' : ']')) stack.pop()
      else return { offset, message: expected(wanted, text[offset]) }
    } else if (wanted === 'colon') {
      if (mark !== ':') return { offset, message: expected(wanted, text[offset]) }
      wanted = 'value'
    } else if (wanted === 'key' || wanted === 'first key') {
      if (mark === '}' && wanted === 'first key') {
        stack.pop()
        wanted = 'next'
      } else if (string === undefined) return { offset, message: expected(wanted, text[offset]) }
      else wanted = 'colon'
    } else if (isValue) {
      wanted = 'next'
    } else if (mark === '{' || mark === '[') {
      stack.push(mark)
      wanted = mark === '{' ? 'first key' : 'first value'
    } else if (mark === ']' && wanted === 'first value') {
      stack.pop()
      wanted = 'next'
    } else return { offset, message: expected(wanted, text[offset]) }
  }
}

function expected(wanted: string, found = ''): string {
  const what =
    {
      colon: '":"',
      next: '"," or a closing bracket',
      key: 'a name in double quotes',
      'first key': 'a name in double quotes',
    }[wanted] ?? 'a value'
  return `expected ${what}, found ${JSON.stringify(found)}`
}
