import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

// "Adding to it" of the README, followed to the letter in a copy of the sources: what it says is enough, and what is forgotten does not compile.

const root = process.cwd()

test('what the README says of adding things is enough, and what is forgotten does not compile', () => {
  const copy = mkdtempSync(join(tmpdir(), 'impt-adding-'))
  try {
    for (const name of ['src', 'tsconfig.json', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    const change = (file: string, from: string | RegExp, to: string) => {
      const path = join(copy, file)
      const text = readFileSync(path, 'utf8')
      const changed = text.replace(from, () => to)
      assert.notEqual(changed, text, `${file} does not look like the README says`)
      writeFileSync(path, changed)
    }
    const compile = (): string =>
      // Checkers beside each other find out much of the same anew.
      spawnSync(
        process.execPath,
        [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.', '--singleThreaded'],
        {
          cwd: copy,
          encoding: 'utf8',
        },
      ).stdout.replaceAll('\\', '/')

    // A filter: one object in the array of its family.
    change(
      'src/language/builtins/numbers.ts',
      'export const NUMBERS = [',
      `export const NUMBERS = [
        builtin({
          name: 'total-of-squares',
          summary: 'The sum of the squares.',
          input: 'items',
          words: [],
          examples: { '[1, 2] | total-of-squares': '5' },
          run: (items) => items.reduce<number>((sum, item) => sum + Number(item) ** 2, 0),
        }),`,
    )
    // A command: one row that loads its code.
    change(
      'src/commands/table/account.ts',
      /(export const accountCommands[^=]*= \[)/,
      `export const accountCommands: readonly CommandRow[] = [
        { group: 'account', name: 'shout', summary: 'S.', description: ['S.'], options: [{ name: 'loudly', kind: 'flag', summary: 'L.' }], effect: 'read', result: 'null', own: true,
          run: async () => async (context) => { context.out('HEY'); return { kind: 'done', touched: null } } },`,
    )
    // An output mode: one row.
    change('src/commands/present/modes.ts', /export type Mode = /, `export type Mode = 'loud' | `)
    change(
      'src/commands/present/modes.ts',
      '  people: {',
      `  loud: { ...talking, present: presentText, fail: (error) => failText(error).toUpperCase() },
  people: {`,
    )
    // A command of the debugger: one row and its case.
    change(
      'src/debugging/words.ts',
      'export const COMMANDS = {',
      "export const COMMANDS = {\n  jump: ['', 'jumps'],",
    )
    change('src/debugging/terminal.ts', "      case 'quit':", "      case 'jump':\n      case 'quit':")
    // A form of coverage report: its default path and its maker.
    change('src/coverage/plan.ts', "  lcov: '", "  brief: 'brief.txt',\n  lcov: '")
    change(
      'src/coverage/report.ts',
      '    text: () =>',
      "    brief: () => new TextReport({ file: 'text' }),\n    text: () =>",
    )
    assert.equal(compile(), '')

    // The same things half done.
    change('src/language/builtins/numbers.ts', /\n +run: \(items\) => items\.reduce[^\n]*/, '')
    change('src/commands/table/account.ts', /\n +run: async \(\) => async \(context\)[^\n]*\},/, ' },')
    change('src/commands/present/modes.ts', /\n {2}loud: [^\n]*/, '')
    change(
      'src/entities/kinds.ts',
      "export type Kind = 'account'",
      "export type Kind = 'gateway' | 'account'",
    )
    change('src/debugging/terminal.ts', "      case 'jump':\n", '')
    change('src/coverage/report.ts', /\n {4}brief: [^\n]*/, '')
    change(
      'src/lsp/features.ts',
      '  /** Throws Refusal. */',
      '  lenses(document: OpenDocument): readonly Range[]\n  /** Throws Refusal. */',
    )
    const complaints = compile()
    for (const file of [
      'src/language/builtins/numbers.ts',
      'src/commands/table/account.ts',
      'src/commands/present/modes.ts',
      'src/entities/kinds.ts',
      'src/debugging/terminal.ts',
      'src/coverage/report.ts',
      'src/lsp/imptsh/features.ts',
      'src/lsp/squirrel/features.ts',
    ])
      assert.match(complaints, new RegExp(`^${file.replaceAll('.', '\\.')}\\(`, 'm'), complaints)
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
})
