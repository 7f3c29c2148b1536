/** A command of the prompt itself: it is about the session, and scripts do not have it (repl.md 3.7, 3.8, 3.9). */
export interface ReplWord {
  readonly name: string
  readonly usage: string
  readonly summary: string
  /** Words that may follow, for completion. */
  readonly choices?: readonly string[]
}

/** All of them. `cd`, `help` and `exit` are words of the language. */
export const REPL_WORDS: readonly ReplWord[] = [
  {
    name: 'use',
    usage: 'use product NAME | use dg NAME | use none',
    summary: 'Fills in --product or --dg where a Project file would.',
    choices: ['product', 'dg', 'none'],
  },
  {
    name: 'context',
    usage: 'context',
    summary: 'Shows who is logged in where, the context and the Project, and how old the names are.',
  },
  {
    name: 'refresh',
    usage: 'refresh [KIND]',
    summary: 'Reads the names of entities again.',
    choices: ['account', 'product', 'dg', 'device', 'build', 'webhook', 'loginkey'],
  },
  {
    name: 'dry-run',
    usage: 'dry-run on|off',
    summary: 'Shows what would be changed and changes nothing.',
    choices: ['on', 'off'],
  },
  {
    name: 'private',
    usage: 'private on|off',
    summary: 'Keeps inputs out of the history.',
    choices: ['on', 'off'],
  },
  { name: 'config', usage: 'config [NAME [VALUE|reset]]', summary: 'Shows or changes the settings.' },
  {
    name: 'history',
    usage: 'history [grep TEXT | clear | delete N | sync]',
    summary: 'Shows or changes the history.',
    choices: ['grep', 'clear', 'delete', 'sync'],
  },
  {
    name: 'bg',
    usage: 'bg log stream ...',
    summary: 'Shows logs above the prompt while you work.',
    choices: ['log'],
  },
  {
    name: 'jobs',
    usage: 'jobs | jobs show N',
    summary: 'Lists the log streams, or shows the last lines of one.',
    choices: ['show'],
  },
  { name: 'fg', usage: 'fg N', summary: 'Follows a log stream until Ctrl-C, which puts it back.' },
  { name: 'stop', usage: 'stop N', summary: 'Ends a log stream.' },
  { name: 'mute', usage: 'mute N', summary: 'Shows the lines of a log stream no more, or again.' },
  {
    name: 'watch',
    usage: 'watch DURATION { ... }',
    summary: 'Runs a block again and again and redraws its output, until Ctrl-C.',
  },
]

export function findReplWord(name: string): ReplWord | undefined {
  return REPL_WORDS.find((word) => word.name === name)
}
