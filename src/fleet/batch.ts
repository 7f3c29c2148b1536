import type { Finder } from '../entities/finder.ts'
import { KINDS, textsOf, type Listed } from '../entities/kinds.ts'
import { inParallel } from '../impcentral/parallel.ts'
import { ImptError } from '../output/error.ts'

export type BatchResult = 'ok' | 'already' | 'gone' | 'failed' | 'not-started'

/** One row of a batch: the device as the person named it, and where. */
export interface BatchRow {
  readonly device: string
  /** Where it is named in the file of `--from`: the line, from 1, and the column by its name. */
  readonly place?: { readonly file: string; readonly line: number; readonly column: string }
  /** All cells of the row, by column. */
  readonly cells: Readonly<Record<string, string>>
}

export interface Resolved extends BatchRow {
  readonly resource: Listed<'device'>
}

/** How the row of a batch ended. */
export interface Ended {
  readonly row: BatchRow
  readonly result: BatchResult
  readonly error?: string | undefined
}

/** A row that names no device, or several. */
export interface Unknown extends Ended {
  readonly isMissing: boolean
}

/** From so many devices on, one list is cheaper than a look-up for each. */
const LIST_FROM = 20
/** Devices in one request. */
const MOST_DEVICES = 100

/**
 * Finds all devices first. Rows that name nothing or several are `unknown`, each with its reason: the caller sends nothing then, or leaves
 * them out.
 */
export async function resolveRows(
  finder: Finder,
  rows: readonly BatchRow[],
): Promise<{ readonly found: readonly Resolved[]; readonly unknown: readonly Unknown[] }> {
  const known = rows.length < LIST_FROM ? undefined : await deviceIndex(finder)
  const found = new Map<BatchRow, Listed<'device'>>()
  const unknown = new Map<BatchRow, ImptError>()
  await inParallel(rows, async (row) => {
    const matches = known?.(row.device) ?? []
    const [first] = matches
    if (first !== undefined && matches.length === 1) {
      found.set(row, first)
      return
    }
    try {
      // What a list does not show may still be found by its id; an ambiguous name is told in the words of every other command.
      found.set(row, await finder.find('device', row.device))
    } catch (error) {
      if (!(error instanceof ImptError) || !['NOT_FOUND', 'AMBIGUOUS', 'USAGE'].includes(error.code))
        throw error
      unknown.set(row, error)
    }
  })
  return {
    found: rows.flatMap((row) => {
      const resource = found.get(row)
      return resource === undefined ? [] : [{ ...row, resource }]
    }),
    unknown: rows.flatMap((row) => {
      const error = unknown.get(row)
      return error === undefined
        ? []
        : [{ row, result: 'failed' as const, error: error.message, isMissing: error.code === 'NOT_FOUND' }]
    }),
  }
}

/** Finds devices in one list of all, in the order of identification: id, then each attribute (identifiers.md 1). */
async function deviceIndex(finder: Finder): Promise<(text: string) => readonly Listed<'device'>[]> {
  const indexes = ['id', ...KINDS.device.identifiedBy].map(() => new Map<string, Listed<'device'>[]>())
  for await (const device of finder.list('device')) {
    const keys = [[device.id], ...KINDS.device.identifiedBy.map((name) => textsOf(device.attributes, name))]
    keys.forEach((texts, i) => {
      for (const text of texts) {
        const same = indexes[i]?.get(text)
        if (same) same.push(device)
        else indexes[i]?.set(text, [device])
      }
    })
  }
  return (text) => indexes.map((index) => index.get(text)).find((matches) => matches !== undefined) ?? []
}

/** What a batch does to its devices. */
export interface BatchWork {
  /** The result of a device that needs nothing, such as one that is in the group already. */
  settled?(item: Resolved): BatchResult | undefined
  /** Devices with one key go into one request; without it each has its own. */
  together?(item: Resolved): string
  /** Keys whose requests are made one at a time: removing production devices is limited more strictly (impcentral-api.md 6). */
  alone?(key: string): boolean
  send(items: readonly Resolved[], key: string): Promise<void>
  /** Whether the device is as it should be now: asked after an answer that is not plainly good. */
  isDone?(device: Listed<'device'> | null): boolean
  /** What NOT_FOUND of a single device means; `failed` without it. */
  readonly missing?: BatchResult
}

/**
 * Does the work for all devices. `told` is called once a device, after its request was answered, and waited for: it is the journal. A
 * refusal of one device does not stop the others; where nobody can be reached any more, the rest is `not-started`.
 */
export async function runBatch(
  finder: Finder,
  items: readonly Resolved[],
  work: BatchWork,
  told: (ended: readonly Ended[]) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let stopped = false
  const end = (list: readonly Resolved[], result: BatchResult, error?: string) =>
    told(list.map((row) => ({ row, result, error })))
  const requests: { readonly key: string; readonly list: Resolved[] }[] = []
  const settled: Ended[] = []
  for (const item of items) {
    const result = work.settled?.(item)
    if (result !== undefined) {
      settled.push({ row: item, result })
      continue
    }
    const key = work.together?.(item)
    const last = key === undefined ? undefined : requests.findLast((one) => one.key === key)
    if (last && last.list.length < MOST_DEVICES) last.list.push(item)
    else requests.push({ key: key ?? '', list: [item] })
  }
  if (settled.length > 0) await told(settled)

  const one = async (item: Resolved, key: string): Promise<void> => {
    if (stopped || signal.aborted) return end([item], 'not-started')
    try {
      await work.send([item], key)
      return await end([item], 'ok')
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      return failed(item, error)
    }
  }
  const failed = async (item: Resolved, error: ImptError): Promise<void> => {
    if (error.code === 'NOT_FOUND' && work.missing !== undefined) return end([item], work.missing)
    if (error.code === 'CANCELLED') return end([item], 'not-started')
    // Who cannot be asked has not said that the device is gone.
    const now = error.mayBeDone ? await lookUp(item).catch(() => undefined) : undefined
    if (now !== undefined && work.isDone?.(now) === true) return end([item], 'ok')
    stopped ||= ['NETWORK', 'AUTH', 'RATE_LIMIT', 'TIMEOUT'].includes(error.code)
    return end([item], 'failed', [error.message, ...error.notes].join('\n'))
  }
  const lookUp = async ({ resource }: Resolved): Promise<Listed<'device'> | null> => {
    finder.forget('device')
    return finder.byId('device', resource.id)
  }
  const request = async ({ key, list }: (typeof requests)[number]): Promise<void> => {
    if (list.length === 1) return one(list[0] as Resolved, key)
    if (stopped || signal.aborted) return end(list, 'not-started')
    try {
      await work.send(list, key)
      return await end(list, 'ok')
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      if (error.code === 'CANCELLED') return end(list, 'not-started')
    }
    // The call is not atomic: each device is read, and what is left is sent once more by itself.
    const left: Resolved[] = []
    await inParallel(list, async (item) => {
      const device = await lookUp(item).catch((failure: unknown) => {
        if (failure instanceof ImptError) return failure
        throw failure
      })
      if (device instanceof ImptError) return failed(item, device)
      if (work.isDone?.(device)) return end([item], 'ok')
      left.push(item)
    })
    for (const item of left) await one(item, key)
  }
  const isAlone = ({ key }: (typeof requests)[number]) => work.alone?.(key) ?? false
  await Promise.all([
    inParallel(
      requests.filter((each) => !isAlone(each)),
      request,
    ),
    (async () => {
      for (const each of requests.filter(isAlone)) await request(each)
    })(),
  ])
}
