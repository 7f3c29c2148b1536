import assert from 'node:assert/strict'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CancellationTokenSource } from 'vscode-jsonrpc/node'
import { LSPErrorCodes } from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { labels, openClient, places } from './client.ts'

describe('a workspace', () => {
  test('has symbols of the open texts and of what they include, by parts of their names', async (t) => {
    const client = await openClient(t, { 'lib.nut': 'class LampDriver { function glow() {} }\n' })
    client.open('a.nut', '@include "lib.nut"\n#require "Promise:4.0.0"\nlampCount <- 1\nlocal lamp = 2\n')
    client.open('b.imptsh', 'fn lamps(x) { print $x }\n')
    const asked = async (query: string) =>
      (await client.connection.sendRequest<any[]>('workspace/symbol', { query })).map(
        ({ name, location }) => `${name} ${places([location])[0]}`,
      )
    assert.deepEqual(await asked('lmp'), [
      'lampCount a.nut:3:1',
      'LampDriver lib.nut:1:7',
      'lamps b.imptsh:1:4',
    ])
    assert.deepEqual(await asked('glow'), ['glow lib.nut:1:29'])
    assert.deepEqual(await asked('nothing at all'), [])
  })

  test('may have folders that come and go, each with includes of its own', async (t) => {
    const client = await openClient(t, {
      'one/i.nut': 'function same() {}\n',
      'two/i.nut': '\nfunction same() {}\n',
    })
    const folders = (added: string[], removed: string[]) =>
      client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
        event: {
          added: added.map((name) => ({ uri: client.uri(name), name })),
          removed: removed.map((name) => ({ uri: client.uri(name), name })),
        },
      })
    await folders(['one', 'two'], ['.'])
    const text = '@include "i.nut"\nsame()\n'
    for (const [name, place] of [
      ['one/a.nut', 'i.nut:1:10'],
      ['two/a.nut', 'i.nut:2:10'],
    ] as const) {
      client.open(name, text)
      assert.deepEqual(places(await client.ask('definition', name, 1, 1)), [place])
      assert.deepEqual(await client.diagnostics(name), [])
    }
    const asked = client.published.length
    await folders([], ['two'])
    assert.match((await client.next(asked, 'two/a.nut'))[0]?.message ?? '', /outside of the workspace/)
  })

  test('hears of files that were renamed, deleted and written beside the open ones', async (t) => {
    const client = await openClient(t, { 'i.nut': 'function f() {}\n' })
    client.open('a.nut', '@include "i.nut"\nf()\n')
    assert.deepEqual(await client.diagnostics('a.nut'), [])
    const after = async (change: Promise<void>) => {
      await change
      const asked = client.published.length
      await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [] })
      return (await client.next(asked, 'a.nut')).map(({ message }) => message)
    }
    const at = (name: string) => join(client.folder, name)
    assert.match((await after(rename(at('i.nut'), at('j.nut'))))[0] ?? '', /"i.nut" not found/)
    assert.deepEqual(await after(rename(at('j.nut'), at('i.nut'))), [])
    assert.deepEqual(await after(writeFile(at('i.nut'), 'function f(x) {}\n')), [
      '"f" takes 1 argument, not 0',
    ])
    assert.match((await after(rm(at('i.nut'))))[0] ?? '', /"i.nut" not found/)
  })

  test('has texts with byte order marks, whose columns are those of the editor', async (t) => {
    const client = await openClient(t, { 'i.nut': '\ufefffunction f() {}\r\n' })
    client.open('a.nut', '\ufeff@include "i.nut"\r\n#require "Promise:4.0.0"\r\nf(); server.lgo(Promise)\r\n')
    const found = await client.diagnostics('a.nut')
    assert.deepEqual(
      found.map(({ code, range }) => [code, range.start, range.end.character]),
      [['SQ_API', { line: 2, character: 12 }, 15]],
    )
    assert.deepEqual(places(await client.ask('definition', 'a.nut', 2, 0)), ['i.nut:1:10'])
  })
})

describe('the protocol', () => {
  test('answers requests that lack what they need with their own error, and goes on', async (t) => {
    const client = await openClient(t)
    client.open('a.nut', 'local a = 1\n')
    const textDocument = { uri: client.uri('a.nut') }
    for (const [method, params] of [
      ['textDocument/hover', null],
      ['textDocument/hover', {}],
      ['textDocument/completion', { textDocument: 5 }],
      ['textDocument/rename', { textDocument, position: { line: 0, character: 7 } }],
      ['completionItem/resolve', null],
      ['completionItem/resolve', { label: 5 }],
    ] as const)
      await assert.rejects(client.connection.sendRequest(method, params), { code: -32602 }, method)
    for (const [method, params] of [
      ['textDocument/didChange', null],
      ['textDocument/didOpen', {}],
      ['workspace/didChangeWorkspaceFolders', { event: { added: 5, removed: [null] } }],
    ] as const)
      await client.connection.sendNotification(method, params)
    client.replace('a.nut', 2, 'local a = ;\n')
    assert.equal((await client.diagnostics('a.nut', 2)).length, 1)
  })

  test('works out nothing that was taken back before its turn', async (t) => {
    const client = await openClient(t)
    client.open('a.nut', 'function f() {}\n'.repeat(2000))
    const cancel = new CancellationTokenSource()
    const params = { textDocument: { uri: client.uri('a.nut') }, position: { line: 9, character: 0 } }
    const asked = Array.from({ length: 20 }, () =>
      client.connection
        .sendRequest('textDocument/completion', params, cancel.token)
        .then(() => 'answered')
        .catch(({ code }: { code: number }) => code),
    )
    cancel.cancel()
    const outcomes = await Promise.all(asked)
    assert.ok(outcomes.includes(LSPErrorCodes.RequestCancelled), outcomes.join(' '))
    assert.ok((await client.ask('completion', 'a.nut', 9, 0)).items.length > 0)
  })

  test('formats the lines of a range without their ends, which an editor keeps', async (t) => {
    const client = await openClient(t)
    const text = 'if true {\r\nprint   1\r\n}\r\n'
    client.open('a.imptsh', text)
    const range = { start: { line: 0, character: 0 }, end: { line: 2, character: 1 } }
    const edits = await client.ask('rangeFormatting', 'a.imptsh', 0, 0, { range, options: {} })
    const document = TextDocument.create('a', 'imptsh', 1, text)
    assert.equal(TextDocument.applyEdits(document, edits), 'if true {\r\n  print 1\r\n}\r\n')
  })

  test('says of a completion that was cut off that more would come', async (t) => {
    const client = await openClient(t)
    const lets = Array.from({ length: 2100 }, (_, index) => `let v${index} = 1\n`).join('')
    client.open('a.imptsh', `${lets}print $\nprint $v2099\n`)
    const all = await client.ask('completion', 'a.imptsh', 2100, 7)
    assert.deepEqual([all.isIncomplete, all.items.length], [true, 2000])
    const one = await client.ask('completion', 'a.imptsh', 2101, 12)
    assert.deepEqual([one.isIncomplete, labels(one)], [false, ['v2099']])
  })

  test('knows a text that was closed and opened again by what it says now', async (t) => {
    const client = await openClient(t)
    const names = async () =>
      (await client.ask('documentSymbol', 'a.nut', 0, 0)).map(({ name }: { name: string }) => name)
    client.open('a.nut', 'function first() {}\n')
    assert.deepEqual(await names(), ['first'])
    void client.connection.sendNotification('textDocument/didClose', {
      textDocument: { uri: client.uri('a.nut') },
    })
    client.open('a.nut', 'function second() {}\n')
    assert.deepEqual(await names(), ['second'])
  })

  test('formats the lines of a range of a script, and those alone', async (t) => {
    const client = await openClient(t)
    client.open('a.imptsh', 'if true {\nprint 1\n}\nif true {\nprint   2\n}\n')
    const range = { start: { line: 3, character: 0 }, end: { line: 5, character: 1 } }
    const edits = await client.ask('rangeFormatting', 'a.imptsh', 0, 0, { range, options: {} })
    assert.deepEqual(edits, [
      {
        range: { start: { line: 4, character: 0 }, end: { line: 4, character: 9 } },
        newText: '  print 2',
      },
    ])
  })
})
