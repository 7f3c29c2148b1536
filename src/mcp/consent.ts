// Before an assistant changes anything, the person at its client sees what would be done (a dry run: the command line, what its names stand
// for, the account) and says yes or no there. What the command itself asks is asked there too. Secrets are never asked for.
import { KINDS } from '../entities/kinds.ts'
import { createFinder, type Finder } from '../entities/finder.ts'
import type { Context, Questions } from '../commands/context.ts'
import { redact } from '../commands/bind.ts'
import { defaultGroup } from '../commands/common.ts'
import type { Invocation, Word } from '../commands/row.ts'
import { commandLine } from '../commands/table/index.ts'
import { CANCELED, ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'

/** Asks the person at the client; each answer is checked against its schema by the protocol. Undefined: refused. */
export interface Elicit {
  (message: string, schema: ElicitSchema): Promise<Readonly<Record<string, unknown>> | undefined>
}

/** One flat object, as the protocol asks for. */
export interface ElicitSchema {
  readonly type: 'object'
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly required: readonly string[]
}

/** Lines of a question, and letters of a line. */
const MOST_LINES = 100
const MOST_LETTERS = 500

const refused = () =>
  new ImptError('CANCELLED', CANCELED, {
    hint: 'The person at the client said no; nothing was changed',
  })

/** The questions of a command, asked at the client. `elicit` is absent where the client cannot ask. `head` stands before the first one. */
export function questionsBy(
  elicit: Elicit | undefined,
  head: () => Promise<string>,
  onConfirmed: () => void,
): Questions {
  const ask = async (message: string, schema: ElicitSchema) => {
    if (elicit === undefined) throw nobody()
    const answer = await elicit(message, schema)
    if (answer === undefined) throw refused()
    return answer
  }
  const line = async (prompt: string, hidden: boolean) => {
    if (hidden)
      throw new ImptError('AUTH', 'Passwords and keys are never asked for here.', {
        hint: 'Log in at a terminal: "impt auth login"',
      })
    const { answer } = await ask(visible(prompt, true), {
      type: 'object',
      properties: { answer: { type: 'string', title: 'Answer' } },
      required: ['answer'],
    })
    return String(answer)
  }
  return {
    interactive: elicit !== undefined,
    async confirm(text) {
      const { confirm } = await ask(shortened(`${await head()}\n\n${visible(text, true)}`.trim()), {
        type: 'object',
        properties: { confirm: { type: 'boolean', title: 'Do it', default: false } },
        required: ['confirm'],
      })
      if (confirm !== true) throw refused()
      onConfirmed()
    },
    text: (what, hidden) => line(`Enter ${what}:`, hidden),
    line,
    async choice(question, answers) {
      const { answer } = await ask(visible(question, true), {
        type: 'object',
        properties: { answer: { type: 'string', enum: answers } },
        required: ['answer'],
      })
      return answers.indexOf(String(answer))
    },
    enter: () => Promise.resolve(false),
  }
}

/** A question that a person can read: what is left out is counted. */
function shortened(text: string): string {
  const lines = text
    .split('\n')
    .map((one) => (one.length > MOST_LETTERS ? `${one.slice(0, MOST_LETTERS)}…` : one))
  if (lines.length <= MOST_LINES) return lines.join('\n')
  return [...lines.slice(0, MOST_LINES), `(and ${lines.length - MOST_LINES} more lines)`].join('\n')
}

/** Why a change is refused where the client cannot ask. */
export function nobody(): ImptError {
  return new ImptError('CONFIRM', 'This client cannot ask its user, so nothing is changed through it.', {
    hint: 'Use a client with elicitation, or type the command at a terminal',
  })
}

/**
 * What a command would do, in lines for people: itself, what its options name, whose account it is. Reads only. Throws NOT_FOUND and
 * AMBIGUOUS for what an option names: then nothing is asked.
 */
export async function dryRun(
  invocation: Invocation,
  words: readonly Word[],
  context: Context,
): Promise<string> {
  const { command, options } = invocation
  const client = await context.client()
  const finder = createFinder(client)
  const named: string[] = []
  for (const { name, identifies } of command.options) {
    if (identifies === undefined) continue
    for (const given of [options[name] ?? []].flat())
      if (typeof given === 'string')
        named.push(`  --${name} ${quoted(given)}: ${await nameOf(finder, identifies, given)}`)
  }
  const isFilled = command.options.some(
    (option) => option.required === 'project' && options[option.name] === undefined,
  )
  const group = isFilled ? await defaultGroup(context, finder) : undefined
  if (group)
    named.push(
      `  what is not given: Device Group ${quoted(group.attributes.name ?? '')} (${group.id}), of the Project here`,
    )
  const { attributes } = await finder.me()
  const shown = redact(command, words).map(({ text }) => {
    const [, name = '', value = ''] = /^(--[a-z-]+=)?(.*)$/s.exec(text) ?? []
    return (
      name + (/^[\w./:@+-]+$/.test(value) || (name === '' && value.startsWith('--')) ? value : quoted(value))
    )
  })
  return [
    `impt ${[commandLine(command), ...shown].join(' ')}`,
    command.summary,
    ...named,
    `Account: ${visible(String(attributes.username))} on ${new URL(client.endpoint).host}`,
  ].join('\n')
}

async function nameOf(finder: Finder, kind: keyof typeof KINDS, text: string): Promise<string> {
  const found = await finder.find(kind, text)
  const name: unknown = (found.attributes as Readonly<Record<string, unknown>>)[KINDS[kind].cache.name]
  return `${KINDS[kind].name} ${typeof name === 'string' ? `${quoted(name)} ` : ''}(${found.id})`
}

/** Text of somebody else in quotation marks, on one line whatever it holds. */
function quoted(text: string): string {
  return visible(JSON.stringify(text))
}
