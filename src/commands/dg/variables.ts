import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { VariableChanges } from '../../fleet/plan/change.ts'
import { ImptError } from '../../output/error.ts'
import { namingFile } from '../../session/file-error.ts'
import type { Context } from '../context.ts'
import { listOf } from '../options.ts'
import type { OptionValues } from '../row.ts'

/** Letters, digits and `_`, no digit first (impcentral-api.md 9, more-facts.md 7). */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * The changes of `--set-env` and `--unset-env`; undefined where neither was given. Reads files and asks for `@-`. Throws USAGE before anything is
 * sent; no message holds a value.
 */
export async function variableChanges(
  context: Context,
  options: OptionValues,
): Promise<VariableChanges | undefined> {
  if (options['set-env'] === undefined && options['unset-env'] === undefined) return undefined
  const set = new Map<string, string | number>()
  const unset = [...new Set(listOf(options, 'unset-env'))]
  const assignments = listOf(options, 'set-env').map(assignmentIn)
  for (const name of [...assignments.map((one) => one.name), ...unset])
    if (!NAME.test(name))
      throw new ImptError('USAGE', `"${name}" is no name of an environment variable.`, {
        hint: 'Letters, digits and "_", no digit first',
      })
  for (const { name, mark, text } of assignments) {
    if (set.has(name) || unset.includes(name))
      throw new ImptError('USAGE', `The environment variable "${name}" is named twice.`, {
        hint: 'Set it or unset it, once',
      })
    set.set(name, await valueOf(context, name, mark, text))
  }
  return { set: Object.fromEntries(set), unset }
}

interface Assignment {
  readonly name: string
  /** `=` for a text, `:=` for a number. */
  readonly mark: string
  readonly text: string
}

function assignmentIn(given: string): Assignment {
  const [, name, mark, text] = /^([^=]*?)(:?=)(.*)$/s.exec(given) ?? []
  if (name === undefined || mark === undefined || text === undefined)
    // The text may be a value whose name was forgotten: it is not shown.
    throw new ImptError('USAGE', 'A value of option "--set-env" has no "=".', {
      hint: 'Give NAME=VALUE, NAME:=NUMBER, NAME=@FILE or NAME=@-',
    })
  return { name, mark, text }
}

async function valueOf(context: Context, name: string, mark: string, text: string): Promise<string | number> {
  if (mark === ':=') {
    const number = Number(text)
    if (text.trim() !== '' && Number.isFinite(number)) return number
    throw new ImptError('USAGE', `The value of the environment variable "${name}" is no number.`, {
      hint: `For a text: --set-env ${name}=TEXT`,
    })
  }
  if (!text.startsWith('@')) return text
  if (text === '@-') return context.ask.text(`value of ${name}`, true)
  const file = text.slice(1)
  const content = await namingFile(file, () => readFile(resolve(context.directory, file), 'utf8'))
  // Editors and "echo" end a file with a line end that is no part of the value.
  return content.replace(/\r?\n$/, '')
}
