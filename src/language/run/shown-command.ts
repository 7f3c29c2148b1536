import { maskedValue, redact } from '../../commands/bind.ts'
import type { CommandRow, Invocation, OptionRow, OptionValue, Word } from '../../commands/row.ts'
import { commandLine } from '../../commands/table/index.ts'
import { Secret } from '../values/value.ts'

/** The invocation as it would be typed, credentials masked. */
export function shownInvocation({ command, options, words }: Invocation, given: readonly Word[]): string {
  const secrets = given.filter(({ secret, value }) => secret === true || value instanceof Secret)
  const parts = [commandLine(command)]
  for (const option of command.options) {
    const value = options[option.name]
    if (value === undefined) continue
    for (const one of [value].flat()) {
      const isSecret = secrets.some(({ text }) => text.endsWith(String(one)))
      parts.push(shownOption(option, one, isSecret))
    }
  }
  return [...parts, ...words.map(quoted)].join(' ')
}

function shownOption(option: OptionRow, value: OptionValue, isSecret: boolean): string {
  if (value === true) return `--${option.name}`
  if (option.secret !== true) return `--${option.name} ${quoted(String(value))}`
  const shown = isSecret ? '***' : maskedValue(option, String(value), '***')
  return `--${option.name} ${shown === '***' ? shown : quoted(shown)}`
}

/** The words as they were given, credentials masked, for errors and traces. */
export function shownCommand(command: CommandRow, words: readonly Word[]): string {
  return [commandLine(command), ...redact(command, words).map((word) => quoted(word.text))].join(' ')
}

/** A text as it would be typed: quoted only where it has to be. */
function quoted(text: string): string {
  return /^[\w@%+=:,./‹›*{}-]+$/.test(text) ? text : JSON.stringify(text)
}
