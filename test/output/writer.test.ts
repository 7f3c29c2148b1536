import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { describe, test } from 'node:test'
import { createProgress } from '../../src/output/progress.ts'
import { createWriter } from '../../src/output/writer.ts'

function sink(isTTY = false) {
  let text = ''
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk)
        done()
      },
    }),
    { isTTY },
  )
  return { stream, text: () => text }
}

const broken = (code: string) =>
  new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(code), { code }))
    },
  })

describe('the writer', () => {
  test('tells that the reader of stdout has gone, and then drops what comes', async () => {
    const writer = createWriter(broken('EPIPE'), sink().stream)
    let told = 0
    writer.onClosed(() => told++)
    await writer.out('first')
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(writer.closed, true)
    assert.equal(told, 1)
    await writer.out('second')
    await writer.flush()
    assert.equal(told, 1)
  })

  test('waits for a slow reader, and goes on when the pipe closes instead', async () => {
    let release: (() => void) | undefined
    const slow = new Writable({
      highWaterMark: 1,
      write(_chunk, _encoding, done) {
        release = () => done()
      },
    })
    const writer = createWriter(slow, sink().stream)
    let isDone = false
    const writing = writer.out('much').then(() => (isDone = true))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(isDone, false)
    release?.()
    await writing
    const stuck = writer.out('more')
    slow.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }))
    await stuck
    assert.equal(writer.closed, true)
  })

  test('asks a slow reader once, however many wait for it', async () => {
    const slow = new Writable({ highWaterMark: 1, write: () => undefined })
    const writer = createWriter(slow, sink().stream)
    const writing = Array.from({ length: 20 }, (_, i) => writer.out(`${i}\n`))
    assert.equal(slow.listenerCount('drain'), 1)
    slow.destroy()
    await Promise.all(writing)
    assert.equal(slow.listenerCount('drain'), 0)
  })

  test('tells once that stdout cannot be written, whether the stream throws or says so', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const throwing = new Writable({
      write() {
        throw full
      },
    })
    for (const stdout of [throwing, broken('ENOSPC')]) {
      const err = sink()
      const writer = createWriter(stdout, err.stream)
      await writer.out('first')
      await new Promise((resolve) => setImmediate(resolve))
      await writer.out('second')
      await writer.flush()
      assert.equal(writer.failed, true)
      assert.match(err.text(), /^Error: File error: standard output: ENOSPC.*\.\n$/)
    }
  })

  test('clears the line of progress before a line of the other stream', async () => {
    const out = sink()
    const err = sink(true)
    const writer = createWriter(out.stream, err.stream)
    writer.progress('| working')
    await writer.out('result\n')
    assert.equal(err.text(), '| working\x1b[2K\r')
    assert.equal(out.text(), 'result\n')
  })

  test('shows no progress where stderr is no terminal', () => {
    const err = sink()
    createWriter(sink().stream, err.stream).progress('| working')
    assert.equal(err.text(), '')
  })
})

describe('progress', () => {
  test('begins only after a moment, goes on between requests, and leaves nothing behind', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval', 'Date'] })
    const err = sink(true)
    const progress = createProgress(createWriter(sink().stream, err.stream))
    progress.begin()
    t.mock.timers.tick(160)
    assert.equal(err.text(), '')
    progress.tell('1,200 devices')
    t.mock.timers.tick(160)
    assert.match(err.text(), /[|/\-\\] Contacting impCentral\.\.\. 1,200 devices$/)
    progress.end()
    progress.begin()
    progress.stop()
    assert.match(err.text(), /\x1b\[2K\r$/)
  })
})
