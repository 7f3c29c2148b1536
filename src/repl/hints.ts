import { wordRoles } from '../commands/bind.ts'
import { isDestructive } from '../commands/table/index.ts'
import type { OptionRow } from '../commands/row.ts'
import { parse as parseText, type Parsed } from '../language/syntax/parse.ts'
import type { HistoryEntry } from '../session/history.ts'
import { optionAt } from '../completion/option-at.ts'
import type { Parse } from '../completion/place.ts'
import { visible } from '../output/visible.ts'
import type { Choice } from '../session/session.ts'
import type { EditorState } from './editor/state.ts'
import type { Span } from './screen/style.ts'
import { commandsIn, imptCommand, loneCommand } from './syntax.ts'

/**
 * The rest of the newest history entry that begins with what is typed, in this context if there is one; `''` for none. A line that
 * deletes is offered only when its command has been typed in full (repl.md 3.4). `history` is oldest first.
 */
export function suggestionFor(text: string, history: readonly HistoryEntry[], context: string): string {
  if (text.trim() === '' || text.includes('\n')) return ''
  let other = ''
  for (let index = history.length - 1; index >= 0; index--) {
    const entry = history[index] as HistoryEntry
    if (
      !entry.text.startsWith(text) ||
      entry.text === text ||
      entry.text.includes('\n') ||
      entry.text.includes('‹secret›')
    )
      continue
    const isHere = entry.context === context
    // Entries are parsed, so those that cannot be the answer any more are passed over first: this runs with every key.
    if ((!isHere && other !== '') || !mayBeOffered(entry.text, text)) continue
    if (isHere) return entry.text.slice(text.length)
    other = entry.text.slice(text.length)
  }
  return other
}

function mayBeOffered(entry: string, typed: string): boolean {
  for (const node of commandsIn(parseText(entry, { mode: 'prompt' }).tree)) {
    const found = imptCommand(node)
    if (found === undefined) continue
    const { command, words } = found
    const removes = words.some(({ text }) => text === '--remove')
    if (!isDestructive(command, { remove: removes })) continue
    const end =
      node.start +
      entry.slice(node.start).search(new RegExp(`${command.name || command.group}(?=\\s|$)`)) +
      (command.name || command.group).length
    if (typed.length < end) return false
  }
  return true
}

/** The line under the input: what the option at the cursor is, or, when no key came for a moment, the first mistake. */
export function hintFor(state: EditorState, parse: Parse, idle: boolean): readonly Span[] {
  const { text, cursor, search } = state
  if (search) {
    const what = search.failed ? 'no match for' : 'search'
    return [
      { text: `${what}: ${search.query}`, style: search.failed ? 'failure' : 'plain' },
      { text: '   C-r older, C-s newer, Enter takes it, Esc leaves', style: 'dim' },
    ]
  }
  if (text.trim() === '') return []
  const mistake = parse(text).diagnostics.find(
    ({ severity, code }) => severity === 'error' && code !== 'UNCLOSED',
  )
  if (idle && mistake)
    return [{ text: mistake.message + (mistake.hint ? ` (${mistake.hint})` : ''), style: 'failure' }]
  const found = optionAt(text, cursor, parse)
  if (!found) return []
  const { command, option } = found
  return [{ text: option ? optionHint(option) : command.summary, style: 'dim' }]
}

/** What `use` will fill into the command that is typed, shown behind it: `  (--dg line-1, from use)` (repl.md 3.7). */
export function filledFromUse(
  parsed: Parsed,
  use: { readonly product?: Choice | undefined; readonly dg?: Choice | undefined },
): string {
  const node = loneCommand(parsed)
  const found = node && imptCommand(node)
  if (!found || isDestructive(found.command, { remove: found.words.some(({ text }) => text === '--remove') }))
    return ''
  const given = new Set(
    wordRoles(found.command, found.words).flatMap(({ option }) => (option ? [option.name] : [])),
  )
  const filled = found.command.options.flatMap((option) => {
    const value =
      option.identifies === 'dg'
        ? use.dg?.text
        : option.identifies === 'product'
          ? use.product?.text
          : undefined
    return option.required === 'project' && value !== undefined && !given.has(option.name)
      ? [`--${option.name} ${visible(value)}`]
      : []
  })
  return filled.length === 0 ? '' : `  (${filled.join(' ')}, from use)`
}

function optionHint({ name, summary, choices, default: fallback, required }: OptionRow): string {
  const notes = [
    required === true ? 'required' : required === 'project' ? 'from use or the Project file' : '',
    choices ? choices.join('|') : '',
    fallback === undefined ? '' : `default: ${String(fallback)}`,
  ].filter(Boolean)
  return `--${name}: ${summary}${notes.length > 0 ? ` [${notes.join('; ')}]` : ''}`
}
