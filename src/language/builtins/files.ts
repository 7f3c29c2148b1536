import { extname } from 'node:path'
import { temporaryFolder } from '../../session/temporary-folder.ts'
import { raise } from '../values/fault.ts'
import type { Settings } from '../run/host.ts'
import { directoryOf, pathIn } from '../run/path.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import { dir, file, text } from '../values/types.ts'
import { builtin, type Call, fails, flag, maybe, option, word } from './builtin.ts'
import { textFile, wholeText } from './file-work.ts'
import { read } from './reading.ts'
import { save } from './saving.ts'

/** Files and folders. */
export const FILES = [
  builtin({
    name: 'open',
    summary:
      'Reads a file, by its extension as JSON, CSV, YAML, TOML or text. Text before | lines is read as it is needed.',
    input: 'none',
    words: [word('path', file)],
    options: [
      flag('text', 'Reads it as text whatever its extension is.'),
      option(
        'sep',
        text,
        'What stands between the cells of a CSV file; if absent, the comma, semicolon or tab of its first line.',
      ),
    ],
    examples: {
      '{a: 1} | save x.json; open x.json | get a': '1',
      '[{a: "=1"}] | save x.csv; open x.csv | get a': '=1',
      '"a;b" | save x.csv; open x.csv --sep ";" | count': '0',
      "$'b: 2' | save x.yaml; open x.yaml | get b": '2',
      'open none.json': fails('FILE'),
    },
    run: (_input, { path, text: asText, sep }, call) => open(path, asText === true, sep, call),
  }),
  builtin({
    name: 'save',
    summary: 'Writes to a file, by its extension as JSON, CSV, YAML, a table of Markdown or HTML, or text.',
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
    name: 'stdin',
    summary: 'The standard input of the script as text; | lines reads it as it comes.',
    input: 'none',
    examples: { 'stdin | lines | count': '0', 'let all = stdin; $all | is-empty': 'true' },
    async run(_input, _args, { purpose, place, task }) {
      const { stdin } = task.machine.host
      if (stdin === undefined)
        throw raise(
          place,
          'USAGE',
          'there is no standard input here',
          'it belongs to scripts that are run from a file: ... | impt run FILE',
        )
      const source = ProgramOutput.ofText(stdin(), 'the standard input', place)
      return purpose === 'pipe' || purpose === 'file' ? source : source.text(place)
    },
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
      const path = await temporaryFolder('impt-')
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

async function open(name: string, asText: boolean, sep: string | undefined, call: Call): Promise<Piped> {
  const place = call.at('path')
  const path = pathIn(call.task, name)
  const extension = asText ? '' : extname(name).toLowerCase()
  const form = READ_AS[extension]
  if (form === undefined && (call.purpose === 'pipe' || call.purpose === 'file'))
    return textFile(path, name, place)
  const content = await wholeText(path, name, place)
  if (form === undefined) return content
  const { format, sep: usual, lines } = form
  return read(content, format, { place, what: name, task: call.task }, { lines, sep: sep ?? usual })
}

/** Extensions that are read in a format. */
const READ_AS: Readonly<
  Record<string, { readonly format: string; readonly lines?: boolean; readonly sep?: string }>
> = {
  '.json': { format: 'json' },
  '.jsonl': { format: 'json', lines: true },
  '.csv': { format: 'csv' },
  // Cells may stand apart otherwise, where --sep says so.
  '.tsv': { format: 'csv', sep: '\t' },
  '.yaml': { format: 'yaml' },
  '.yml': { format: 'yaml' },
  '.toml': { format: 'toml' },
}
