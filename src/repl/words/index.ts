import type { BuiltIn } from '../../language/builtins/builtin.ts'
import { JOB_WORDS } from './jobs.ts'
import { SESSION_WORDS } from './session.ts'
import { KEPT_WORDS } from './settings.ts'
import { WATCH } from './watch.ts'

/** The words of the prompt: about the session, so scripts do not have them (repl.md 3.7, 3.8, 3.9). Everything else about them is as with built-ins. */
export const REPL_WORDS: readonly BuiltIn[] = [...SESSION_WORDS, ...KEPT_WORDS, ...JOB_WORDS, WATCH]

export function findReplWord(name: string): BuiltIn | undefined {
  return REPL_WORDS.find((word) => word.name === name)
}
