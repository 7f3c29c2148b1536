import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

/** What each room may import beside itself and the types and texts of `output` (architecture.md 2). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  output: [],
  program: [],
  squirrel: [],
  impcentral: [],
  session: ['impcentral'],
  entities: ['session', 'impcentral'],
  preprocess: ['session', 'impcentral'],
  coverage: ['preprocess', 'session', 'squirrel'],
  testing: ['coverage', 'preprocess', 'entities', 'session', 'impcentral', 'commands', 'squirrel'],
  fleet: ['preprocess', 'entities', 'session', 'impcentral'],
  dashboard: [],
  commands: [
    'coverage',
    'debugging',
    'fleet',
    'dashboard',
    'testing',
    'preprocess',
    'entities',
    'session',
    'impcentral',
    'sandbox',
    'squirrel',
    'help',
  ],
  debugging: ['squirrel'],
  language: ['commands', 'entities', 'session', 'impcentral'],
  sandbox: ['squirrel'],
  help: [],
  completion: ['language', 'commands', 'entities', 'session'],
  repl: ['completion', 'language', 'commands', 'entities', 'session', 'impcentral', 'help'],
  lsp: [
    'completion',
    'help',
    'language',
    'commands',
    'entities',
    'preprocess',
    'session',
    'squirrel',
    'testing',
  ],
  mcp: ['commands', 'entities', 'impcentral'],
  main: [
    'mcp',
    'repl',
    'lsp',
    'language',
    'commands',
    'entities',
    'session',
    'impcentral',
    'sandbox',
    'help',
    'squirrel',
    'testing',
  ],
}

/** Files that may reach the sandbox and Squirrel: the commands that manage them. */
const SANDBOX_DOORS = /^src\/(?:commands\/(?:sandbox\/|squirrel\/)|main\/)/

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => join('src', name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))

function importsOf(
  file: string,
): { readonly room: string; readonly typeOnly: boolean; readonly path: string }[] {
  const text = readFileSync(file, 'utf8')
  const found: { room: string; typeOnly: boolean; path: string }[] = []
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"\n]*?(?:\{[^}]*\}\s*)?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/g,
  )) {
    const path = join(file, '..', match[2] ?? match[3] ?? '').replaceAll('\\', '/')
    found.push({ room: path.split('/')[1] ?? '', typeOnly: match[1] !== undefined, path })
  }
  return found
}

describe('the rooms of the house', () => {
  test('import downwards only', () => {
    const wrong: string[] = []
    for (const file of files) {
      const room = file.split('/')[1] ?? ''
      if (room === 'main.ts') continue
      for (const { room: other, path, typeOnly } of importsOf(file)) {
        if (other === room || other === 'output' || other === 'program') continue
        if (!MAY_IMPORT[room]?.includes(other)) wrong.push(`${file} imports ${path}`)
        // A command runner takes the context as an argument: that is a type, not a dependency.
        if (room === 'testing' && other === 'commands' && !typeOnly && !path.endsWith('options.ts'))
          wrong.push(`${file} imports ${path} for more than a type`)
        if (room === 'commands' && (other === 'sandbox' || other === 'squirrel') && !SANDBOX_DOORS.test(file))
          wrong.push(`${file} imports ${path}`)
      }
    }
    assert.deepEqual(wrong, [])
  })

  test('import fast-check only through the file that fixes its inputs', () => {
    const tests = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const direct = tests.filter((name) =>
      /^import .* from 'fast-check'/m.test(readFileSync(join('test', name), 'utf8')),
    )
    assert.deepEqual(direct, ['properties.ts'])
  })

  test('ask an object whether a key is its own: "in" finds what every object inherits', () => {
    const wrong = files.filter(
      (file) =>
        !/\/squirrel\/libraries\//.test(file) &&
        /^(?!\s*(?:\*|\/[/*])).*(?<!\bfor \((?:const|let) \w+)(?:\(|&& |\|\| |\? |=> |!|= )\w+ in \w[^'`"]*$/m.test(
          readFileSync(file, 'utf8'),
        ),
    )
    assert.deepEqual(wrong, [])
  })

  test('have one place that exits the process', () => {
    const wrong = files.filter(
      (file) => !/^src\/main(?:\/|\.ts)/.test(file) && /process\.exit\(/.test(readFileSync(file, 'utf8')),
    )
    assert.deepEqual(wrong, [])
  })

  test('leave stdout and stderr to the writer', () => {
    const wrong = files.filter(
      (file) =>
        !/^src\/(?:main(?:\/|\.ts)|output\/)/.test(file) &&
        /process\.std(?:out|err)\.write|console\.\w+\(/.test(readFileSync(file, 'utf8')),
    )
    assert.deepEqual(wrong, [])
  })

  test('load heavy libraries only when they are needed', () => {
    const heavy =
      /(?:^|\n)import (?!type)[^\n]* from '(?:ofetch|undici|ws|lowdb|cli-table3|csv-parse[^']*|date-fns[^']*)'/
    const wrong = files.filter((file) => heavy.test(readFileSync(file, 'utf8')))
    assert.deepEqual(wrong, [])
  })

  test('have circles only where a grammar is recursive, and none that leaves its folder', () => {
    assert.deepEqual(
      circles().filter((circle) => {
        const folders = new Set(circle.map((file) => dirname(file)))
        return folders.size > 1 || !RECURSIVE.has([...folders][0] ?? '')
      }),
      [],
    )
  })

  test('say in the head of their main file what they are, what enters, what leaves and what they may not know', () => {
    const told = files.flatMap((file) => {
      const [, room] = HEAD.exec(readFileSync(file, 'utf8')) ?? []
      return room === undefined || !file.startsWith(`src/${room}/`) ? [] : [room]
    })
    const rooms = new Set(files.map((file) => file.split('/')[1] ?? '').filter((name) => name !== 'main.ts'))
    assert.deepEqual(
      told.sort(),
      [...rooms].sort(),
      'one head "// The room `name`: ..." in each folder of src',
    )
  })

  test('hold files that can be read at once, and folders whose names can', () => {
    const sizes = files.map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length }))
    assert.deepEqual(
      sizes.filter(({ lines }) => lines > MOST_LINES),
      [],
    )
    // A file that cannot be taken in at a glance says at its top why it is one.
    assert.deepEqual(
      sizes
        .filter(({ lines }) => lines > UNEXPLAINED_LINES + 1)
        .map(({ file }) => file)
        .filter((file) => !LONGER.test(readFileSync(file, 'utf8').split('\n').slice(0, 10).join(' '))),
      [],
    )
    const folders = new Map<string, number>()
    for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1)
    assert.deepEqual(
      [...folders].filter(([, count]) => count > MOST_FILES),
      [],
    )
  })
})

/** The first lines of a room's main file. */
const HEAD = /^\/\/ The room `(\w+)`: [^]+?\n\/\/ Enters: [^]+?\n\/\/ Leaves: [^]+?\n\/\/ Not known here: /

/** Where one rule of a grammar needs another one that needs the first: parsers, checkers and compilers of expressions and statements. */
const RECURSIVE = new Set([
  'src/language/syntax',
  'src/language/check',
  'src/language/run',
  'src/squirrel/language/syntax',
  'src/squirrel/language/codegen',
  // A throw is charged as work, and work that is used up throws.
  'src/squirrel/language/run',
])
const MOST_LINES = 480
const UNEXPLAINED_LINES = 300
const LONGER = /longer than|of over 300 lines/i
const MOST_FILES = 50

/** The groups of files that import each other, by what is loaded with them: types and what is loaded on use do not count. */
function circles(): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (file: string): number => {
    const order = index.size
    index.set(file, order)
    low.set(file, order)
    stack.push(file)
    for (const next of loadedWith(file)) {
      if (!index.has(next)) low.set(file, Math.min(low.get(file) ?? order, visit(next)))
      else if (stack.includes(next)) low.set(file, Math.min(low.get(file) ?? order, index.get(next) ?? order))
    }
    if (low.get(file) === order) {
      const circle = stack.splice(stack.indexOf(file))
      if (circle.length > 1) found.push(circle.sort())
    }
    return low.get(file) ?? order
  }
  for (const file of files) if (!index.has(file)) visit(file)
  return found
}

function loadedWith(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:^|\n)(?:import|export)\s+(?!type\s)([^'"]*?)from\s+'(\.[^']+)'/g)]
    .filter(([, names = '']) => !/^\{(?:\s*type\s[^,}]*,?)+\s*\}\s*$/.test(names))
    .map(([, , path = '']) => join(file, '..', path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
}
