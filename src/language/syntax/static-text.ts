import type { Word } from './tree.ts'

/** The text of a word that is known before the run; undefined if variables or commands are in it. */
export function staticText(word: Word): string | undefined {
  let text = ''
  for (const part of word.parts) {
    if (part.kind === 'value' || part.kind === 'template') return undefined
    text += part.text
  }
  return text
}
