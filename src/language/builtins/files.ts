import { appendFile, chmod, mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { replaceFile } from '../../session/atomic-file.ts'
import { raise } from '../values/fault.ts'
import type { Settings } from '../run/host.ts'
import { directoryOf, fileError, pathIn } from '../run/path.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import { redirect, writeText } from '../run/redirect.ts'
import { textOf } from '../values/text-of.ts'
import { dir, file, text } from '../values/types.ts'
import { aType, isList, isRecord, Secret, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, maybe, option, wholeOf, word } from './builtin.ts'
import { csvOf, jsonLinesOf, jsonOf, written } from './formats.ts'

/** Files and folders. */
export const FILES = [
  builtin({
    name: 'open',
    summary: 'Reads a file, by its extension as JSON, CSV or text.',
    input: 'none',
    words: [word('path', file)],
    options: [flag('text', 'Reads it as text whatever its extension is.')],
    examples: {
      '{a: 1} | save x.json; open x.json | get a': '1',
      '[{a: "=1"}] | save x.csv; open x.csv | get a': '=1',
      'open none.json': fails('FILE'),
    },
    run: (_input, { path, text: asText }, call) => open(path, asText === true, call),
  }),
  builtin({
    name: 'save',
    summary: 'Writes to a file, by its extension as JSON, CSV or text.',
    input: 'piped',
    words: [word('path', file)],
    options: [
      flag('append', 'Adds to the end of the file.'),
      flag('force', 'Replaces a file that exists.'),
      option('mode', text, 'Who may read it, in octal digits, such as 600.'),
    ],
    examples: {
      '"a" | save x.txt; open x.txt': 'a',
      '"a" | save x.txt; "b" | save x.txt': fails('FILE'),
    },
    run: (input, { path, append, force, mode }, call) =>
      save(input, path, { append: append === true, force: force === true, mode }, call),
  }),
  builtin({
    name: 'glob',
    summary: 'The files that match a pattern, in order.',
    input: 'none',
    words: [word('pattern', text)],
    examples: { '"a" | save x.nut; glob "*.nut"': 'x.nut', 'glob "*.none" | count': '0' },
    async run(_input, { pattern }, { task }) {
      const { glob: find } = await import('tinyglobby')
      const files = await find(pattern, {
        cwd: task.settings.directory,
        onlyFiles: true,
        expandDirectories: false,
      })
      return files.sort()
    },
  }),
  builtin({
    name: 'temp-dir',
    summary: 'Makes a directory that is removed when impt ends.',
    input: 'none',
    examples: {
      'let d = temp-dir; "a" | save "$d/x"; open "$d/x"': 'a',
      '(temp-dir) == (temp-dir)': 'false',
    },
    async run(_input, _args, { task }) {
      const path = await mkdtemp(join(tmpdir(), 'impt-'))
      task.machine.temporary.push(path)
      return path
    },
  }),
  builtin({
    name: 'cd',
    summary: 'Changes the working directory; without a path to the home directory.',
    input: 'none',
    words: [maybe('path', dir)],
    examples: { 'cd /; pwd': '/', 'cd /no-such-folder': fails('FILE') },
    async run(_input, { path = '' }, { task, at, place }) {
      if (task.parallel)
        throw raise(
          place,
          'BUG_ARGS',
          '"cd" cannot be used in each --parallel',
          'write with dir PATH { ... }',
        )
      const settings = task.settings as { -readonly [K in keyof Settings]: Settings[K] }
      settings.directory = await directoryOf(task, path === '' ? '~' : path, at('path'))
      return null
    },
  }),
  builtin({
    name: 'pwd',
    summary: 'The working directory.',
    input: 'none',
    examples: { 'cd /; pwd': '/', 'with dir / { pwd }': '/' },
    run: (_input, _args, { task }) => task.settings.directory,
  }),
]

async function open(name: string, asText: boolean, call: Call): Promise<Value> {
  const place = call.at('path')
  let content: string
  try {
    content = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(pathIn(call.task, name)))
  } catch (error) {
    if (error instanceof TypeError) throw raise(place, 'DATA', `${name}: the file is not UTF-8 text`)
    throw fileError(error, name, place)
  }
  if (asText) return content
  switch (extname(name).toLowerCase()) {
    case '.json':
      return jsonOf(content, place, name)
    case '.jsonl':
      return jsonLinesOf(content, place, name)
    case '.csv':
      return csvOf(content, ',', place, name)
    case '.tsv':
      return csvOf(content, '\t', place, name)
    default:
      return content
  }
}

async function save(
  input: Piped,
  name: string,
  { append, force, mode }: { append: boolean; force: boolean; mode: string | undefined },
  call: Call,
): Promise<Value> {
  const place = call.at('path')
  const { task } = call
  const bits = modeOf(mode, call)
  const path = pathIn(task, name)
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  if (exists && !append && !force) {
    throw raise(place, 'FILE', `${name}: the file exists already`, 'add --force to replace it, or --append')
  }
  if (input instanceof ProgramOutput || task.settings.dryRun)
    return redirect(call.frame, input, () => name, append, place)
  const content = await fileText(input, extname(name).toLowerCase(), name, call)
  try {
    await write(
      path,
      append && exists ? await withoutHeader(path, content, name, call) : content,
      append,
      bits,
    )
  } catch (error) {
    throw fileError(error, name, place)
  }
  return null
}

async function write(path: string, text: string, append: boolean, mode: number | undefined): Promise<void> {
  if (mode === undefined) return writeText(text, path, append)
  // Nobody else may read it in the moment before it has its mode.
  if (append) await appendFile(path, text, { mode: 0o600 })
  else await replaceFile(path, text, 'secret')
  await chmod(path, mode)
}

function modeOf(mode: string | undefined, call: Call): number | undefined {
  if (mode === undefined) return undefined
  if (/^0?[0-7]{3}$/.test(mode)) return Number.parseInt(mode, 8)
  throw raise(call.at('mode'), 'BUG_ARGS', '--mode takes three octal digits, such as 600')
}

/** The content of the file: text as it is, everything else by the extension. */
async function fileText(input: Piped, extension: string, name: string, call: Call): Promise<string> {
  const value = await wholeOf(input, call.place)
  if (typeof value === 'string') return value
  if (value instanceof Secret)
    throw raise(
      call.place,
      'BUG_TYPE',
      'a secret is not written to a file',
      'write | reveal | save --mode 600 ...',
    )
  const format = { '.json': 'json', '.jsonl': 'json', '.csv': 'csv', '.tsv': 'tsv' }[extension]
  if (format !== undefined) {
    const text = await written(value, format, call, { lines: extension === '.jsonl' })
    return text === '' || text.endsWith('\n') ? text : `${text}\n`
  }
  if (isList(value) && value.every((item) => typeof item === 'string'))
    return value.map((line) => `${line}\n`).join('')
  if (isList(value) || isRecord(value) || value === null) {
    throw raise(
      call.place,
      'BUG_TYPE',
      `${aType(value)} cannot be saved as "${name}"`,
      'use .json, .jsonl, .csv or .tsv, or write | to ... before it',
    )
  }
  return textOf(value, call.place)
}

/** A table that is appended to a file with the same columns does not repeat their names. */
async function withoutHeader(path: string, text: string, name: string, call: Call): Promise<string> {
  const extension = extname(name).toLowerCase()
  if (extension !== '.csv' && extension !== '.tsv') return text
  const [header = ''] = (await readFile(path, 'utf8')).replace(/^\ufeff/, '').split('\n', 1)
  if (header === '') return text
  const end = text.indexOf('\n')
  if (text.slice(0, end).replace(/^\ufeff/, '') === header) return text.slice(end + 1)
  throw raise(
    call.place,
    'DATA',
    `${name} has other columns: ${header}`,
    'select the same columns, or save to another file',
  )
}
