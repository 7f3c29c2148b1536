import type { Token } from '../../language/syntax/parse.ts'
import { boundaryAt, nextBoundary, previousBoundary } from './graphemes.ts'
import { moved, type EditorState } from './state.ts'

/** Reads the text into tokens: the parser's own. */
export type Tokens = (text: string) => readonly Token[]

export function left(state: EditorState): EditorState {
  return moved(state, previousBoundary(state.text, state.cursor))
}

export function right(state: EditorState): EditorState {
  return moved(state, nextBoundary(state.text, state.cursor))
}

export function lineStart({ text, cursor }: EditorState): number {
  // `lastIndexOf` takes -1 for 0.
  return cursor === 0 ? 0 : text.lastIndexOf('\n', cursor - 1) + 1
}

export function lineEnd({ text, cursor }: EditorState): number {
  const end = text.indexOf('\n', cursor)
  return end < 0 ? text.length : end
}

/** One row up or down in the text; undefined at its first or last row. */
export function vertical(state: EditorState, direction: -1 | 1): EditorState | undefined {
  const { text, cursor } = state
  const start = lineStart(state)
  const goal = state.goal ?? cursor - start
  if (direction < 0) {
    if (start === 0) return undefined
    const above = text.lastIndexOf('\n', start - 2) + 1
    return moved(state, boundaryAt(text, Math.min(above + goal, start - 1)), 'move', goal)
  }
  const end = lineEnd(state)
  if (end === text.length) return undefined
  const next = text.indexOf('\n', end + 1)
  return moved(state, boundaryAt(text, Math.min(end + 1 + goal, next < 0 ? text.length : next)), 'move', goal)
}

/** The end of the word at or after the cursor. */
export function wordEnd(state: EditorState, tokens: Tokens): number {
  return wordsOf(state.text, tokens).find(([, end]) => end > state.cursor)?.[1] ?? state.text.length
}

/** The start of the word before the cursor. */
export function wordStart(state: EditorState, tokens: Tokens): number {
  return wordsOf(state.text, tokens).findLast(([start]) => start < state.cursor)?.[0] ?? 0
}

/** The start of the run without spaces before the cursor (Ctrl-W). */
export function spacedStart({ text, cursor }: EditorState): number {
  return /\S*\s*$/.exec(text.slice(0, cursor))?.index ?? 0
}

/** Words are the parser's tokens; long texts and comments are several words. */
function wordsOf(text: string, tokens: Tokens): readonly (readonly [number, number])[] {
  return tokens(text).flatMap(({ kind, start, end }): (readonly [number, number])[] => {
    if (kind === 'space' || kind === 'newline') return []
    if (kind !== 'text' && kind !== 'comment') return [[start, end]]
    return Array.from(text.slice(start, end).matchAll(/\S+/g), (match) => [
      start + match.index,
      start + match.index + match[0].length,
    ])
  })
}
