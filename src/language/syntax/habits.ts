import type { Cursor } from './cursor.ts'

/** Redirections, jobs and substitutions of the shell that are written otherwise here (language.md 2.4 rule 12). */
export function rejectRedirection(c: Cursor): void {
  const habit = c.match(/<<?<?|\d?>>?[ \t]*&(?:\d|-)?|\d>>?|&>|&(?=\s*(?:$|[\n;)}#]))/y)
  if (habit === undefined) return
  c.fail(`"${habit}" is not used here`, { end: c.pos + habit.length, code: 'BASH', hint: insteadOf(habit) })
}

function insteadOf(habit: string): string {
  if (habit.startsWith('<<')) return 'quotes may span lines: "..." | !program'
  if (habit.startsWith('<')) return 'write open --text FILE | !program'
  if (habit === '&') return 'write let s = log stream ..., or bg at the prompt'
  if (/^1?>.*-$/.test(habit)) return 'to throw output away: > /dev/null'
  if (/^1?>.*2$/.test(habit)) return 'eprint writes to standard error: eprint "text"'
  return 'errors are caught with try { } catch e { }; for all output of a program: sh "program 2>&1"'
}

const HABITS: ReadonlyMap<string, string> = new Map([
  ['function', 'write fn name(a, b) { ... }'],
  ['do', 'a body stands in braces: for x in $list { ... }'],
  ['done', 'a body ends with "}"'],
  ['then', 'write if CONDITION { ... }'],
  ['fi', 'a body ends with "}"'],
  ['elif', 'write } else if CONDITION {'],
  ['case', 'write match $x { "a" => ..., else => ... }'],
  ['esac', 'a body ends with "}"'],
  ['local', 'write let x = ...'],
  ['eval', 'text is never run as code; use fn'],
  ['else', '"else" follows the "}" of an "if"'],
  ['catch', '"catch" follows the "}" of a "try"'],
  ['finally', '"finally" follows the "}" of a "try"'],
])

/** Statements of the shell that are written otherwise here. */
export function rejectHabits(c: Cursor): void {
  rejectRedirection(c)
  if (c.peek() === '`') {
    c.fail('backticks are not used here', {
      end: c.pos + 1,
      code: 'BASH',
      hint: 'write (...) for the value of a command',
    })
  }
  const name = c.match(/[A-Za-z_][A-Za-z_0-9-]*\??/y)
  if (name === undefined || !HABITS.has(name)) return
  const next = c.peek(name.length)
  if (!/^[\s;{]?$/.test(next)) return
  // `do` calls a block.
  if (name === 'do' && c.match(/do[ \t]+[${]/y) !== undefined) return
  c.fail(`"${name}" is not used this way here`, {
    end: c.pos + name.length,
    code: 'BASH',
    hint: HABITS.get(name) ?? '',
  })
}
