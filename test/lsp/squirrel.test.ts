import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { askingAbout, places } from './client.ts'

const { opened, asked, completions } = askingAbout('a.nut', '|')

const THING =
  'class Thing {\n  size = 0;\n  constructor(size) { this.size = size; }\n  // Makes it larger.\n  function grow(by, twice = false) { size += by; }\n}\nclass Big extends Thing {\n  function shrink() {}\n}\n'

describe('completion of Squirrel', () => {
  test('offers the members of an object of the platform, those of the side only', async (t) => {
    const device = await completions(t, 'local a = 1\nimp.|\nlocal b = 2\n', {}, { side: 'device' })
    assert.ok(device.includes('wakeup') && device.includes('deepsleepfor'))
    const agent = await completions(t, 'imp.|', {}, { side: 'agent' })
    assert.ok(agent.includes('wakeup') && !agent.includes('deepsleepfor'))
  })

  test('offers pins and buses of the type, in whatever case it is written, and the members of a pin', async (t) => {
    for (const type of ['imp001', 'IMP001']) {
      const names = await completions(t, 'hardware.|', {}, { type, side: 'device' })
      assert.ok(names.includes('pin9') && names.includes('uart57') && !names.includes('pinXA'), type)
    }
    assert.ok((await completions(t, 'local led = hardware.pin9\nled.|')).includes('configure'))
  })

  test('knows instances, what they extend, and this', async (t) => {
    const big = await completions(t, `${THING}local b = Big(3)\nfunction f() {\n  b.|\n}\n`)
    for (const name of ['shrink', 'grow', 'size', 'getclass']) assert.ok(big.includes(name), name)
    assert.ok((await completions(t, 'class A {\n  x = 1\n  function f() { this.| }\n}')).includes('x'))
  })

  test('knows the methods of texts, arrays and tables, and what calls give', async (t) => {
    assert.ok((await completions(t, 'local s = "x"\ns.|')).includes('toupper'))
    assert.ok((await completions(t, 'split("a b", " ").|')).includes('map'))
    assert.ok((await completions(t, 'http.get("x").|', {}, { side: 'agent' })).includes('sendasync'))
    assert.ok((await completions(t, 'local t = {one = 1, two = 2}\nt.|')).includes('two'))
  })

  test('offers the locals that can be seen, globals of the program, the platform and keywords', async (t) => {
    const found = await completions(
      t,
      'outer <- 1\nfunction f(param) {\n  local inner = 1\n  |\n  local later = 2\n}\nfunction g() { local hidden }\n',
    )
    for (const name of ['outer', 'f', 'g', 'param', 'inner', 'server', 'foreach', 'PI'])
      assert.ok(found.includes(name), name)
    for (const name of ['later', 'hidden']) assert.ok(!found.includes(name), name)
  })

  test('offers nothing in comments and texts', async (t) => {
    assert.deepEqual(await completions(t, '// imp.|'), [])
    assert.deepEqual(await completions(t, 'local s = "imp.|"'), [])
  })

  test('offers libraries, directives, and files to include', async (t) => {
    assert.ok((await completions(t, '#require "|')).includes('Promise'))
    assert.ok(
      (
        await completions(t, '#require "|', { 'libs/Rocky.agent.lib.nut': '' }, { libraries: ['libs'] })
      ).includes('Rocky'),
    )
    assert.ok((await completions(t, '@|')).includes('include once'))
    assert.deepEqual(await completions(t, '@include "|', { 'b.nut': '', 'lib/c.nut': '', 'd.txt': '' }), [
      'b.nut',
      'lib',
    ])
  })

  test('explains an item when it is chosen', async (t) => {
    const { client } = await opened(t, 'imp.|')
    const item = { label: 'wakeup', data: { path: 'imp.wakeup' } }
    const resolved: any = await client.connection.sendRequest('completionItem/resolve', item)
    assert.match(
      resolved.documentation.value,
      /imp\.wakeup\(seconds: number, callback: function, name\?: string\) -> timer/,
    )
  })
})

describe('help for Squirrel', () => {
  test('shows what a member of the platform does', async (t) => {
    const { found } = await asked(t, 'hover', 'imp.wake|up(1, f)')
    assert.match(found.contents.value, /Calls a function once/)
    assert.deepEqual(found.range, { start: { line: 0, character: 4 }, end: { line: 0, character: 10 } })
  })

  test('shows own functions with the comment above them, and values of constants', async (t) => {
    assert.match(
      (await asked(t, 'hover', `${THING}Big(1).gr|ow(2)`)).found.contents.value,
      /grow\(by, twice = false\)[^]*Makes it larger/,
    )
    assert.match(
      (await asked(t, 'hover', 'const LIMIT = 7\nlocal x = LIM|IT')).found.contents.value,
      /const LIMIT = 7/,
    )
  })

  test('lets no text of a file become a link or a picture', async (t) => {
    const { found } = await asked(
      t,
      'hover',
      '// ![x](http://e.example/x.png) <img src=x>\nfunction f() {}\nf|()',
    )
    assert.doesNotMatch(found.contents.value, /(?<!\\)!\[|(?<!\\)\[|(?<!\\)</)
  })

  test('tells which argument comes next', async (t) => {
    const own = (await asked(t, 'signatureHelp', `${THING}local b = Thing(|`)).found
    assert.equal(own.signatures[0].label, 'Thing(size)')
    const { found } = await asked(
      t,
      'signatureHelp',
      'imp.wakeup(math.max(1, 2), function() { return [1, 2] }|',
    )
    assert.equal(found.signatures[0].label.slice(0, 10), 'imp.wakeup')
    assert.equal(found.activeParameter, 1)
    const [start, end] = found.signatures[0].parameters[1].label
    assert.equal(found.signatures[0].label.slice(start, end), 'callback: function')
  })
})

describe('navigation in Squirrel', () => {
  test('goes to locals, globals, members and included files', async (t) => {
    for (const [marked, place] of [
      ['local x = 1\nfunction f() { local x = 2; return |x }', 'a.nut:2:22'],
      ['f()\nfunction f() {}\n|f()', 'a.nut:2:10'],
      [`${THING}Big(1).|size`, 'a.nut:2:3'],
      ['@include "b.n|ut"', 'b.nut:1:1'],
      ['@include "b.nut"\nfrom|There(1)', 'b.nut:2:10'],
    ] as const) {
      const { found } = await asked(
        t,
        'definition',
        marked,
        {},
        { 'b.nut': '// b\nfunction fromThere(a) {}\n' },
      )
      assert.deepEqual(places(found), [place], marked)
    }
  })

  test('finds all uses, over included files too', async (t) => {
    const { found } = await asked(
      t,
      'references',
      '@include "b.nut"\nshared <- 1\nlocal other = sha|red + 1\nfunction f() { local shared = 3; return shared }\n',
      { context: { includeDeclaration: true } },
      { 'b.nut': 'function g() { return shared }\n' },
    )
    assert.deepEqual(places(found).toSorted(), ['a.nut:2:1', 'a.nut:3:15', 'b.nut:1:23'])
  })

  test('renames a global in all texts of the program, and a local only where it is seen', async (t) => {
    const { found } = await asked(
      t,
      'rename',
      '@include "b.nut"\nfunction sh|ared() {}\n',
      { newName: 'other' },
      { 'b.nut': 'shared()\n' },
    )
    assert.deepEqual(
      Object.values(found.changes).map((edits: any) => edits.map(({ newText }: any) => newText)),
      [['other'], ['other']],
    )
    const local = (
      await asked(t, 'rename', 'local x = 1\nfunction f(|y) { local x = y; return x }', { newName: 'z' })
    ).found
    assert.deepEqual(
      Object.values(local.changes).flatMap((edits: any) =>
        edits.map(({ range }: any) => range.start.character),
      ),
      [11, 26],
    )
  })

  test('refuses a rename that it cannot prove, and says why', async (t) => {
    for (const [marked, newName, why] of [
      ['|imp.wakeup(1, f)', 'x', /belongs to the platform/],
      ['|f <- 1\nlocal g = 2', 'g', /used already/],
      ['|f <- 1', 'server', /used already/],
      ['|f <- 1', '2x', /no name of Squirrel/],
      ['local |f = 1', 'class', /no name of Squirrel/],
      ['|count <- 1\nlocal k = "count"', 'x', /also a text/],
      [`${THING}function f(unknown) { return unknown.size }\nBig(1).|size`, 'width', /cannot be proved/],
    ] as const)
      await assert.rejects(asked(t, 'rename', marked, { newName }), why, marked)
  })

  test('outlines classes with their members, and folds what has several lines', async (t) => {
    const { client } = await opened(t, `${THING}enum E { A, B }\nconst C = 1\n// one\n// two\n|`)
    const found = await client.ask('documentSymbol', 'a.nut', 0, 0)
    const names = (symbols: any[]): unknown[] =>
      symbols.map(({ name, children }) => (children.length > 0 ? [name, ...names(children)] : name))
    assert.deepEqual(names(found), [
      ['Thing', 'size', 'constructor', 'grow'],
      ['Big', 'shrink'],
      ['E', 'A', 'B'],
      'C',
    ])
    const folds = await client.ask('foldingRange', 'a.nut', 0, 0)
    assert.deepEqual(
      folds
        .map(({ startLine, endLine }: any) => [startLine, endLine])
        .toSorted(([a]: any, [b]: any) => a - b),
      [
        [0, 4],
        [6, 7],
        [11, 12],
      ],
    )
  })

  test('colours names by what they mean, with places in UTF-16', async (t) => {
    const { client } = await opened(t, 'local a = "😀"; imp.sleep(a)\nlocal b = a|\n')
    const { data } = await client.ask('semanticTokens/full', 'a.nut', 0, 0)
    const legend = client.initialized.capabilities.semanticTokensProvider as any
    const types = legend.legend.tokenTypes
    const shown: string[] = []
    for (let at = 0, line = 0, character = 0; at < data.length; at += 5) {
      line += data[at]
      character = data[at] === 0 ? character + data[at + 1] : data[at + 1]
      shown.push(`${line}:${character} ${types[data[at + 3]]}`)
    }
    assert.deepEqual(shown, [
      '0:6 variable',
      '0:16 namespace',
      '0:20 method',
      '0:26 variable',
      '1:6 variable',
      '1:10 variable',
    ])
  })
})
