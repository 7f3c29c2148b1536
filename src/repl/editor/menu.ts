import type { Completions, MenuItem } from '../../completion/item.ts'
import { replace } from './edit.ts'
import { withoutMenu, type EditorState, type Menu } from './state.ts'

/**
 * Opens the menu. What all items share is inserted at once; a single item is inserted whole, and no menu opens. With `typed`, the user is
 * typing into an open menu, and nothing is inserted.
 */
export function openMenu(state: EditorState, found: Completions, typed = false): EditorState {
  const { items, note } = found
  const [only] = items
  if (only === undefined) {
    if (note === undefined || typed) return withoutMenu(state)
    return { ...state, menu: { items, selected: -1, start: found.start, end: found.end, note } }
  }
  if (typed || note !== undefined) return withMenu(state, found)
  if (items.length === 1) return accepted(withoutMenu(state), found.start, found.end, only)
  const written = state.text.slice(found.start, found.end)
  const shared = sharedPrefix(items.map((item) => item.insert))
  if (shared.length <= written.length || !shared.toLowerCase().startsWith(written.toLowerCase()))
    return withMenu(state, found)
  return withMenu(replace(state, found.start, found.end, shared), {
    ...found,
    end: found.start + shared.length,
  })
}

/**
 * Puts newer items into the open menu; what was chosen stays chosen. Where nothing was and one item is left, it is inserted: a slow server changes
 * nothing of what Tab does.
 */
export function refreshMenu(state: EditorState, found: Completions): EditorState {
  const chosen = state.menu?.items[state.menu.selected]
  if (chosen === undefined && found.items.length === 1) return openMenu(state, found)
  const next = withMenu(state, found)
  const selected = chosen === undefined ? -1 : found.items.findIndex((item) => item.insert === chosen.insert)
  return next.menu === undefined ? next : { ...next, menu: { ...next.menu, selected } }
}

export function choose(state: EditorState, menu: Menu, step: number): EditorState {
  const { items, selected } = menu
  if (items.length === 0) return state
  const from = selected < 0 && step < 0 ? 0 : selected
  return { ...state, menu: { ...menu, selected: (from + step + items.length) % items.length } }
}

/** Puts the chosen item into the buffer; nothing is run. Closes the menu where nothing is chosen. */
export function accept(state: EditorState, menu: Menu): EditorState {
  const item = menu.items[menu.selected]
  const closed = withoutMenu(state)
  return item === undefined ? closed : accepted(closed, menu.start, menu.end, item)
}

function accepted(state: EditorState, start: number, end: number, item: MenuItem): EditorState {
  const next = state.text.charAt(end)
  const space = item.open === true || next === ' ' ? '' : ' '
  return replace(state, start, end, item.insert + space)
}

function withMenu(state: EditorState, { items, start, end, note }: Completions): EditorState {
  return { ...state, menu: { items, selected: -1, start, end, ...(note === undefined ? {} : { note }) } }
}

function sharedPrefix(texts: readonly string[]): string {
  const [first = ''] = texts
  let length = first.length
  for (const text of texts) {
    let at = 0
    while (at < length && text[at] === first[at]) at += 1
    length = at
  }
  return first.slice(0, length)
}
