import { sha256 } from '../code.ts'

/** Longest folder name in characters, without the mark. */
const LONGEST = 60
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * The folder names of entities of one parent, in the order of their names: NFC; all but letters, digits, space and `._-` as `%XX`; cut at 60
 * characters. Names that were cut, are equal when case is folded, end in a dot or a blank, or are reserved on Windows get `~` and 4 hex
 * digits of the name's SHA-256. A dot in front is escaped too: `.git` is no name for a folder in a repository.
 */
export function folderNames(names: readonly string[]): readonly string[] {
  const plain = names.map(escapedName)
  const counts = new Map<string, number>()
  for (const { text } of plain) counts.set(fold(text), (counts.get(fold(text)) ?? 0) + 1)
  for (let digits = 4; ; digits += 4) {
    const marked = plain.map(({ text, cut }, i) => {
      const unclear = cut || (counts.get(fold(text)) ?? 0) > 1 || /[. ]$/.test(text) || RESERVED.test(text)
      if (!unclear) return text
      const mark = `~${sha256(names[i] as string).slice(0, digits)}`
      // Windows looks at what stands before the first dot.
      return RESERVED.test(text) ? text.replace(/^[^.]+/, (base) => base + mark) : text + mark
    })
    // Two marks may be equal by chance; equal names are told apart by nobody.
    if (digits >= 64 || new Set(marked.map(fold)).size === new Set(names).size) return marked
  }
}

function escapedName(name: string): { text: string; cut: boolean } {
  let text = ''
  let length = 0
  let first = true
  for (const char of name.normalize('NFC')) {
    const kept = /[\p{L}\p{Nd} ._-]/u.test(char) && !(first && char === '.')
    const piece = kept
      ? char
      : [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
    length += kept ? 1 : piece.length
    if (length > LONGEST) return { text, cut: true }
    text += piece
    first = false
  }
  return { text, cut: false }
}

/** What names are on a disk that finds them in any case and form. */
export function fold(text: string): string {
  return text.toUpperCase().toLowerCase().normalize('NFC')
}
