import { nextBoundary, previousBoundary } from './graphemes.ts'
import { changed, moved, type EditorState } from './state.ts'

/** Inserts what was typed. Words are undone one by one. */
export function insert(state: EditorState, typed: string): EditorState {
  const text = state.text.slice(0, state.cursor) + typed + state.text.slice(state.cursor)
  const newWord = typed === ' ' && !/\s/.test(state.text.charAt(state.cursor - 1))
  return changed(state, text, state.cursor + typed.length, 'insert', !newWord && typed.length <= 2)
}

/** Inserts a paste: rows are kept, line ends made uniform; one undo step; never run. */
export function paste(state: EditorState, pasted: string): EditorState {
  const text = pasted.replace(/\r\n?/g, '\n')
  return changed(
    state,
    state.text.slice(0, state.cursor) + text + state.text.slice(state.cursor),
    state.cursor + text.length,
    'none',
  )
}

/** Replaces a part of the text and puts the cursor behind it. */
export function replace(state: EditorState, start: number, end: number, text: string): EditorState {
  return changed(
    state,
    state.text.slice(0, start) + text + state.text.slice(end),
    start + text.length,
    'none',
  )
}

export function eraseBack(state: EditorState): EditorState {
  const start = previousBoundary(state.text, state.cursor)
  return changed(state, state.text.slice(0, start) + state.text.slice(state.cursor), start, 'erase', true)
}

export function eraseForward(state: EditorState): EditorState {
  const end = nextBoundary(state.text, state.cursor)
  return changed(
    state,
    state.text.slice(0, state.cursor) + state.text.slice(end),
    state.cursor,
    'erase',
    true,
  )
}

/** Swaps the characters around the cursor. */
export function transpose(state: EditorState): EditorState {
  const { text } = state
  const middle = state.cursor === text.length ? previousBoundary(text, state.cursor) : state.cursor
  const start = previousBoundary(text, middle)
  const end = nextBoundary(text, middle)
  if (start === middle || end === middle) return state
  const swapped = text.slice(middle, end) + text.slice(start, middle)
  return changed(state, text.slice(0, start) + swapped + text.slice(end), end, 'none')
}

const MOST_KILLS = 30

/** Cuts a part out, to be yanked. Neighbouring kills become one text. */
export function kill(state: EditorState, start: number, end: number): EditorState {
  const cut = state.text.slice(start, end)
  // Nothing cut is nothing to yank: what was killed before stays the newest.
  if (cut === '') return state
  const last = state.deed === 'kill' ? state.kills.at(-1) : undefined
  const joined = last === undefined ? cut : start < state.cursor ? cut + last : last + cut
  const kills = [...(last === undefined ? state.kills : state.kills.slice(0, -1)), joined].slice(-MOST_KILLS)
  return { ...changed(state, state.text.slice(0, start) + state.text.slice(end), start, 'kill'), kills }
}

/** Inserts the text that was killed last. */
export function yank(state: EditorState): EditorState {
  const index = state.kills.length - 1
  const text = state.kills[index]
  if (text === undefined) return state
  const start = state.cursor
  return { ...replace(state, start, start, text), deed: 'yank', yanked: { start, index } }
}

/** Right after a yank: puts the text killed before it in its place. */
export function yankOlder(state: EditorState): EditorState {
  const { yanked, kills } = state
  if (state.deed !== 'yank' || yanked === undefined) return state
  const index = (yanked.index + kills.length - 1) % kills.length
  return {
    ...replace(state, yanked.start, state.cursor, kills[index] ?? ''),
    deed: 'yank',
    yanked: { start: yanked.start, index },
  }
}

export function undo(state: EditorState): EditorState {
  const last = state.undone.at(-1)
  if (last === undefined) return state
  const here = { text: state.text, cursor: state.cursor }
  return {
    ...moved(state, last.cursor, 'none'),
    text: last.text,
    undone: state.undone.slice(0, -1),
    redone: [...state.redone, here],
  }
}

export function redo(state: EditorState): EditorState {
  const last = state.redone.at(-1)
  if (last === undefined) return state
  const here = { text: state.text, cursor: state.cursor }
  return {
    ...moved(state, last.cursor, 'none'),
    text: last.text,
    undone: [...state.undone, here],
    redone: state.redone.slice(0, -1),
  }
}
