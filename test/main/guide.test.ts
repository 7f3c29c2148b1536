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

  test('names the guides in lines that fit the terminal', async () => {
    for (const width of [40, 60, 80, 200]) {
      const [, guides = ''] = (await helpText([], { width, colour: false })).split('\nGuides:\n')
      for (const name of Object.keys(GUIDES)) assert.match(guides, new RegExp(`^  impt help ${name}\\b`, 'm'))
      for (const line of guides.split('\n')) assert.ok(stringWidth(line) <= width, line)
    }
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

  test('name each value of a table of several columns that is too wide', () => {
    const wide = 'w'.repeat(30)
    assert.equal(
      renderMarkdown(`| a | \`size\` | of |\n|---|---|---|\n| ${wide} | 1 |  |\n| 2 | 3 | x |\n`, {
        width: 32,
        colour: false,
      }),
      `${wide}\n    size: 1\n2\n    size: 3\n    of: x\n`,
    )
  })

  test('show a table that is too wide with its cells wrapped in their columns, and with the headings where even that finds no room', () => {
    const table =
      '| groups | at once | memory |\n|---|---|---|\n| 100 groups | 0.1 s for all of them | 18 MB in each of the processes |\n| 5 | 1 s | 22 MB |\n'
    assert.equal(
      renderMarkdown(table, { width: 44, colour: false }),
      'groups      at once          memory\n100 groups  0.1 s for all    18 MB in each\n            of them          of the\n                             processes\n5           1 s              22 MB\n',
    )
    assert.equal(
      renderMarkdown(table, { width: 30, colour: false }),
      '100 groups\n    at once: 0.1 s for all of\n    them\n    memory: 18 MB in each of\n    the processes\n5\n    at once: 1 s\n    memory: 22 MB\n',
    )
  })

  test('break long examples between words, what is said about a command above it, so that they can be copied', () => {
    const shown = (lang: string, code: string) =>
      renderMarkdown(`\`\`\`${lang}\n${code}\n\`\`\`\n`, { width: 40, colour: false })
    assert.equal(
      shown('bash', 'impt device list --dg "Thermostat Field" --output csv   # one line for each device'),
      '    # one line for each device\n    impt device list --dg \\\n      "Thermostat Field" --output csv\n',
    )
    assert.equal(
      shown('text', 'pump 1: error in the second of many lines'),
      '    pump 1: error in the second of many\n      lines\n',
    )
    assert.equal(
      shown('bash', '  # a remark that is too long for the line'),
      '      # a remark that is too long for\n      # the line\n',
    )
  })

  test('have code that is copied as it was written, however narrow the terminal is', async () => {
    for (const [name, guide] of Object.entries(GUIDES)) {
      const source = (await guide.load()).default
      for (const [block, lang = '', code = ''] of source.matchAll(/^```(\w+)\n([^]*?)^```$/gm)) {
        if (lang === 'text') continue
        const shown = renderMarkdown(block, { width: 40, colour: false })
        // What is said about a command moves above it; a broken line ends with the mark of its language.
        const copied = (text: string) =>
          text
            .replace(/ \\\n\s*/g, ' ')
            .split('\n')
            .map((line) =>
              (lang === 'bash' || lang === 'imptsh' ? line.replace(/(^|\s)#\s.*/, '') : line).trim(),
            )
            .filter(Boolean)
        assert.deepEqual(copied(shown), copied(code), `${name}: ${shown}`)
      }
    }
  })

  test('have scripts that still parse when their lines are broken', async () => {
    let broken = 0
    for (const [name, guide] of Object.entries(GUIDES)) {
      const source = (await guide.load()).default
      for (const [block, code = ''] of source.matchAll(/^```imptsh\n([^]*?)^```$/gm)) {
        const shown = renderMarkdown(block, { width: 40, colour: false })
        assert.deepEqual(
          parse(shown).diagnostics.map(({ message }) => message),
          parse(code).diagnostics.map(({ message }) => message),
          `${name}: ${shown}`,
        )
        broken += shown.match(/ \\$/gm)?.length ?? 0
      }
    }
    assert.ok(broken > 20, String(broken))
  })

  test('have bold headings and aligned tables', async () => {
    const text =
      '# Title\n\nSome **bold** and `code`.\n\n| a | long heading |\n|---|---|\n| 1 | x |\n| 22 | y |\n\n- one\n- two\n'
    assert.equal(
      renderMarkdown(text, look),
      'Title\n\nSome bold and code.\n\na   long heading\n1   x\n22  y\n\n- one\n- two\n',
    )
    assert.match(
      renderMarkdown(text, { width: 80, colour: true }),
      /\x1b\[1m\x1b\[4mTitle[^]*\x1b\[1mbold\x1b/,
    )
  })
})
