import { widthOf } from './width.ts'

/** Fills lines with whole words; a word that is longer than a line stands alone. Line ends stay. */
export function wrapWords(text: string, width = Infinity, indent = ''): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(indent + line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    return [...lines, indent + line]
  })
}

/**
 * A line of a tree that is too long for the terminal, at its words, with what follows further in than it begins: a mark and spaces are its
 * begin. Lines of code, which stand eight columns in, stay as they are, and so does everything where there is no terminal.
 */
export function hanging(line: string, width: number | undefined): readonly string[] {
  if (width === undefined || widthOf(line) <= width || line.startsWith(' '.repeat(8))) return [line]
  const [head = ''] = /^(?:[-+~!] )? */.exec(line) ?? []
  const [first = '', ...more] = wrapWords(line.slice(head.length), width - head.length)
  const indent = ' '.repeat(Math.min(head.length + 4, Math.floor(width / 2)))
  if (more.length === 0) return [head + first]
  return [head + first, ...wrapWords(more.join(' '), width - indent.length, indent)]
}
