import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from '../../src/commands/context.ts'
import { sourceOf } from '../../src/commands/dashboard/source.ts'
import type { LogEvent } from '../../src/dashboard/source.ts'
import type { Client } from '../../src/impcentral/client.ts'

const DEVICE = '23a7aad3fd6b8d2c'

/** A cloud of one device that logs `between` while its stream is being opened. */
function cloud(opens: () => Promise<void>) {
  const entry = (msg: string, at: number) => ({ ts: new Date(at).toISOString(), type: 'server.log', msg })
  const stored = [entry('before', 1)]
  const client = {
    devices: { logPage: async () => ({ items: [...stored] }) },
    async *logStream() {
      await opens()
      stored.push(entry('between', 2))
      yield { kind: 'opened', devices: [DEVICE] }
      yield { kind: 'entry', entry: { device_id: DEVICE, ...entry('after', 3) } }
    },
  }
  const context = { directory: '.' }
  return sourceOf(context as Context, client as unknown as Client, {} as never, {
    'owner.id': undefined,
    'product.id': undefined,
  })
}

const textsOf = (events: readonly LogEvent[]) =>
  events.flatMap((event) => (event.kind === 'line' ? [event.line.text] : []))

test('what is logged while the stream of the dashboard is being opened is not lost', async () => {
  const events: LogEvent[] = []
  const source = cloud(() => new Promise((done) => setImmediate(done)))
  for await (const event of source.follow([DEVICE], new AbortController().signal)) events.push(event)
  assert.deepEqual(textsOf(events), ['before', 'between', 'after'])
})

test('the stored lines are told also where the stream does not open, and then why it does not', async () => {
  const events: LogEvent[] = []
  const source = cloud(() => Promise.reject(new Error('no stream')))
  await assert.rejects(async () => {
    for await (const event of source.follow([DEVICE], new AbortController().signal)) events.push(event)
  }, /no stream/)
  assert.deepEqual(textsOf(events), ['before'])
})
