import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { askingAbout, places } from './client.ts'

const { opened, asked, completions } = askingAbout('a.imptsh', '¦')

describe('completion of scripts', () => {
  test('offers what the prompt offers: groups, commands, options, choices', async (t) => {
    assert.ok((await completions(t, 'dev¦')).includes('device'))
    assert.ok((await completions(t, 'print 1\ndevice ¦')).includes('list'))
    assert.ok((await completions(t, 'device list --¦')).includes('--online'))
    assert.ok((await completions(t, 'device list | where dev¦')).includes('device_online'))
  })

  test('offers no words of the prompt alone', async (t) => {
    const found = await completions(t, 'us¦')
    assert.ok(!found.includes('use'), found.join(' '))
  })

  test('offers the variables that can be seen, functions and their options', async (t) => {
    const found = await completions(
      t,
      'let one = 1\nfn f(a, --loud) { let inside = 2; print $¦ }\nlet later = 3\n',
    )
    for (const name of ['one', 'a', 'loud', 'inside'])
      assert.ok(found.includes(name), `${name} in ${found.join(' ')}`)
    assert.ok(!found.includes('later'))
    assert.ok((await completions(t, 'fn greet(who, --loud) { print $who }\ngreet x --¦')).includes('--loud'))
    assert.ok((await completions(t, 'fn greet(who) { print $who }\ngre¦')).includes('greet'))
  })

  test('replaces the word that is typed, and nothing else', async (t) => {
    const { client, line, character } = await opened(t, 'let 😀 = 1\n  device li¦')
    const { items } = await client.ask('completion', 'a.imptsh', line, character)
    const list = items.find(({ label }: any) => label === 'list')
    assert.deepEqual(list.textEdit, {
      range: { start: { line: 1, character: 9 }, end: { line: 1, character: 11 } },
      newText: 'list',
    })
  })
})

describe('help for scripts', () => {
  test('shows commands, options, built-ins, keywords and own functions', async (t) => {
    const texts = async (marked: string): Promise<string> =>
      (await asked(t, 'hover', marked)).found?.contents.value ?? ''
    assert.match(await texts('device li¦st'), /Displays/)
    assert.match(await texts('device list --on¦line'), /--online/)
    assert.match(await texts('[1] | cou¦nt'), /number of items/)
    assert.match(await texts('f¦or x in [1] { print $x }'), /for each item/)
    assert.match(await texts('fn greet(who, --loud) { print $who }\ngre¦et x'), /fn greet/)
  })

  test('tells what a command takes and which part comes next', async (t) => {
    const { found } = await asked(t, 'signatureHelp', 'fn greet(who, --loud) { print $who }\ngreet ¦')
    assert.equal(found.signatures[0].label, 'greet <who> [--loud]')
    assert.equal(found.activeParameter, 0)
    const command = (await asked(t, 'signatureHelp', 'device update --name ¦')).found
    const [start, end] = command.signatures[0].parameters[command.activeParameter].label
    assert.match(command.signatures[0].label.slice(start, end), /--name/)
  })
})

describe('fields of what scripts hold', () => {
  const DEVICE = ['id', 'name', 'mac_address', 'device_online', 'device_group']
  for (const [what, marked, expected] of [
    ['a variable', 'let d = (device info x)\nprint $d.¦\n', DEVICE],
    ['the item of a loop', 'for d in (device list) {\n  print $d.¦\n}\n', DEVICE],
    ['a block that is still open', 'for d in (device list) {\n  print $d.¦', DEVICE],
    ['what filters left', 'let all = (device list | where online)\nfor d in $all { print $d.¦ }', DEVICE],
    ['the item of a filter', 'device list | each {|d| print $d.¦', DEVICE],
    ['$it', 'device list | where $it.¦', DEVICE],
    ['a record in a record', 'let d = (device info x)\nprint $d.device_group.¦', ['region', 'env_vars']],
    ['a text', 'let d = (device info x)\nprint "is ${d.¦}"', DEVICE],
    ['a filter behind a variable', 'let all = (device list)\n$all | select ¦', DEVICE],
  ] as const)
    test(`are offered for ${what}`, async (t) => {
      const found = await completions(t, marked)
      for (const name of expected) assert.ok(found.includes(name), `${name} in ${found.join(' ')}`)
    })

  test('are not offered where a variable may hold something else', async (t) => {
    for (const marked of ['let d = (device info x)\nset d = 1\nprint $d.¦', 'fn f(d) { print $d.¦ }'])
      assert.deepEqual(await completions(t, marked), [], marked)
  })
})

describe('cures in scripts', () => {
  for (const [text, line, title] of [
    ['device lst\n', 0, 'Write "device list"'],
    ['device list --onlin\n', 0, 'Write "--online"'],
    ['let name = 1\nprint $nmae\n', 1, 'Write "$name"'],
    ['device list | wher (1 == 1)\n', 0, 'Write "where"'],
  ] as const)
    test(`${title} mends ${text.trim().split('\n').at(-1)}`, async (t) => {
      const { client } = await opened(t, `¦${text}`)
      await client.diagnostics('a.imptsh')
      const range = { start: { line, character: 0 }, end: { line, character: 99 } }
      const found = await client.ask('codeAction', 'a.imptsh', 0, 0, { range, context: { diagnostics: [] } })
      assert.deepEqual(
        found.map((one: any) => one.title),
        [title],
      )
      const [edit] = found[0].edit.changes[client.uri('a.imptsh')]
      const lines = text.split('\n')
      const old = lines[line] ?? ''
      lines[line] =
        old.slice(0, edit.range.start.character) + edit.newText + old.slice(edit.range.end.character)
      client.replace('a.imptsh', 2, lines.join('\n'))
      const left = await client.diagnostics('a.imptsh', 2)
      assert.ok(!left.some(({ message }) => message.includes('did you mean')), JSON.stringify(left))
    })
})

describe('navigation in scripts', () => {
  test('goes to variables, functions and imported functions', async (t) => {
    const files = { 'lib.imptsh': '# a module\nexport fn hello(who) { print $who }\n' }
    for (const [marked, place] of [
      ['let x = 1\nfor x in [2] { print $¦x }', 'a.imptsh:2:5'],
      ['gre¦et 1\nfn greet(who) { print $who }', 'a.imptsh:2:4'],
      ['import hello from "lib.imptsh"\nhel¦lo "x"', 'lib.imptsh:2:11'],
    ] as const) {
      const { found } = await asked(t, 'definition', marked, {}, files)
      assert.deepEqual(places(found), [place], marked)
    }
  })

  test('finds and renames all uses of one variable, in texts too', async (t) => {
    const text = 'let na¦me = "x"\nprint "${name} and $name"\nset name = "y"\nfn f(name) { print $name }\n'
    const { found } = await asked(t, 'rename', text, { newName: 'other' })
    const edits = Object.values(found.changes)[0] as { range: { start: { line: number } } }[]
    const lines = edits.map(({ range }) => range.start.line).toSorted((a, b) => a - b)
    assert.deepEqual(lines, [0, 1, 1, 2])
  })

  test('refuses names that are taken or belong to others', async (t) => {
    for (const [marked, newName, why] of [
      ['let ¦a = 1\nlet b = 2', 'b', /used already/],
      ['fn ¦f() { print 1 }\nf', 'device', /is a command/],
      ['print ¦1', 'x', /no variable or function/],
    ] as const)
      await assert.rejects(asked(t, 'rename', marked, { newName }), why, marked)
  })

  test('outlines functions and variables, and folds blocks', async (t) => {
    const { client } = await opened(t, '¦let a = 1\nfn f(x) {\n  let inner = 2\n  print $inner\n}\n')
    const found = await client.ask('documentSymbol', 'a.imptsh', 0, 0)
    assert.deepEqual(
      found.map(({ name }: any) => name),
      ['f', 'a'],
    )
    const folds = await client.ask('foldingRange', 'a.imptsh', 0, 0)
    assert.deepEqual(
      folds.map(({ startLine, endLine }: any) => [startLine, endLine]),
      [[1, 3]],
    )
  })
})
