import {
  eraseBack,
  eraseForward,
  insert,
  kill,
  paste,
  redo,
  replace,
  transpose,
  undo,
  yank,
  yankOlder,
} from './edit.ts'
import { previousBoundary } from './graphemes.ts'
import type { Key } from './key.ts'
import { accept, choose } from './menu.ts'
import {
  left,
  lineEnd,
  lineStart,
  right,
  spacedStart,
  vertical,
  wordEnd,
  wordStart,
  type Tokens,
} from './motion.ts'
import {
  lastWord,
  leaveSearch,
  newer,
  older,
  searchFor,
  searchNewer,
  searchOlder,
  takeMatch,
} from './recall.ts'
import { changed, fresh, moved, withoutMenu, type EditorState } from './state.ts'

/** What the reducer may look at besides the state. */
export interface Surroundings {
  /** Earlier inputs, oldest first. */
  readonly history: readonly string[]
  readonly tokens: Tokens
  /** Whether Enter runs the text: nothing is open. */
  readonly isComplete: (text: string) => boolean
  /** The rest of a suggested line; `''` for none. */
  readonly suggestion: (state: EditorState) => string
}

/** What a key asks for that is not the editor's own business. */
export type Effect =
  | { readonly kind: 'submit'; readonly text: string }
  /** Ctrl-C on a text: it is cleared, and the rows that are shown are left behind with `^C`. */
  | { readonly kind: 'clear' }
  /** Ctrl-C and Ctrl-D on an empty text. */
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'leave' }
  /** Tab, or a key that changes the text while the menu is open (`typed`): then the network is left alone. */
  | { readonly kind: 'complete'; readonly typed: boolean }
  | { readonly kind: 'edit' }
  | { readonly kind: 'help' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'wipe' }

interface Step {
  readonly state: EditorState
  readonly effect?: Effect
}

/** The editor: what a key makes of the state. Pure. */
export function reduce(state: EditorState, key: Key, around: Surroundings): Step {
  if (key.kind === 'paste')
    return { state: paste(state.search ? takeMatch(state) : withoutMenu(state), key.text) }
  if (state.search) return searchKey(state, key, around)
  if (state.chord) return chordKey(state, key)
  const { menu } = state
  if (menu && key.kind === 'chord') {
    const done = menuKey(state, menu, key.chord)
    if (done) return done
  }
  if (key.kind === 'text') return typed(insert(state, key.text), menu !== undefined)
  if (menu && (key.chord === 'backspace' || key.chord === 'C-h')) return typed(eraseBack(state), true)
  const action = ACTIONS[key.chord]
  return action ? action(state, around) : { state }
}

type Action = (state: EditorState, around: Surroundings) => Step

const only =
  (change: (state: EditorState, around: Surroundings) => EditorState): Action =>
  (state, around) => ({ state: change(state, around) })
const effect =
  (kind: 'edit' | 'help' | 'refresh' | 'wipe'): Action =>
  (state) => ({ state: withoutMenu(state), effect: { kind } })

const ACTIONS: Readonly<Record<string, Action>> = {
  return: enter,
  'C-j': enter,
  'M-return': only((state) => insert(state, '\n')),
  'S-return': only((state) => insert(state, '\n')),
  tab: (state) => ({ state, effect: { kind: 'complete', typed: false } }),
  'C-c': (state) =>
    state.text === ''
      ? { state, effect: { kind: 'interrupt' } }
      : { state: cleared(state), effect: { kind: 'clear' } },
  'C-d': (state) =>
    state.text === '' ? { state, effect: { kind: 'leave' } } : { state: eraseForward(state) },
  escape: only((state) => withoutMenu(state)),
  backspace: only(eraseBack),
  'C-h': only(eraseBack),
  delete: only(eraseForward),
  left: only(left),
  'C-b': only(left),
  right: only(takeOrRight),
  'C-f': only(takeOrRight),
  'C-left': only((state, { tokens }) => moved(state, wordStart(state, tokens))),
  'M-left': only((state, { tokens }) => moved(state, wordStart(state, tokens))),
  'M-b': only((state, { tokens }) => moved(state, wordStart(state, tokens))),
  'C-right': only((state, { tokens }) => moved(state, wordEnd(state, tokens))),
  'M-right': only(takeWord),
  'M-f': only(takeWord),
  home: only((state) => moved(state, lineStart(state))),
  'C-a': only((state) => moved(state, lineStart(state))),
  end: only(takeOrEnd),
  'C-e': only(takeOrEnd),
  'M-<': only((state) => moved(state, 0)),
  'M->': only((state) => moved(state, state.text.length)),
  'M-.': only((state, { history }) => lastWord(state, history)),
  up: only((state, { history }) => vertical(state, -1) ?? older(state, history)),
  down: only((state, { history }) => vertical(state, 1) ?? newer(state, history)),
  'C-p': only((state, { history }) => older(state, history)),
  'C-n': only((state, { history }) => newer(state, history)),
  'C-r': only((state, { history }) => searchOlder(state, history)),
  'C-s': only((state, { history }) => searchNewer(state, history)),
  'C-k': only((state) =>
    kill(state, state.cursor, lineEnd(state) > state.cursor ? lineEnd(state) : state.cursor + 1),
  ),
  'C-u': only((state) => kill(state, lineStart(state), state.cursor)),
  'C-w': only((state) => kill(state, spacedStart(state), state.cursor)),
  'M-backspace': only((state, { tokens }) => kill(state, wordStart(state, tokens), state.cursor)),
  'C-backspace': only((state, { tokens }) => kill(state, wordStart(state, tokens), state.cursor)),
  'M-d': only((state, { tokens }) => kill(state, state.cursor, wordEnd(state, tokens))),
  'M-delete': only((state, { tokens }) => kill(state, state.cursor, wordEnd(state, tokens))),
  'C-y': only(yank),
  'M-y': only(yankOlder),
  'C-t': only(transpose),
  'C-_': only(undo),
  'M-u': only(undo),
  'C-z': only(undo),
  'M-r': only(redo),
  'M-z': only(redo),
  'C-x': only((state) => ({ ...state, chord: true })),
  'C-l': effect('wipe'),
  f1: effect('help'),
  f5: effect('refresh'),
}

function enter(state: EditorState, { isComplete }: Surroundings): Step {
  const { text } = state
  if (isComplete(text)) return { state: fresh(state), effect: { kind: 'submit', text } }
  // What is inserted inside a block keeps its indent.
  const indent = /^[ \t]*/.exec(text.slice(lineStart(state)))?.[0] ?? ''
  return {
    state: changed(
      state,
      `${text.slice(0, state.cursor)}\n${indent}${text.slice(state.cursor)}`,
      state.cursor + 1 + indent.length,
      'none',
    ),
  }
}

function cleared(state: EditorState): EditorState {
  return changed(state, '', 0, 'none')
}

function typed(state: EditorState, menuWasOpen: boolean): Step {
  return menuWasOpen ? { state, effect: { kind: 'complete', typed: true } } : { state }
}

function takeOrRight(state: EditorState, around: Surroundings): EditorState {
  return state.cursor === state.text.length ? take(state, around.suggestion(state)) : right(state)
}

function takeOrEnd(state: EditorState, around: Surroundings): EditorState {
  return state.cursor === state.text.length
    ? take(state, around.suggestion(state))
    : moved(state, lineEnd(state))
}

function takeWord(state: EditorState, around: Surroundings): EditorState {
  if (state.cursor < state.text.length) return moved(state, wordEnd(state, around.tokens))
  const word = /^\s*\S+/.exec(around.suggestion(state))?.[0]
  return take(state, word ?? '')
}

function take(state: EditorState, rest: string): EditorState {
  return rest === '' ? state : replace(state, state.cursor, state.cursor, rest)
}

function menuKey(
  state: EditorState,
  menu: NonNullable<EditorState['menu']>,
  chord: string,
): Step | undefined {
  switch (chord) {
    case 'tab':
    case 'down':
      return { state: choose(state, menu, 1) }
    case 'S-tab':
    case 'up':
      return { state: choose(state, menu, -1) }
    case 'return':
    case 'C-j':
      // Nothing chosen: the menu closes, and a second Enter runs.
      return { state: accept(state, menu) }
    case 'escape':
    case 'C-g':
      return { state: withoutMenu(state) }
    default:
      return undefined
  }
}

function searchKey(state: EditorState, key: Exclude<Key, { kind: 'paste' }>, around: Surroundings): Step {
  const query = state.search?.query ?? ''
  if (key.kind === 'text') return { state: searchFor(state, query + key.text, around.history) }
  switch (key.chord) {
    case 'C-r':
    case 'up':
      return { state: searchOlder(state, around.history) }
    case 'C-s':
    case 'down':
      return { state: searchNewer(state, around.history) }
    case 'backspace':
    case 'C-h':
      return {
        state: searchFor(state, query.slice(0, previousBoundary(query, query.length)), around.history),
      }
    case 'return':
    case 'C-j':
      return { state: takeMatch(state) }
    case 'escape':
    case 'C-g':
    case 'C-c':
      return { state: leaveSearch(state) }
    default:
      return reduce(takeMatch(state), key, around)
  }
}

/** The key after Ctrl-X. */
function chordKey(state: EditorState, key: Exclude<Key, { kind: 'paste' }>): Step {
  const { chord: _chord, ...rest } = state
  if (key.kind === 'chord' && key.chord === 'C-e') return { state: rest, effect: { kind: 'edit' } }
  if (key.kind === 'chord' && key.chord === 'C-u') return { state: undo(rest) }
  return { state: rest }
}
