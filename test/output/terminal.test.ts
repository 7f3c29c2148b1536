import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createProgress } from '../../src/output/progress.ts'
import { createTerminal } from '../../src/output/terminal.ts'

test('a question has its line for itself: the line of progress goes before it, and is neither drawn nor cleared while it is open', async () => {
  const { terminal, stdin, shown } = world()
  terminal.progress('| Contacting impCentral...')
  const answer = terminal.ask({
    prompt: 'Sure?\nAnswer: ',
    hidden: false,
    signal: new AbortController().signal,
  })
  while (!shown().includes('Answer: ')) await turn()
  const asked = shown()
  assert.ok(asked.startsWith('| Contacting impCentral...\x1b[2K\rSure?\n'), JSON.stringify(asked))
  terminal.progress('/ Contacting impCentral...')
  createProgress(terminal).stop()
  await turn()
  assert.equal(shown(), asked)
  stdin.write('yes\r')
  assert.equal(await answer, 'yes')
  terminal.progress('- Contacting impCentral...')
  assert.ok(shown().endsWith('- Contacting impCentral...'))
})

test('a question that is given up lets progress be shown again', async () => {
  const { terminal, shown } = world()
  const stop = new AbortController()
  const answer = terminal.ask({ prompt: 'Answer: ', hidden: true, signal: stop.signal })
  while (!shown().includes('Answer: ')) await turn()
  stop.abort()
  await assert.rejects(answer)
  terminal.progress('| Contacting impCentral...')
  assert.ok(shown().endsWith('| Contacting impCentral...'))
})

test('a question breaks between words, and a command in it does not', async () => {
  const { terminal, stdin, shown } = world()
  const command = '"impt release rollback 20261127-162407-1fa0"'
  const answer = terminal.ask({
    prompt: `Release 20261127-162407-1fa0 is stopped: errors>2%: 1 of 1 device with new errors; ${command} helps\n  (1) Leave it\n\nEnter 1: `,
    hidden: false,
    signal: new AbortController().signal,
  })
  while (!shown().includes('Enter 1: ')) await turn()
  const lines = shown().split('\n')
  assert.ok(lines.every((line) => line.length <= 80) && lines.length > 4, shown())
  assert.ok(
    lines.some((line) => line.includes(command)),
    shown(),
  )
  assert.match(shown(), /with\n {4}new errors; |new\n {4}errors; |errors;\n {4}"/)
  assert.ok(shown().includes('\n  (1) Leave it\n\n'))
  stdin.write('1\r')
  assert.equal(await answer, '1')
})

/** Both streams are one screen, as in a terminal. */
function world() {
  const parts = { isTTY: true, columns: 80, setRawMode: () => undefined }
  const stdin = Object.assign(new PassThrough(), parts)
  const screen = Object.assign(new PassThrough(), parts)
  let text = ''
  screen.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const stream = screen as unknown as NodeJS.WriteStream
  const terminal = createTerminal({
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stream,
    stderr: stream,
    colour: false,
  })
  return { terminal, stdin, shown: () => text }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
