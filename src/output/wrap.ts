import stringWidth from 'string-width'

/** Fills lines with whole words; a word that is longer than a line stands alone. Line ends stay. */
export function wrapWords(text: string, width = Infinity, indent = ''): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
        lines.push(indent + line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    return [...lines, indent + line]
  })
}
