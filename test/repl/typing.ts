import { createParser } from '../../src/repl/syntax.ts'
import type { Key } from '../../src/repl/editor/key.ts'
import { reduce, type Effect, type Surroundings } from '../../src/repl/editor/reduce.ts'
import { EMPTY, type EditorState } from '../../src/repl/editor/state.ts'

/** What an editor looks at: a history, oldest first, and a suggestion. */
export function surroundings(history: readonly string[] = [], suggestion = ''): Surroundings {
  const parser = createParser()
  return {
    history,
    tokens: (text) => parser(text).tokens,
    isComplete: (text) => parser(text).open.length === 0,
    suggestion: () => suggestion,
  }
}

/** Presses keys: chords in angle brackets, everything else is typed. `|` in the result of `shown` is the cursor. */
export function type(
  keys: string,
  state: EditorState = EMPTY,
  around = surroundings(),
): { readonly state: EditorState; readonly effects: readonly Effect[] } {
  const effects: Effect[] = []
  let now = state
  for (const [part] of keys.matchAll(/<[^<>\s]+>|[^]/gu)) {
    const key: Key = /^<.+>$/.test(part)
      ? { kind: 'chord', chord: part.slice(1, -1) }
      : { kind: 'text', text: part }
    const step = reduce(now, key, around)
    now = step.state
    if (step.effect) effects.push(step.effect)
  }
  return { state: now, effects }
}

/** The text with a bar where the cursor stands. */
export function shown({ text, cursor }: EditorState): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`
}
