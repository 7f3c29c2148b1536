import type { Finder } from '../entities/finder.ts'
import type { Client } from '../impcentral/client.ts'
import { ImptError, TERMINATED } from '../output/error.ts'
import { LOG_TYPES, withEarlier } from '../output/log-line.ts'
import { noIdentifier, SUCCEEDS } from '../output/messages.ts'
import { listEntities } from '../entities/relatives.ts'
import { collect, type Page } from '../impcentral/paging.ts'
import type { LogEntry, Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { createLogPlaces } from './build/log-places.ts'
import { closest } from './closest.ts'
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
        ? orNone(context, items, listOf(options, 'type'), page, (read) => chosen(read, choice, seen))
        : orWarning(context, seen(items), page)
    const isReversed = flagOf(options, 'oldest-first')
    const lines = linesOf(options)
    const isDelta = lines.time === 'delta'
    const shown = (items: AsyncIterable<LogEntry>): Result => ({
      kind: 'logs',
      live: false,
      items,
      device: id,
      lines,
    })
    const inOrder = (items: AsyncIterable<LogEntry>) =>
      shown(isReversed ? reversed(wanted(items)) : isDelta ? withEarlier(wanted(items)) : wanted(items))
    if (page !== undefined) return inOrder(onePage(finder.client, id, page, size))
    if (choice !== undefined || isReversed)
      return inOrder(finder.client.devices.logs(id, { since: choice?.since ?? -Infinity }))
    const asks = context.ask.interactive && !context.quiet && !flagOf(options, 'all')
    if (!asks) return inOrder(allPages(finder.client, id, size))
    return shown(wanted(pageByPage(context, finder.client, id, size, isDelta)))
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
    warnOfTypes(context, listOf(options, 'type'))
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
  page: number | undefined,
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
  if (names.length === 0) warnOfPage(context, page)
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

/** The stream of a type that there is not would be silent for ever. Only a warning: the cloud may know more types than are known here. */
function warnOfTypes(context: Context, types: readonly string[]): void {
  for (const wanted of types) {
    if (LOG_TYPES.some((type) => isOfType(type, wanted))) continue
    const near = closest(wanted, new Set(LOG_TYPES.flatMap((type) => [type, ...type.split('.')])))
    const hint = near === undefined ? '' : `; did you mean "${near}"?`
    context.warn(
      `No known type of log entries is "${wanted}"${hint || '.'} There are ${LOG_TYPES.toSorted().join(', ')}.`,
    )
  }
}

/** That a page lies beyond the end is told beside the documented output, which is nothing (log.md 1). An empty log is no such mistake. */
async function* orWarning(
  context: Context,
  entries: AsyncIterable<LogEntry>,
  page: number | undefined,
): AsyncGenerator<LogEntry> {
  let isEmpty = true
  for await (const entry of entries) {
    isEmpty = false
    yield entry
  }
  if (isEmpty) warnOfPage(context, page)
}

function warnOfPage(context: Context, page = 1): void {
  if (page > 1) context.warn(`Page ${page} is beyond the end of the log: page 1 has the newest entries`)
}

async function* onePage(client: Client, id: string, page: number, size: number): AsyncGenerator<LogEntry> {
  yield* (await client.devices.logPage(id, page, size)).items
}

/** All stored entries, without waiting: there is nobody to press Enter. */
async function* allPages(client: Client, id: string, pageSize: number): AsyncGenerator<LogEntry> {
  yield* client.devices.logs(id, { pageSize: Math.min(pageSize, 100) })
}

/**
 * A page, then a question, as long as there are more (log.md 1). Ctrl-C and the end of input end it well. What is logged while somebody reads moves
 * entries to later pages: none is shown twice. Where it `looksAhead` the page after is read first, so that the last entry of a page knows the one
 * before it.
 */
async function* pageByPage(
  context: Context,
  client: Client,
  id: string,
  size: number,
  looksAhead: boolean,
): AsyncGenerator<LogEntry> {
  const pages = filled(client.devices.logPages(id, size))
  let page = await pages.next()
  while (!page.done) {
    const { items, isLast } = page.value
    const next = looksAhead && !isLast ? await pages.next() : undefined
    yield* looksAhead ? withEarlier(items, next?.done === false ? next.value.items[0] : undefined) : items
    if (isLast) break
    try {
      context.info(`${SUCCEEDS}\n\nPress <Enter> to see more logs or <Ctrl-C> to exit.`)
      if (!(await context.ask.enter(''))) return
    } catch (error) {
      if (error instanceof ImptError && error.code === 'CANCELLED' && error.exit !== TERMINATED) return
      throw error
    }
    page = next ?? (await pages.next())
  }
  context.info('No more logs are available.')
}

/** Pages with something to show, and the last one. */
async function* filled(pages: AsyncIterable<Page<LogEntry>>): AsyncGenerator<Page<LogEntry>, undefined> {
  for await (const page of pages) if (page.items.length > 0 || page.isLast) yield page
}
