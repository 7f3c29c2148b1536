import type { MenuItem } from '../../completion/item.ts'

/** Text with a cursor; the cursor is a UTF-16 offset at the start of a character. */
export interface Snapshot {
  readonly text: string
  readonly cursor: number
}

/** What a key did last: it decides what belongs to one undo step, which kills join, and what Alt-Y replaces. */
export type Deed = 'none' | 'insert' | 'erase' | 'kill' | 'yank' | 'move' | 'recall'

export interface Menu {
  readonly items: readonly MenuItem[]
  /** -1 while nothing is chosen. */
  readonly selected: number
  /** Where the accepted item goes. */
  readonly start: number
  readonly end: number
  /** `updating…`, `as of 12 min ago`. */
  readonly note?: string
}

/** Incremental search in the history. */
export interface Search {
  readonly query: string
  /** Index of the entry that is shown; undefined before the first match. */
  readonly index?: number
  readonly failed: boolean
  readonly before: Snapshot
}

/** A walk through the history with the arrow keys. */
export interface Recall {
  /** Index of the entry that is shown. */
  readonly index: number
  /** Only entries that begin so are shown. */
  readonly prefix: string
  readonly draft: Snapshot
}

/** All that the editor knows. It changes by `reduce` only. */
export interface EditorState extends Snapshot {
  readonly undone: readonly Snapshot[]
  readonly redone: readonly Snapshot[]
  /** Killed texts, newest last. */
  readonly kills: readonly string[]
  readonly deed: Deed
  /** What Alt-Y would replace. */
  readonly yanked?: { readonly start: number; readonly index: number }
  /** The column that vertical moves try to keep, in characters. */
  readonly goal?: number
  readonly recall?: Recall
  /** Where the last word of an earlier input stands, and the index of that input. */
  readonly word?: { readonly start: number; readonly index: number }
  readonly search?: Search
  readonly menu?: Menu
  /** Ctrl-X was pressed. */
  readonly chord?: true
}

export const EMPTY: EditorState = { text: '', cursor: 0, undone: [], redone: [], kills: [], deed: 'none' }

/** A fresh input that keeps what was killed. */
export function fresh(state: EditorState): EditorState {
  return { ...EMPTY, kills: state.kills }
}

const MOST_UNDONE = 500

/**
 * Changes text and cursor by a deed. Neighbouring inserts (or erasures) of characters are one undo step; menu, walk and search end.
 */
export function changed(
  state: EditorState,
  text: string,
  cursor: number,
  deed: Deed,
  joins = false,
): EditorState {
  if (text === state.text) return moved(state, cursor, deed)
  const {
    undone,
    redone: _redone,
    menu: _menu,
    recall: _recall,
    search: _search,
    goal: _goal,
    yanked: _yanked,
    word: _word,
    chord: _chord,
    ...rest
  } = state
  const kept =
    joins && state.deed === deed
      ? undone
      : [...undone.slice(-MOST_UNDONE), { text: state.text, cursor: state.cursor }]
  return { ...rest, text, cursor, deed, undone: kept, redone: [] }
}

/** Moves the cursor; the menu closes. */
export function moved(state: EditorState, cursor: number, deed: Deed = 'move', goal?: number): EditorState {
  const { menu: _menu, goal: _goal, yanked: _yanked, word: _word, chord: _chord, ...rest } = state
  return { ...rest, cursor, deed, ...(goal === undefined ? {} : { goal }) }
}

/** Closes the menu. */
export function withoutMenu(state: EditorState): EditorState {
  const { menu: _menu, ...rest } = state
  return rest
}
