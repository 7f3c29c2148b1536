import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import stringWidth from 'string-width'
import { GUIDES } from '../../src/help/guides.ts'
import { KEYWORD_HELP } from '../../src/help/keywords.ts'
import { BUILT_INS } from '../../src/language/builtins/index.ts'
import { KEYWORDS } from '../../src/language/syntax/keywords.ts'
import { parse } from '../../src/language/syntax/parse.ts'
import { commandLine, commands, topLevelWords } from '../../src/commands/table/index.ts'
import { helpText } from '../../src/main/guide.ts'
import { renderMarkdown } from '../../src/output/markdown.ts'
import { REPL_WORDS } from '../../src/repl/words/index.ts'

const look = { width: 80, colour: false }

describe('help', () => {
  test('exists for every command, built-in, keyword and word of the prompt', async () => {
    const words = [
      ...commands.map(commandLine),
      ...topLevelWords.map(({ group }) => group),
      ...BUILT_INS.map(({ name }) => name),
      ...KEYWORDS,
      ...REPL_WORDS.map(({ name }) => name),
    ]
    for (const word of words)
      assert.ok((await helpText(word.split(' '), look)).includes(word.split(' ').at(-1) ?? ''), word)
  })

  test('of a keyword has an example that parses', () => {
    for (const [name, { example }] of Object.entries(KEYWORD_HELP))
      assert.deepEqual(
        parse(example).diagnostics.map(({ message }) => message),
        [],
        name,
      )
  })

  test('of what is unknown says what there is', async () => {
    await assert.rejects(helpText(['nosuch'], look), {
      code: 'USAGE',
      message: 'There is no help for "nosuch".',
      hint: /^Guides: .*targets.*, imp; commands: see "impt --help"$/,
    })
    await assert.rejects(helpText(['device', 'lst'], look), {
      code: 'USAGE',
      hint: 'See "impt help device" for its commands',
    })
  })
})

describe('guides', () => {
  for (const name of Object.keys(GUIDES)) {
    for (const width of [40, 80, 200]) {
      test(`${name} is rendered at ${width} columns, not shown as Markdown`, async () => {
        const text = await helpText([name], { width, colour: false })
        const source = (await (GUIDES[name] as (typeof GUIDES)[string]).load()).default
        const lines = new Set(text.split('\n'))
        for (const raw of source.match(/^#+ .*$|^\|.*$/gm) ?? []) assert.ok(!lines.has(raw), raw)
        const prose = text.split('\n').filter((line) => !line.startsWith('    ') && line.includes(' '))
        // A word that is longer than a line is not broken.
        for (const line of prose)
          assert.ok(stringWidth(line.slice(0, line.lastIndexOf(' '))) <= Math.min(width, 100), line)
      })
    }
  }

  test('name each value of a table of several columns that is too wide', async () => {
    const wide = 'w'.repeat(30)
    assert.equal(
      await renderMarkdown(`| a | \`size\` | of |\n|---|---|---|\n| ${wide} | 1 |  |\n| 2 | 3 | x |\n`, {
        width: 32,
        colour: false,
      }),
      `${wide}\n    size: 1\n2\n    size: 3\n    of: x\n`,
    )
    assert.match(
      await helpText(['scale'], look),
      /^1,000\n {4}pages: 10\n {4}at 40 a second: at once\n {4}device list -z csv: /m,
    )
  })

  test('have bold headings and aligned tables', async () => {
    const text =
      '# Title\n\nSome **bold** and `code`.\n\n| a | long heading |\n|---|---|\n| 1 | x |\n| 22 | y |\n\n- one\n- two\n'
    assert.equal(
      await renderMarkdown(text, look),
      'Title\n\nSome bold and code.\n\na   long heading\n1   x\n22  y\n\n- one\n- two\n',
    )
    assert.match(
      await renderMarkdown(text, { width: 80, colour: true }),
      /\x1b\[1m\x1b\[4mTitle[^]*\x1b\[1mbold\x1b/,
    )
  })
})
