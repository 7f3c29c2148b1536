import { changed, type EditorState, type Search, type Snapshot } from './state.ts'

/** Shows the next older entry that begins with what was typed; the same state where there is none. `history` is oldest first. */
export function older(state: EditorState, history: readonly string[]): EditorState {
  return walk(state, history, -1)
}

/** Shows the next newer entry; after the newest one, what was typed. */
export function newer(state: EditorState, history: readonly string[]): EditorState {
  return state.recall === undefined ? state : walk(state, history, 1)
}

function walk(state: EditorState, history: readonly string[], direction: -1 | 1): EditorState {
  const recall = state.recall ?? {
    index: history.length,
    prefix: state.text,
    draft: { text: state.text, cursor: state.cursor },
  }
  for (let index = recall.index + direction; index >= 0 && index < history.length; index += direction) {
    const entry = history[index] ?? ''
    if (!entry.startsWith(recall.prefix) || entry === state.text) continue
    return { ...changed(state, entry, entry.length, 'recall', true), recall: { ...recall, index } }
  }
  if (direction < 0) return state
  return changed(state, recall.draft.text, recall.draft.cursor, 'recall', true)
}

/** Inserts the last word of the newest entry; again, that of an older one in its place. A text in quotes is one word. */
export function lastWord(state: EditorState, history: readonly string[]): EditorState {
  const { word, text, cursor } = state
  const start = word?.start ?? cursor
  const shown = text.slice(start, cursor)
  for (let index = (word?.index ?? history.length) - 1; index >= 0; index -= 1) {
    const found = /(?:"[^"]*"|'[^']*'|[^\s"'])+$/.exec((history[index] ?? '').trimEnd())?.[0] ?? ''
    if (found === '' || found === shown) continue
    const made = text.slice(0, start) + found + text.slice(cursor)
    return {
      ...changed(state, made, start + found.length, 'recall', word !== undefined),
      word: { start, index },
    }
  }
  return state
}

/** Opens the search, or goes to the next older match. */
export function searchOlder(state: EditorState, history: readonly string[]): EditorState {
  const { search } = state
  if (search === undefined) {
    const before: Snapshot = { text: state.text, cursor: state.cursor }
    return { ...state, search: { query: '', failed: false, before } }
  }
  return find(state, search, history, (search.index ?? history.length) - 1, -1)
}

/** Goes to the next newer match. */
export function searchNewer(state: EditorState, history: readonly string[]): EditorState {
  const { search } = state
  if (search?.index === undefined) return search === undefined ? searchOlder(state, history) : state
  return find(state, search, history, search.index + 1, 1)
}

/** Changes what is searched for and searches from the newest entry on. */
export function searchFor(state: EditorState, query: string, history: readonly string[]): EditorState {
  const { search } = state
  if (search === undefined) return state
  const { index: _index, ...rest } = search
  const wanted: Search = { ...rest, query }
  if (query === '') return { ...state, ...search.before, search: { ...wanted, failed: false } }
  const from = query.startsWith(search.query) ? (search.index ?? history.length - 1) : history.length - 1
  return find(state, wanted, history, from, -1)
}

/** Leaves the search with the match in the buffer. */
export function takeMatch(state: EditorState): EditorState {
  const { search, ...rest } = state
  if (search === undefined) return state
  const { text, cursor } = state
  return { ...changed({ ...rest, ...search.before }, text, cursor, 'recall') }
}

/** Leaves the search with what was there before it. */
export function leaveSearch(state: EditorState): EditorState {
  const { search, ...rest } = state
  return search === undefined ? state : { ...rest, ...search.before }
}

function find(
  state: EditorState,
  search: Search,
  history: readonly string[],
  from: number,
  direction: -1 | 1,
): EditorState {
  const { query } = search
  const folds = query === query.toLowerCase()
  for (let index = from; index >= 0 && index < history.length; index += direction) {
    const entry = history[index] ?? ''
    const at = (folds ? entry.toLowerCase() : entry).indexOf(query)
    if (at < 0 || (entry === state.text && index !== search.index && index !== from)) continue
    return { ...state, text: entry, cursor: at, search: { ...search, index, failed: false } }
  }
  return { ...state, search: { ...search, failed: true } }
}
