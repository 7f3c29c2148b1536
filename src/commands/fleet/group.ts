import type { Finder } from '../../entities/finder.ts'
import { groupTypeOf, type Kind, type Listed } from '../../entities/kinds.ts'
import { listKind } from '../../entities/listing.ts'
import {
  conspicuous,
  statusRows,
  type ConspicuousDevice,
  type Places,
  type StatusKey,
  type StatusLimits,
  type StatusRow,
} from '../../fleet/seeing/status.ts'
import { collect } from '../../impcentral/paging.ts'
import { agoText } from '../../output/age.ts'
import { cellText } from '../../output/cell.ts'
import { counted } from '../../output/messages.ts'
import type { PeopleTable } from '../../output/columns.ts'
import { ImptError } from '../../output/error.ts'
import { parseTime } from '../../testing/duration.ts'
import { chosenIds, finderOf } from '../common.ts'
import type { Group } from '../context.ts'
import { flagOf, listOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { listed } from './listed.ts'

/** `impt fleet ...` (fleet.md 6). */
export const group = {
  async status(context, options) {
    const weak = textOf(options, 'weak') ?? '-80'
    if (!/^-\d+$/.test(weak))
      throw new ImptError('USAGE', 'Option "--weak" must be a negative whole number of dBm.', {
        hint: 'such as --weak=-80',
      })
    const silent = textOf(options, 'silent') ?? '24h'
    const silentMs = parseTime(silent, 'silent')
    const finder = await finderOf(context)
    const [devices, groups, products] = await Promise.all([
      readDevices(finder, options),
      byId(finder, 'dg'),
      byId(finder, 'product'),
    ])
    const limits: StatusLimits = { now: Date.now(), silentMs, weakDbm: Number(weak) }
    const places: Places = { groups, products }
    const by = (textOf(options, 'by') ?? 'group') as StatusKey
    const rows = statusRows(devices, places, by, limits)
    const head = headOf(rows, silent, weak, limits.now)
    if (flagOf(options, 'devices')) {
      const found = conspicuous(devices, places, limits)
      return listed(found, head, devicesTable(found, limits.now))
    }
    return listed(rows, head, statusTable(rows))
  },
} satisfies Group

/** The devices that the filters of a command choose; all that the account can see without one. */
async function readDevices(finder: Finder, options: OptionValues): Promise<readonly Listed<'device'>[]> {
  const { owners, products, groups } = await chosenIds(finder, options)
  const types = options['dg-type'] === undefined ? undefined : listOf(options, 'dg-type').map(groupTypeOf)
  return collect(
    listKind(finder, 'device', {
      'owner.id': owners,
      'product.id': products,
      'devicegroup.id': groups,
      'devicegroup.type': types,
    }),
  )
}

/** All entities of a kind that this login sees, by id. */
export async function byId<K extends Kind>(finder: Finder, kind: K): Promise<ReadonlyMap<string, Listed<K>>> {
  const all = await collect(finder.list(kind))
  return new Map(all.map((one) => [one.id, one]))
}

function headOf(rows: readonly StatusRow[], silent: string, weak: string, now: number): string {
  const sum = (field: 'total' | 'online' | 'silent' | 'weak' | 'no_agent') =>
    rows.reduce((total, row) => total + row[field], 0)
  if (rows.length === 0) return 'No Devices are found.'
  return `${counted(sum('total'), 'device')}: ${sum('online')} online, ${sum('silent')} silent for ${silent} or more, ${sum('weak')} weak (below ${weak} dBm), ${sum('no_agent')} without a running agent. Read at ${new Date(now).toISOString()}; a lost device shows as online for up to ten minutes.`
}

function statusTable(rows: readonly StatusRow[]): PeopleTable {
  const named = (['product', 'group', 'type', 'imp', 'os'] as const).filter((key) =>
    rows.some((row) => row[key] !== undefined),
  )
  const counts = ['total', 'online', 'silent', 'weak', 'no_agent'] as const
  const builds = ['current', 'minimum'] as const
  return {
    columns: [
      ...named.map((title) => ({ title, keeps: title === 'group' || named.length === 1, shrinks: true })),
      ...counts.map((title) => ({ title: title.replace('_', ' '), keeps: true, shrinks: false })),
      { title: 'OS versions', keeps: false, shrinks: true },
      ...builds.map((title) => ({ title: `${title} build`, keeps: false, shrinks: false })),
    ],
    rows: rows.map((row) => [
      ...named.map(
        (key) =>
          cellText(key === 'os' ? osName(row.os ?? '') : row[key]) ||
          (key === 'group' || named.length === 1 ? '(none)' : ''),
      ),
      ...counts.map((key) => String(row[key])),
      Object.entries(row.os_versions ?? {})
        .map(([os, count]) => cellText(`${osName(os)}: ${count}`))
        .join(', '),
      ...builds.map((key) => cellText(row[key])),
    ]),
  }
}

/** `release-44.2` of the long text of an OS version, which is all that people compare. */
export function osName(text: string): string {
  return /\brelease-\d[\w.]*/.exec(text)?.[0] ?? text
}

function devicesTable(devices: readonly ConspicuousDevice[], now: number): PeopleTable {
  const column = (title: string, keeps = false) => ({ title, keeps, shrinks: false })
  return {
    columns: [
      column('name', true),
      column('id', true),
      column('state', true),
      column('since'),
      column('dBm'),
      column('group'),
      column('product'),
    ],
    rows: devices.map(({ name, id, silent, weak, since, rssi, group: inGroup, product }) => [
      cellText(name) || '(unnamed)',
      id,
      [...(silent ? ['silent'] : []), ...(weak ? ['weak'] : [])].join(', '),
      since === null ? '' : cellText(agoText(since, now)),
      cellText(rssi),
      cellText(inGroup),
      cellText(product),
    ]),
  }
}
