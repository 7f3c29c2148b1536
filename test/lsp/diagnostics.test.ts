import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { labels, openClient } from './client.ts'

describe('diagnostics', () => {
  test('of a script are those of impt check, with their places in UTF-16', async (t) => {
    const client = await openClient(t)
    client.open('a.imptsh', 'let x = "😀"; print $y\ndevice lst\n')
    const found = await client.diagnostics('a.imptsh')
    assert.deepEqual(
      found.map(({ code, range, severity }) => ({ code, range, severity })),
      [
        {
          code: 'UNKNOWN_VARIABLE',
          range: { start: { line: 0, character: 20 }, end: { line: 0, character: 22 } },
          severity: 1,
        },
        {
          code: 'UNKNOWN_COMMAND',
          range: { start: { line: 1, character: 0 }, end: { line: 1, character: 10 } },
          severity: 1,
        },
      ],
    )
    assert.equal(await client.end(), 0)
  })

  test('of Squirrel tell all that is wrong, one a line', async (t) => {
    const client = await openClient(t)
    client.open('a.nut', 'local a = ;\nfunction f() {\n  return )\n}\nlocal b = 3 4\nlocal ok = "x"\n')
    assert.deepEqual(
      (await client.diagnostics('a.nut')).map(({ range, message }) => [range.start.line, message]),
      [
        [0, 'expression expected'],
        [2, 'expression expected'],
        [4, 'end of statement expected (; or lf)'],
      ],
    )
    client.replace('a.nut', 2, 'local a = 1\n')
    assert.deepEqual(await client.diagnostics('a.nut', 2), [])
  })

  test('of a text that was never saved are told too, but for one with directives', async (t) => {
    const client = await openClient(t)
    const said = async (uri: string, text: string) => {
      await client.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'squirrel', version: 1, text },
      })
      // Its analysis has begun when something else is answered; that of the next text follows.
      await client.connection.sendRequest('textDocument/hover', {
        textDocument: { uri },
        position: { line: 0, character: 0 },
      })
      client.open(`${uri.slice(-1)}.nut`, '')
      await client.diagnostics(`${uri.slice(-1)}.nut`)
      const published = client.published.filter((one) => one.uri === uri)
      return published.flatMap(({ diagnostics }) => diagnostics.map(({ message }) => message))
    }
    assert.deepEqual(await said('untitled:Untitled-1', 'local a = ;\n'), ['expression expected'])
    assert.deepEqual(await said('untitled:Untitled-2', '@include "a.nut"\nlocal a = 1\n'), [])
  })
})

describe('findings of Squirrel', () => {
  /** Findings as `CODE line: message`; lines from 1. */
  const told = (found: readonly { code?: unknown; message: string; range: { start: { line: number } } }[]) =>
    found.map(({ code, message, range }) => `${String(code)} ${range.start.line + 1}: ${message}`)

  test('tell errors of the compiler and names that the platform does not have', async (t) => {
    const client = await openClient(t, {}, { side: 'device' })
    client.open(
      'a.nut',
      'imp.wakup(1, f)\nhttp.get("x")\nimp.wakeup(1)\nimp.rssi()\nfunction f(a, b = 1) { local unused = 1; return a + b }\nf()\n',
    )
    assert.deepEqual(told(await client.diagnostics('a.nut')), [
      'SQ_API 1: "imp" has no "wakup"; did you mean "wakeup"?',
      'SQ_API 2: only agents have "http.get"',
      'SQ_ARGUMENTS 3: "imp.wakeup" takes 2 to 3 arguments, not 1',
      'SQ_DEPRECATED 4: "imp.rssi" is old: use imp.net.info()',
      'SQ_UNUSED 5: "unused" is never used',
      'SQ_ARGUMENTS 6: "f" takes 1 to 2 arguments, not 0',
    ])
    client.open('b.nut', 'enum E { A }\nlocal x = E.B\nserver.log(x)\n')
    assert.deepEqual(told(await client.diagnostics('b.nut')), ['SQ_COMPILE 2: invalid constant [E.B]'])
  })

  test('say nothing about names that a text alone cannot know, and something in a Project', async (t) => {
    const text = 'count = 1\nserver.log(missing)\n'
    const alone = await openClient(t)
    alone.open('a.nut', text)
    assert.deepEqual(await alone.diagnostics('a.nut'), [])
    const project = JSON.stringify({ deviceGroupId: 'x', deviceFile: 'a.nut' })
    const client = await openClient(t, { '.impt.project': project, 'a.nut': text })
    client.open('a.nut', text)
    assert.deepEqual(told(await client.diagnostics('a.nut')), [
      'SQ_NEW_SLOT 1: "count" is declared nowhere: "=" does not make it, "<-" does, or "local"',
      'SQ_UNDECLARED 2: "missing" is declared nowhere',
    ])
    const fixes = await client.connection.sendRequest<any[]>('textDocument/codeAction', {
      textDocument: { uri: client.uri('a.nut') },
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      context: { diagnostics: [] },
    })
    assert.deepEqual(
      fixes.map(({ title, edit }) => [title, edit.changes[client.uri('a.nut')][0]]),
      [
        [
          'Make it with "<-"',
          { range: { start: { line: 0, character: 6 }, end: { line: 0, character: 7 } }, newText: '<-' },
        ],
      ],
    )
  })

  test('stand in the file where the text stands, through includes', async (t) => {
    const files = {
      '.impt.project': JSON.stringify({ deviceGroupId: 'x', deviceFile: 'main.nut', preprocess: true }),
      'main.nut': '@set N = 2\n@include "lib/part.nut"\nfromPart(@{N})\n',
      'lib/part.nut': 'function fromPart(n) {\n  return n + ;\n}\n',
    }
    const client = await openClient(t, files)
    client.open('main.nut', files['main.nut'])
    assert.deepEqual(told(await client.diagnostics('main.nut')), [])
    assert.deepEqual(told(await client.diagnostics('lib/part.nut', 0)), ['SQ_SYNTAX 2: expression expected'])
    // What is open wins over the disk.
    client.open('lib/part.nut', 'function fromPart(n) {\n  return n\n}\n')
    assert.deepEqual(told(await client.diagnostics('lib/part.nut', 1)), [])
  })

  test('name directives that are wrong, includes that are missing, and libraries that are not there', async (t) => {
    const client = await openClient(t)
    client.open(
      'a.nut',
      '#require "Promise:4.0.0"\n#require "Nowhere:1.0.0"\n@include "github:some/repo/file.nut@v1"\nlocal x = ;\n',
    )
    assert.deepEqual(
      told(await client.diagnostics('a.nut')).map((line) => line.replace(/; put .*/, '')),
      [
        'SQ_INCLUDE 3: "github:some/repo/file.nut@v1" is not in the mirror folder: nothing of it is known here',
        'SQ_LIBRARY 2: library "Nowhere:1.0.0" is not available offline',
        'SQ_SYNTAX 4: expression expected',
      ],
    )
    client.open('b.nut', '@if true\nlocal a = 1\n')
    assert.deepEqual(told(await client.diagnostics('b.nut')), ['SQ_PREPROCESS 1: @if has no @end'])
    client.open('c.nut', 'local a = 1\n@include "not-there.nut"\n')
    assert.match(
      told(await client.diagnostics('c.nut'))[0] ?? '',
      /^SQ_PREPROCESS 2: .*not-there\.nut" not found/,
    )
  })

  test('resolve libraries and includes as the Project file says, and read them again when they change', async (t) => {
    const main = '#require "Lamp:1.0.0"\n@include "parts/start.nut"\nlocal lamp = Lamp(1)\nlamp.glow()\n'
    const client = await openClient(t, {
      'project/.impt.project': JSON.stringify({
        deviceGroupId: 'x',
        deviceFile: 'src/main.nut',
        preprocess: true,
        libraries: ['libs', '/etc'],
      }),
      'project/libs/Lamp.lib.nut':
        '// A lamp – bright.\nclass Lamp {\n  static VERSION = "1.0.0";\n  constructor(pin) {}\n  function glow() {}\n}\n',
      'project/parts/start.nut': 'server.log("start")\n',
      'project/src/main.nut': main,
    })
    const name = 'project/src/main.nut'
    client.open(name, main)
    assert.deepEqual(told(await client.diagnostics(name)), [])
    const hover = await client.ask('hover', name, 2, 14)
    assert.match(hover.contents.value, /A lamp – bright/)
    const [place] = await client.ask('definition', name, 3, 6)
    assert.deepEqual([place.uri, place.range.start.line], [client.uri('project/libs/Lamp.lib.nut'), 4])
    assert.equal((await client.ask('definition', name, 1, 12))[0].uri, client.uri('project/parts/start.nut'))

    await writeFile(
      join(client.folder, 'project/libs/Lamp.lib.nut'),
      'class Lamp {\n  static VERSION = "2.0.0";\n}\n',
    )
    const asked = client.published.length
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [] })
    const found = await client.next(asked, name)
    assert.match(
      told(found)[0] ?? '',
      /^SQ_LIBRARY 1: .*"Lamp:1.0.0" is not available offline; .* have 2.0.0/,
    )
  })

  test('know tests of a test configuration: their side, the framework, the source that they test, and variables', async (t) => {
    const test =
      'class Cases extends ImpTestCase {\n  function testIt() {\n    this.assertEqual(VALUE, twice(@{HALF}));\n    imp.deepsleepfor(1);\n    nothing();\n  }\n}\n'
    const client = await openClient(t, {
      '.impt.test': JSON.stringify({
        deviceGroupId: 'x',
        testFiles: ['spec/*.nut'],
        agentFile: 'src/agent.nut',
        builderConfig: 'builder.json',
      }),
      'builder.json': '{"HALF": 2}',
      'src/agent.nut': 'const VALUE = 4\nfunction twice(n) { return 2 * n }\n',
    })
    client.open('spec/my_agent.nut', test)
    assert.deepEqual(told(await client.diagnostics('spec/my_agent.nut')), [
      'SQ_API 4: only devices have "imp.deepsleepfor"',
      'SQ_UNDECLARED 5: "nothing" is declared nowhere',
    ])
    const [place] = await client.ask('definition', 'spec/my_agent.nut', 2, 29)
    assert.equal(place.uri, client.uri('src/agent.nut'))
    const members = labels(await client.ask('completion', 'spec/my_agent.nut', 2, 9))
    for (const name of ['assertEqual', 'assertTrue', 'testIt']) assert.ok(members.includes(name), name)
  })

  test('are told under the URI of the client, however it is spelled', async (t) => {
    const client = await openClient(t, { 'i+i.nut': 'function f() {}\n' })
    // As VS Code and Neovim write it, and as every drive of Windows comes: `c%3A`.
    const spelled = (name: string) => client.uri(name).replaceAll('+', '%2B')
    const open = (name: string, text: string) =>
      client.connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: spelled(name), languageId: 'squirrel', version: 1, text },
      })
    const last = (uri: string) => client.published.findLast((one) => one.uri === uri)?.diagnostics
    const codes = async (text: string, name: string, expected: readonly string[]) => {
      const asked = client.published.length
      await open(name, text)
      await client.hear(
        () =>
          client.published.length > asked &&
          isDeepStrictEqual(
            (last(spelled('a+b.nut')) ?? [])
              .map(({ code }) => String(code))
              .toSorted((a, b) => a.localeCompare(b)),
            expected,
          ),
      )
    }
    await codes('local = 1\n', 'a+b.nut', ['SQ_SYNTAX'])
    // A text that is read with another one is that one too.
    await codes('@include "i+i.nut"\nf()\n', 'a+b.nut', [])
    await codes('function f(a) {}\n', 'i+i.nut', ['SQ_ARGUMENTS'])
    assert.equal(last(client.uri('a+b.nut')), undefined)
  })

  test('are told again when a text is closed that was not saved', async (t) => {
    const client = await openClient(t, { 'i.nut': 'function f() {}\n' })
    client.open('a.nut', '@include "i.nut"\nf()\n')
    client.open('i.nut', 'function f(a) {}\n')
    const wrong = 'SQ_ARGUMENTS 2: "f" takes 1 argument, not 0'
    await client.next(0, 'a.nut', (found) => isDeepStrictEqual(told(found), [wrong]))
    const asked = client.published.length
    void client.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: client.uri('i.nut') },
    })
    await client.next(asked, 'a.nut', (found) => found.length === 0)
  })

  test('are told again when an open text changes that they were read with', async (t) => {
    const client = await openClient(t, {
      '.impt.project': JSON.stringify({ deviceGroupId: 'x', deviceFile: 'a.nut', libraries: ['libs'] }),
      'libs/Lamp.lib.nut': 'class Lamp { function glow() {} }\n',
      'i.nut': 'function f() {}\n',
    })
    client.open('a.nut', '#require "Lamp:1.0.0"\n@include "i.nut"\nf()\nLamp().glow()\n')
    assert.deepEqual(await client.diagnostics('a.nut'), [])
    for (const [name, text, expected] of [
      ['i.nut', 'function f(a) {}\n', ['SQ_ARGUMENTS 3: "f" takes 1 argument, not 0']],
      ['i.nut', 'function f() {}\n', []],
      [
        'libs/Lamp.lib.nut',
        'class Lamp { function glow(a) {} }\n',
        ['SQ_ARGUMENTS 4: "glow" takes 1 argument, not 0'],
      ],
      [
        'libs/Lamp.lib.nut',
        'class Lamp {\n  function glow( {} }\n',
        ['SQ_SYNTAX 1: library "Lamp", line 2: expected \'IDENTIFIER\''],
      ],
    ] as const) {
      const asked = client.published.length
      client.open(name, text)
      // Texts are analysed one by one: what all of them say is there in the end.
      await client.next(asked, 'a.nut', (found) => isDeepStrictEqual(told(found), expected))
    }
    const [place] = await client.ask('definition', 'a.nut', 0, 12)
    assert.equal(place.uri, client.uri('libs/Lamp.lib.nut'))
  })
})
