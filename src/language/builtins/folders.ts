import { join } from 'node:path'
import { raise } from '../values/fault.ts'
import { pathIn } from '../run/path.ts'
import { dir, file, text } from '../values/types.ts'
import { aType, isList, type Value } from '../values/value.ts'
import { builtin, type Call, choice, fails, flag, maybe, rest, some, wholeOf, word } from './builtin.ts'
import { bring, isThere, listFiles, makeFolder, PATH_PARTS, removeFile } from './file-work.ts'

/** Files and folders as things: looked for, made, moved, removed. Changes are shown in dry runs, not made. */
export const FOLDERS = [
  builtin({
    name: 'exists',
    summary: 'Whether there is a file or a folder of this name.',
    input: 'none',
    words: [word('path', file)],
    examples: { '"a" | save x.txt; exists x.txt': 'true', 'exists none.txt': 'false' },
    run: (_input, { path }, { task }) => isThere(pathIn(task, path)),
  }),
  builtin({
    name: 'list-files',
    summary:
      'What is in a folder: {name, path, type, size, modified}, by name. Names with a dot first are left out.',
    input: 'none',
    words: [maybe('path', dir)],
    options: [
      flag('all', 'Also names with a dot first.'),
      flag('recursive', 'Also what is in the folders in it.'),
    ],
    examples: {
      '"a" | save b.txt; mkdir a; list-files | select name type | to csv': 'name,type\na,dir\nb.txt,file',
      'mkdir a; "x" | save a/x; list-files --recursive | get path': 'a\na/x',
      'list-files none': fails('FILE'),
    },
    run: (_input, { path = '.', all, recursive }, call) =>
      listFiles(call, path, { all: all === true, deep: recursive === true }),
  }),
  builtin({
    name: 'mkdir',
    summary: 'Makes a folder, and those above it; one that is there is fine.',
    input: 'none',
    effect: 'local',
    words: [word('path', dir)],
    examples: { 'mkdir a/b; exists a/b': 'true', '"x" | save a; mkdir a/b': fails('FILE') },
    run: (_input, { path }, call) => makeFolder(call, path),
  }),
  builtin({
    name: 'remove',
    summary: 'Removes files and empty folders.',
    input: 'none',
    effect: 'local',
    words: [some('path', file)],
    options: [
      flag('recursive', 'Also folders with all that is in them.'),
      flag('force', 'What is not there is no error.'),
    ],
    examples: {
      '"a" | save x.txt; remove x.txt; exists x.txt': 'false',
      'with dry-run { remove --recursive old }': 'would remove: old',
      'remove none.txt': fails('FILE'),
    },
    async run(_input, { path: paths, recursive, force }, call) {
      const how = { deep: recursive === true, force: force === true }
      for (const [index, path] of paths.entries()) await removeFile(call, path, how, call.at('path', index))
      return null
    },
  }),
  builtin({
    name: 'move',
    summary: 'Gives a file or a folder another name, or moves it into a folder.',
    input: 'none',
    effect: 'local',
    words: [word('from', file), word('to', file)],
    options: [flag('force', 'Replaces a file that exists.')],
    examples: {
      '"a" | save x.txt; move x.txt y.txt; open y.txt': 'a',
      '"a" | save x; "b" | save y; move x y': fails('FILE'),
    },
    run: (_input, { from, to, force }, call) =>
      bring(call, 'move', from, to, { force: force === true, deep: true }),
  }),
  builtin({
    name: 'copy-file',
    summary: 'Copies a file, or with --recursive a folder.',
    input: 'none',
    effect: 'local',
    words: [word('from', file), word('to', file)],
    options: [
      flag('force', 'Replaces a file that exists.'),
      flag('recursive', 'Copies a folder with all that is in it.'),
    ],
    examples: {
      '"a" | save x.txt; copy-file x.txt y.txt; open y.txt': 'a',
      'mkdir a; copy-file a b': fails('FILE'),
    },
    run: (_input, { from, to, force, recursive }, call) =>
      bring(call, 'copy', from, to, { force: force === true, deep: recursive === true }),
  }),
  builtin({
    name: 'path',
    usage: 'path join|base|dir|ext [PART ...]',
    summary: 'Puts the parts of a path together, or gives its last name, its folder or its extension.',
    input: 'maybe',
    words: [choice('what', text, ['join', 'base', 'dir', 'ext']), rest('part', text)],
    examples: {
      'path join backup lab device.nut': 'backup/lab/device.nut',
      '["src/device.nut", "agent.tar.gz"] | path ext': '.nut\n.gz',
      'path dir src/device.nut': 'src',
      'path base': fails('BUG_ARGS'),
    },
    async run(input, { what, part: parts }, call) {
      if (what === 'join') {
        const first = input === undefined ? [] : [textOfPath(await wholeOf(input, call.place), call)]
        if (first.length + parts.length > 0) return join(...first, ...parts).replaceAll('\\', '/')
      } else if (parts.length + (input === undefined ? 0 : 1) === 1) {
        const given = parts[0] ?? (await wholeOf(input, call.place))
        const part = PATH_PARTS[what as keyof typeof PATH_PARTS]
        return isList(given) ? given.map((one) => part(textOfPath(one, call))) : part(textOfPath(given, call))
      }
      throw raise(
        call.place,
        'BUG_ARGS',
        `"path ${what}" needs ${what === 'join' ? 'parts' : 'one path'}`,
        `write path ${what} ${what === 'join' ? 'backup lab' : 'src/device.nut'}`,
      )
    },
  }),
]

function textOfPath(value: Value, call: Call): string {
  if (typeof value === 'string') return value
  throw raise(call.place, 'BUG_TYPE', `"path" needs text, not ${aType(value)}`)
}
