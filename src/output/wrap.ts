import { widthOf } from './width.ts'

/** Fills lines with whole words; a word that is longer than a line stands alone. Line ends stay. */
export function wrapWords(
  text: string,
  width = Infinity,
  indent = '',
  wordsOf = (line: string): readonly string[] => line.split(' '),
): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of wordsOf(paragraph)) {
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
export function hanging(
  line: string,
  width: number | undefined,
  wordsOf?: (line: string) => readonly string[],
): readonly string[] {
  if (width === undefined || widthOf(line) <= width || line.startsWith(' '.repeat(8))) return [line]
  const [head = ''] = /^(?:[-+~!] )? */.exec(line) ?? []
  const [first = '', ...more] = wrapWords(line.slice(head.length), width - head.length, '', wordsOf)
  const indent = ' '.repeat(Math.min(head.length + 4, Math.floor(width / 2)))
  if (more.length === 0) return [head + first]
  return [head + first, ...wrapWords(more.join(' '), width - indent.length, indent, wordsOf)]
}

/** In fewer columns nobody reads text; some systems say 0 where they do not know. */
const NARROWEST = 16

/**
 * A message for people as a terminal of this width shows it: long lines break between words, and what follows hangs. What stands in double
 * quotes, as names, paths and commands do, is copied: it stays in one piece, and where it is longer than a line the terminal breaks it, which
 * copies as one line. A line of a source and its caret stay as they are, and so does everything without a width.
 */
export function filled(text: string, width: number | undefined): string {
  if (width === undefined || width < NARROWEST) return text
  return text
    .split('\n')
    .flatMap((line) => (/^ *\d* \| /.test(line) ? [line] : hanging(line, width, piecesOf)))
    .join('\n')
}

/** The words of a line, each text in double quotes as one of them. */
function piecesOf(line: string): readonly string[] {
  return line
    .replace(/(?<![^\s([=])"[^"]+"/g, (quoted) => quoted.replaceAll(' ', '\0'))
    .split(' ')
    .map((word) => word.replaceAll('\0', ' '))
}
