// Which commands an assistant gets as tools, made of the one table: those that read, and with `--allow write` those that change something. What
// never leaves is decided here and nowhere else: logins and keys, options that are credentials or that answer a question in advance, what
// runs programs of this machine, what goes on without end.
import { callSchema } from '../commands/schema/call.ts'
import { withDefinitions } from '../commands/schema/document.ts'
import { resultOf } from '../commands/schema/result.ts'
import { about, count, list, record, text, type JsonSchema } from '../commands/schema/shape.ts'
import type { CommandRow, OptionRow } from '../commands/row.ts'
import { commandLine, commands } from '../commands/table/index.ts'

/** A command as a tool. */
export interface Tool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly command: CommandRow
  readonly inputSchema: JsonSchema
  readonly outputSchema: JsonSchema
  /** Its result is a list, of which a part can be asked for. */
  readonly isList: boolean
}

/** Logins, keys that are logins, and what is about this machine rather than the cloud. */
const NEVER_GROUPS: ReadonlySet<string> = new Set([
  'auth',
  'loginkey',
  'target',
  'sandbox',
  'squirrel',
  'completion',
])
/** Tests run programs of this machine and take long; credentials of GitHub are secrets. */
const NEVER: ReadonlySet<string> = new Set(['test run', 'test github', 'schema'])
/**
 * Another login or target than the one that the person chose; answers in advance; a library of JavaScript that would run with all rights; files
 * that a command which only reads would write beside; logs that go on.
 */
const NEVER_OPTIONS: ReadonlySet<string> = new Set([
  'at',
  'as',
  'confirmed',
  'retype',
  'lib',
  'dump',
  'lock',
  'follow',
  'stream',
])

/** Where a list begins and how much of it is given. */
export const WINDOW = { skip: 'skip', limit: 'limit' } as const

/** The tools of a server; `writes`: also those that change the cloud or files here. */
export async function toolsFor(writes: boolean): Promise<readonly Tool[]> {
  return Promise.all(commands.filter((command) => isOffered(command, writes)).map(toolOf))
}

function isOffered(command: CommandRow, writes: boolean): boolean {
  const { effect, group, result, json, run, where } = command
  if (run === undefined || where === 'shell' || NEVER_GROUPS.has(group)) return false
  if (NEVER.has(commandLine(command)) || effect === 'auth' || effect === 'stream') return false
  // A release or a live log lasts as long as it lasts; a log that is stored is a list.
  if (result === 'stream' && json !== 'list') return false
  if (command.options.some(({ secret, required }) => secret === true && required === true)) return false
  return effect === 'read' || writes
}

/** Whether an assistant may give an option. */
function isOptionOffered({ name, kind, secret }: OptionRow): boolean {
  return secret !== true && !NEVER_OPTIONS.has(name) && !(name === 'log' && kind === 'flag')
}

async function toolOf(command: CommandRow): Promise<Tool> {
  const { summary, description, effect } = command
  const line = commandLine(command)
  const { schema } = await resultOf(command)
  const isList = schema['type'] === 'array'
  const input = callSchema(command, isOptionOffered)
  const change =
    effect === 'write'
      ? 'It changes the cloud: the person is shown what would be done and is asked first.'
      : effect === 'local'
        ? 'It writes files in the working directory: the person is asked first.'
        : ''
  return {
    name: line.replaceAll(/[ -]/g, '_'),
    title: `impt ${line}`,
    description: [summary, ...description.filter((one) => one !== summary), change]
      .filter(Boolean)
      .join('\n'),
    command,
    isList,
    inputSchema: {
      ...input,
      properties: {
        ...(input['properties'] as Readonly<Record<string, JsonSchema>>),
        ...(isList && {
          [WINDOW.skip]: about('Leaves out so many items at the start.', { ...count, default: 0 }),
          [WINDOW.limit]: about('Gives so many items at most.', { type: 'integer', minimum: 1 }),
        }),
      },
    },
    outputSchema: withDefinitions(
      record(
        { data: schema },
        {
          next: about('There is more: the value of "skip" that goes on.', count),
          cut: about('What was too long, and how much of it is left out.', list(text)),
          warnings: list(text),
        },
      ),
    ),
  }
}
