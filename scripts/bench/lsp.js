// The language server: how long an editor waits for what it shows.
import { spawn } from 'node:child_process'
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import { home, impt, quiet, row, runOnce } from './measure.js'

export const title = 'Language server'

/** A program of about so many lines, with classes, calls and comments. */
function program(lines) {
  const parts = []
  for (let at = 0; parts.length < lines; at++)
    parts.push(
      `// Part ${at} of the program.`,
      `class Part${at} {`,
      `    value = ${at};`,
      '    constructor(value = 0) {',
      '        this.value = value',
      '    }',
      `    function next(step) { local sum = value + step; return sum * ${at} }`,
      '}',
      `function use${at}(n) { local part = Part${at}(n); return part.next(n) + hardware.millis() }`,
      `imp.wakeup(${at}, function() { server.log(use${at}(${at})) })`,
    )
  return `${parts.join('\n')}\n`
}

export async function* rows() {
  const bare = Math.min(...[0, 1, 2, 3, 4].map(() => runOnce(['-e', '0']).ms))
  const begun = performance.now()
  const child = spawn(process.execPath, [impt, 'lsp'], {
    env: quiet,
    cwd: home,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  const heard = new Map()
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, version }) =>
    heard.get(`${uri} ${version}`)?.(),
  )
  connection.listen()
  await connection.sendRequest('initialize', { processId: process.pid, capabilities: {}, rootUri: null })
  yield row('initialize, process and all', performance.now() - begun, 250, 'ms')
  yield row('initialize / node -e 0', (performance.now() - begun) / bare, 8)
  void connection.sendNotification('initialized', {})

  const published = (uri, version) => new Promise((resolve) => heard.set(`${uri} ${version}`, resolve))
  const open = async (name, text) => {
    const uri = `file://${home}/${name}`
    const begin = performance.now()
    const answer = published(uri, 1)
    void connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'squirrel', version: 1, text },
    })
    await answer
    return { uri, ms: performance.now() - begin }
  }
  const first = await open('a.nut', program(1000))
  yield row('first diagnostics of 1,000 lines', first.ms, 200, 'ms')
  yield row('first diagnostics of 1,000 lines / node -e 0', first.ms / bare, 5)

  const edits = []
  for (let version = 2; version < 42; version++) {
    const begin = performance.now()
    const answer = published(first.uri, version)
    void connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: first.uri, version },
      contentChanges: [
        {
          range: { start: { line: version * 9, character: 0 }, end: { line: version * 9, character: 0 } },
          text: ' ',
        },
      ],
    })
    await answer
    edits.push(performance.now() - begin)
  }
  yield row('diagnostics after an edit, 95th percentile', percentile(edits), 100, 'ms')

  const asked = []
  for (let at = 0; at < 60; at++) {
    // Each time the text is another one, as while somebody types.
    void connection.sendNotification('textDocument/didChange', {
      textDocument: { uri: first.uri, version: 100 + at },
      contentChanges: [
        {
          range: { start: { line: at * 10 + 5, character: 0 }, end: { line: at * 10 + 5, character: 0 } },
          text: ' ',
        },
      ],
    })
    const begin = performance.now()
    await connection.sendRequest('textDocument/completion', {
      textDocument: { uri: first.uri },
      position: { line: at * 10 + 8, character: 25 },
    })
    asked.push(performance.now() - begin)
  }
  yield row('completion in 1,000 lines after each key, 95th percentile', percentile(asked), 50, 'ms')
  const large = await open('b.nut', program(10_000))
  yield row('first diagnostics of 10,000 lines', large.ms, 1000, 'ms')
  child.kill()
}

function percentile(times) {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)]
}
