import assert from 'node:assert/strict'
import { test } from 'node:test'
import { collect, listPages, type Page } from '../../src/impcentral/paging.ts'
import { ImptError } from '../../src/output/error.ts'
import { clientFor, json, mockCloud, serve, until, type Cloud } from './support.ts'
import { fc } from '../properties.ts'

const byId = (item: { id: string }): string => item.id

function resource(index: number): { type: string; id: string; attributes: object } {
  return { type: 'device', id: `d${index}`, attributes: { name: `n${index}` } }
}

interface ListShape {
  readonly total: number
  readonly links?: 'next' | 'next and last' | 'none'
  readonly pastEnd?: 'empty' | '404'
}

function serveList({ total, links = 'next', pastEnd = 'empty' }: ListShape): Cloud {
  return mockCloud((request, response) => {
    const page = Number(request.query.get('page[number]'))
    const size = Number(request.query.get('page[size]'))
    const last = Math.max(1, Math.ceil(total / size))
    if (page > last && pastEnd === '404')
      return json(response, 404, { errors: [{ title: 'No', detail: 'page' }] })
    const begin = (page - 1) * size
    const data = Array.from({ length: Math.max(0, Math.min(total - begin, size)) }, (_, i) =>
      resource(begin + i),
    )
    const link = (number: number) =>
      `https://elsewhere.test/v5/devices?page%5Bnumber%5D=${number}&page%5Bsize%5D=${size}`
    const found = {
      self: link(page),
      ...(page < last && { next: link(page + 1) }),
      ...(links === 'next and last' && { last: link(last) }),
    }
    json(response, 200, links === 'none' ? { data } : { data, links: found })
  })
}

test('lists of every length and shape arrive whole, in order and once', async () => {
  for (const links of ['next', 'next and last', 'none'] as const) {
    for (const pastEnd of ['empty', '404'] as const) {
      for (const total of [0, 1, 99, 100, 101, 200, 1234]) {
        await using server = serveList({ total, links, pastEnd })
        const ids = (await collect(clientFor(server).devices.list())).map(byId)
        assert.deepEqual(
          ids,
          Array.from({ length: total }, (_, index) => `d${index}`),
          `${links} ${pastEnd} ${total}`,
        )
      }
    }
  }
})

test('a page count that is known costs no request past the end', async () => {
  await using server = serveList({ total: 1234, links: 'next and last' })
  await collect(clientFor(server).devices.list())
  assert.equal(server.seen.length, 13)
})

test('a list of one page costs one request', async () => {
  for (const links of ['next', 'none'] as const) {
    await using server = serveList({ total: 7, links })
    await collect(clientFor(server).devices.list())
    assert.equal(server.seen.length, 1)
  }
})

test('one who takes only the first items pays for one page', async () => {
  await using server = serveList({ total: 5000 })
  const taken: string[] = []
  for await (const device of clientFor(server).devices.list()) {
    taken.push(device.id)
    if (taken.length === 5) break
  }
  assert.deepEqual(taken, ['d0', 'd1', 'd2', 'd3', 'd4'])
  assert.equal(server.seen.length, 1)
})

test('filters are sent one a key, undefined ones not at all', async () => {
  await using server = serveList({ total: 1 })
  const filter = { 'owner.id': 'a&b', 'product.id': undefined, 'devicegroup.owner.id': 'null' }
  await collect(clientFor(server).devices.list(filter, { pageSize: 7 }))
  assert.deepEqual(Object.fromEntries(server.seen[0]?.query ?? []), {
    'filter[owner.id]': 'a&b',
    'filter[devicegroup.owner.id]': 'null',
    'page[number]': '1',
    'page[size]': '7',
  })
})

test('a missing page 1 is an error, not an empty list', async () => {
  await using server = mockCloud((_, response) =>
    json(response, 404, { errors: [{ title: 'No', detail: 'x' }] }),
  )
  await assert.rejects(collect(clientFor(server).devices.logs('d1')), { code: 'NOT_FOUND' })
})

/** Pages of numbers, each answered in its own turn; counts what is under way. */
function numbered(pages: readonly (readonly number[])[], known: boolean) {
  const stats = { most: 0, active: 0, asked: 0, aborted: 0 }
  const fetchPage = async (page: number, signal: AbortSignal): Promise<Page<number>> => {
    stats.asked += 1
    stats.most = Math.max(stats.most, ++stats.active)
    signal.addEventListener('abort', () => stats.aborted++)
    // A server is slower than the consumer, who takes a turn of the event loop for each page.
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve))
    stats.active -= 1
    signal.throwIfAborted()
    const items = pages[page - 1] ?? []
    return { items, isLast: page >= pages.length, ...(known && { lastPage: pages.length }) }
  }
  return { fetchPage, stats }
}

test('the window of pages widens to 32 and no further', async () => {
  const pages = Array.from({ length: 100 }, (_, page) => Array.from({ length: 10 }, (_, i) => page * 10 + i))
  for (const known of [false, true]) {
    const { fetchPage, stats } = numbered(pages, known)
    assert.equal((await collect(listPages(fetchPage, String))).length, 1000)
    assert.equal(stats.most, 32)
    assert.ok(stats.asked <= (known ? 100 : 132), String(stats.asked))
  }
})

test('pages may come back in any order and be of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 31, maxLength: 31 }),
      fc.boolean(),
      async (sizes, delays, known) => {
        let next = 0
        const pages = sizes.map((size) => Array.from({ length: size }, () => next++))
        const fetchPage = async (page: number): Promise<Page<number>> => {
          for (let turn = delays[page % 31] ?? 0; turn > 0; turn--) await Promise.resolve()
          const items = pages[page - 1] ?? []
          return { items, isLast: page >= pages.length, ...(known && { lastPage: pages.length }) }
        }
        assert.deepEqual(
          await collect(listPages(fetchPage, String)),
          Array.from({ length: next }, (_, n) => n),
        )
      },
    ),
    { numRuns: 60 },
  )
})

test('a list that grows in front while it is read repeats nothing', async () => {
  let list = Array.from({ length: 350 }, (_, index) => index)
  let added = 0
  const fetchPage = async (page: number): Promise<Page<number>> => {
    const items = list.slice((page - 1) * 100, page * 100)
    const isLast = page * 100 >= list.length
    list = [-++added, -++added, ...list]
    return { items, isLast }
  }
  const all = await collect(listPages(fetchPage, String))
  assert.equal(new Set(all).size, all.length)
  assert.deepEqual(
    all.filter((item) => item >= 0),
    Array.from({ length: 350 }, (_, index) => index),
  )
})

test('twins within one page are both kept', async () => {
  assert.deepEqual(await collect(listPages(async () => ({ items: ['a', 'a'], isLast: true }), String)), [
    'a',
    'a',
  ])
})

test('a server that gives the same page for ever is not followed for ever, and that is no whole list', async () => {
  const seen: string[] = []
  const work = async (): Promise<void> => {
    for await (const item of listPages(async () => ({ items: ['a', 'b'], isLast: false }), String))
      seen.push(item)
  }
  await assert.rejects(work(), { code: 'DATA', message: /does not end: 21 pages repeat/ })
  assert.deepEqual(seen, ['a', 'b'])
})

test('a next page that was read, or far more pages than announced, end the reading with an error', async () => {
  const data = (page: number) => Array.from({ length: 100 }, (_, i) => resource(page * 100 + i))
  for (const [links, most, text] of [
    [
      (page: number) => ({ next: `https://x.test/?page[number]=${Math.min(page + 1, 3)}` }),
      40,
      /page 3 points back to page 3/,
    ],
    [
      (page: number) => ({
        next: `https://x.test/?page[number]=${page + 1}`,
        last: 'https://x.test/?page[number]=4',
      }),
      40,
      /announced 4 pages, and page 6/,
    ],
  ] as const) {
    await using server = mockCloud((request, response) => {
      const page = Number(request.query.get('page[number]'))
      json(response, 200, { data: data(page), links: links(page) })
    })
    await assert.rejects(collect(clientFor(server).devices.list()), { code: 'DATA', message: text })
    assert.ok(server.seen.length <= most, String(server.seen.length))
  }
})

test('a list that grows beyond what its first page announced is read to its end', async () => {
  await using server = mockCloud((request, response) => {
    const page = Number(request.query.get('page[number]'))
    const link = (number: number) => `https://x.test/?page[number]=${number}`
    const data = Array.from({ length: 100 }, (_, i) => resource(page * 100 + i))
    json(response, 200, {
      data,
      links: { ...(page < 4 && { next: link(page + 1) }), last: link(page === 1 ? 3 : 4) },
    })
  })
  assert.equal((await collect(clientFor(server).devices.list())).length, 400)
})

test('a page that fails is reported after the items before it', async () => {
  const seen: number[] = []
  const work = async (): Promise<void> => {
    const items = listPages(async (page): Promise<Page<number>> => {
      if (page === 3) throw new ImptError('SERVER', 'broken')
      return { items: [page * 10, page * 10 + 1], isLast: page > 5 }
    }, String)
    for await (const item of items) seen.push(item)
  }
  await assert.rejects(work(), { code: 'SERVER' })
  assert.deepEqual(seen, [10, 11, 20, 21])
})

test('one who stops, or is stopped, leaves no request under way', async () => {
  await using server = await serve((request, response) => {
    if (request.query.get('page[number]') !== '1') return
    const link = 'http://x.test/?page[number]=2'
    json(response, 200, { data: Array.from({ length: 100 }, (_, i) => resource(i)), links: { next: link } })
  })
  const client = clientFor(server.endpoint)
  let count = 0
  for await (const _ of client.devices.list()) if (++count === 80) break
  await until(() => server.sockets.size <= 1)

  const before = server.seen.length
  const stop = new AbortController()
  const work = collect(client.devices.list({}, { signal: stop.signal }))
  const refused = assert.rejects(work, { code: 'CANCELLED' })
  await until(() => server.seen.length >= before + 3)
  stop.abort()
  await refused

  const list = client.devices.list()
  for (let taken = 0; taken < 100; taken++) await list.next()
  const waiting = list.next()
  await list.return()
  assert.deepEqual(await waiting, { done: true, value: undefined })
})
