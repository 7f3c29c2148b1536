import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { findGroup } from '../../commands/table/index.ts'
import { usageOf } from '../../commands/bind.ts'
import { raise } from '../values/fault.ts'
import type { Task } from '../run/frame.ts'
import { text } from '../values/types.ts'
import { isList, isRecord, kindOf, Secret, Stream, typeOf, type Value } from '../values/value.ts'
import { type BuiltIn, builtin, fails, maybe, rest, wholeOf, word } from './builtin.ts'

/** What things are: values, words, secrets. */
export const ABOUT = [
  builtin({
    name: 'describe',
    summary: 'The type of a value and its fields.',
    input: 'piped',
    examples: { '{a: 1} | describe': 'record\n  a: number', '[] | describe': 'list of 0' },
    async run(input, _args, call) {
      if (input instanceof Stream) return `stream${input.kind === 'list' ? ' that becomes a list' : ''}`
      return description(await wholeOf(input, call.place))
    },
  }),
  builtin({
    name: 'help',
    summary: 'Shows help for a command, a built-in or a guide.',
    input: 'none',
    words: [rest('topic', text)],
    examples: {
      'help count':
        'count\n  The number of items.\n\nExamples:\n  [1, 2, 3] | count\n    3\n  [] | count\n    0',
      'help device list': 'help for device list',
    },
    async run(_input, { topic }, { task, purpose }) {
      const { machine } = task
      const found = topic.length === 1 ? machine.builtIn(topic[0] ?? '') : undefined
      const shown = found === undefined ? await machine.host.help(topic) : await helpOfBuiltIn(found, task)
      if (purpose !== 'print') return shown
      await task.out(shown)
      return null
    },
  }),
  builtin({
    name: 'which',
    summary: 'What a word is: a group of commands, a built-in, a function or a program.',
    input: 'none',
    words: [word('word', text)],
    examples: { 'which count': 'built-in: count', 'which no-such-thing': fails('NOT_FOUND') },
    async run(_input, { word: name }, { frame, task, at }) {
      if (frame.callable(name) !== undefined) return `function ${name}`
      const found = task.machine.builtIn(name)
      if (found !== undefined) return `built-in: ${usageOf(found)}`
      if (findGroup(name) !== undefined) return `impt commands: ${name}`
      const program = await findProgram(task, name)
      if (program !== undefined) return program
      throw raise(at('word'), 'NOT_FOUND', `"${name}" is no command, function or program`)
    },
  }),
  builtin({
    name: 'reveal',
    summary: 'The text of a secret.',
    input: 'secret',
    examples: { 'secret "abc" | reveal': 'abc', '"abc" | reveal': fails('BUG_TYPE') },
    run: (given) => given.reveal(),
  }),
  builtin({
    name: 'secret',
    summary: 'Makes a secret of a text, given as a word or through the pipe.',
    input: 'maybe',
    words: [maybe('text', text)],
    examples: { 'print (secret "abc")': '***', '3 | secret': fails('BUG_TYPE') },
    async run(input, { text: given }, call) {
      const found = given ?? (await wholeOf(input, call.place))
      if (found instanceof Secret) return found
      if (typeof found === 'string') return new Secret(found)
      const type = found === null ? 'null' : `a ${typeOf(found)}`
      throw raise(call.place, 'BUG_TYPE', `"secret" needs text, not ${type}`)
    },
  }),
]

function description(value: Value): string {
  if (isList(value)) {
    const [first] = value
    return `list of ${value.length}${first === undefined ? '' : `; the first item is:\n${description(first)}`}`
  }
  if (!isRecord(value)) return typeOf(value)
  const kind = kindOf(value)
  const fields = Object.entries(value).map(([name, field]) => `  ${name}: ${typeOf(field)}`)
  return [`record${kind === undefined ? '' : ` (${kind})`}`, ...fields].join('\n')
}

/** The help of a built-in, as wide as the terminal; its text is loaded where it is asked for. */
export async function helpOfBuiltIn(found: BuiltIn, { machine }: Task): Promise<string> {
  const { helpOf } = await import('./help-text.ts')
  return helpOf(found, machine.host.terminal.width)
}

async function findProgram(task: Task, name: string): Promise<string | undefined> {
  const { env, directory } = task.settings
  if (/[\\/]/.test(name)) return undefined
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : ['']
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder === '' ? directory : folder, name + ending)
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return path
    }
  }
  return undefined
}
