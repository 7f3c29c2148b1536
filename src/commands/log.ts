import type { Finder } from '../entities/finder.ts'
import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import { noIdentifier, SUCCEEDS } from '../output/messages.ts'
import { listEntities } from '../entities/relatives.ts'
import { collect } from '../impcentral/paging.ts'
import type { LogEntry, Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { createLogPlaces } from './build/log-places.ts'
import { corruptionTeller, defaultGroup, finderOf } from './common.ts'
import type { Context, Group } from './context.ts'
import { devicesOf } from './dg/restart.ts'
import { chosen, isOfType, logChoice } from './log-choice.ts'
import { streamLogs, timesOf } from './log-stream.ts'
import { booleanOf, flagOf, listOf, numberOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

const DEFAULT_PAGE_SIZE = 20

/** `impt log ...` (log.md). */
export const group = {
  async get(context, options) {
    const choice = logChoice(options, context.signal, Date.now())
    const finder = await finderOf(context)
    const id = await deviceOf(context, finder, textOf(options, 'device'))
    const size = numberOf(options, 'page-size') ?? DEFAULT_PAGE_SIZE
    const page = numberOf(options, 'page-number')
    const places = createLogPlaces(finder.client, context.directory)
    // Programs get the entries as the API gives them.
    const seen = (items: AsyncIterable<LogEntry>) => (context.quiet ? items : places.all(items, id))
    const wanted = (items: AsyncIterable<LogEntry>) =>
      choice
        ? orNone(context, items, listOf(options, 'type'), (read) => chosen(read, choice, seen))
        : seen(items)
    const isReversed = flagOf(options, 'oldest-first')
    const shown = (items: AsyncIterable<LogEntry>): Result => ({
      kind: 'logs',
      live: false,
      items: isReversed ? reversed(wanted(items)) : wanted(items),
      lines: linesOf(options),
    })
    if (page !== undefined) return shown(onePage(finder.client, id, page, size))
    if (choice !== undefined || isReversed)
      return shown(finder.client.devices.logs(id, { since: choice?.since ?? -Infinity }))
    const asks = context.ask.interactive && !context.quiet && !flagOf(options, 'all')
    return shown(asks ? pageByPage(context, finder.client, id, size) : allPages(finder.client, id, size))
  },

  async stream(context, options) {
    const choice = logChoice(options, context.signal, Date.now())
    const finder = await finderOf(context)
    const devices = await Promise.all(listOf(options, 'device').map((text) => finder.find('device', text)))
    const texts = listOf(options, 'dg')
    const groups = await Promise.all(texts.map((text) => finder.find('dg', text)))
    if (devices.length === 0 && texts.length === 0) {
      const saved = await defaultGroup(context, finder)
      if (saved) groups.push(saved)
    }
    const members = await Promise.all(groups.map(({ id }) => devicesOf(finder, id)))
    const all = new Map([...devices, ...members.flat()].map((device) => [device.id, device]))
    if (all.size === 0) {
      throw new ImptError('USAGE', noIdentifier('Device'), {
        hint: 'Give --device or --dg with devices, or work in a directory with a Project file',
        exit: 1,
      })
    }
    const result = streamLogs(context, finder.client, [...all.values()], choice?.since)
    const items = choice ? chosen(result.items, choice, (entries) => entries) : result.items
    return { ...result, items, lines: { ...result.lines, ...linesOf(options) } }
  },
} satisfies Group

/** How people want to see the entries. */
function linesOf(options: OptionValues) {
  return {
    names: booleanOf(options, 'names'),
    ...timesOf(options),
  }
}

/** The device of an option, else the only device of the Project's group (commands.md 3). */
async function deviceOf(context: Context, finder: Finder, text: string | undefined): Promise<string> {
  if (text !== undefined) return (await finder.find('device', text)).id
  const saved = await defaultGroup(context, finder)
  const devices = saved ? await devicesOf(finder, saved.id) : []
  const [device] = devices
  if (!device) throw new ImptError('USAGE', noIdentifier('Device'), { hint: 'Give --device', exit: 1 })
  if (devices.length === 1) return device.id
  throw new ImptError('AMBIGUOUS', 'Multiple Devices are found:', {
    candidates: await collect(listEntities(finder, devices, corruptionTeller(context))),
    hint: 'Give --device',
  })
}

/** Says so where nothing was chosen, with the types that there are where none is of those that are wanted: one may be mistyped. */
async function* orNone(
  context: Context,
  entries: AsyncIterable<LogEntry>,
  types: readonly string[],
  choose: (entries: AsyncIterable<LogEntry>) => AsyncIterable<LogEntry>,
): AsyncGenerator<LogEntry> {
  const found = new Map<string, number>()
  async function* read(): AsyncGenerator<LogEntry> {
    for await (const entry of entries) {
      found.set(entry.type, (found.get(entry.type) ?? 0) + 1)
      yield entry
    }
  }
  let isEmpty = true
  for await (const entry of choose(read())) {
    isEmpty = false
    yield entry
  }
  if (!isEmpty) return
  context.info('No log entries are found.')
  const names = [...found.keys()]
  if (types.length === 0 || names.length === 0) return
  if (names.some((name) => types.some((type) => isOfType(name, type)))) return
  const wanted = types.map((type) => `"${type}"`).join(' or ')
  const count = [...found.values()].reduce((sum, one) => sum + one, 0)
  context.info(
    `None of ${count} is of type ${wanted}; there are ${names
      .sort()
      .map((name) => visible(name))
      .join(', ')}.`,
  )
}

async function* reversed(entries: AsyncIterable<LogEntry>): AsyncGenerator<LogEntry> {
  yield* (await collect(entries)).reverse()
}

async function* onePage(client: Client, id: string, page: number, size: number): AsyncGenerator<LogEntry> {
  yield* (await client.devices.logPage(id, page, size)).items
}

/** All stored entries, without waiting: there is nobody to press Enter. */
async function* allPages(client: Client, id: string, pageSize: number): AsyncGenerator<LogEntry> {
  yield* client.devices.logs(id, { pageSize: Math.min(pageSize, 100) })
}

/** A page, then a question, as long as there are more (log.md 1). Ctrl-C and the end of input end it well. */
async function* pageByPage(
  context: Context,
  client: Client,
  id: string,
  size: number,
): AsyncGenerator<LogEntry> {
  for (let page = 1; ; page++) {
    const { items, isLast } = await client.devices.logPage(id, page, size)
    if (page > 1 && items.length === 0) break
    yield* items
    if (isLast) break
    try {
      context.info(`${SUCCEEDS}\n\nPress <Enter> to see more logs or <Ctrl-C> to exit.`)
      if (!(await context.ask.enter(''))) return
    } catch (error) {
      if (error instanceof ImptError && error.code === 'CANCELLED') return
      throw error
    }
  }
  context.info('No more logs are available.')
}
