/** Lists: filters, pages and their links (impcentral-api.md 2.4). */
import { can, ownersFor, type Action } from './access.ts'
import { invalid } from './errors.ts'
import type { Account, Row } from './model.ts'
import type { Store } from './store.ts'
import type { Table } from './table.ts'

type Page = { number: number; size: number }

type ListLinks = { self: string; first: string; prev?: string; next?: string; last?: string }

/** Reads `page[number]` (default 1) and `page[size]` (default 20, at least 1; over 100 is taken as 100: more-facts.md 4). Throws 400. */
function readPage(query: URLSearchParams): Page {
  const read = (name: string, fallback: number) => {
    const text = query.get(name)
    if (text === null) return fallback
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
    if (value < 1) throw invalid('Invalid Page', `${name} must be a number from 1 to 999999999.`)
    return value
  }
  return { number: read('page[number]', 1), size: Math.min(read('page[size]', 20), 100) }
}

/** Reads the filters that the resource knows; throws 400 for another one. */
export function readFilters<Name extends string>(
  query: URLSearchParams,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const filters: Partial<Record<Name, string>> = {}
  for (const [key, value] of query) {
    const name = /^filter\[(.*)\]$/.exec(key)?.[1]
    if (name === undefined) continue
    if (!known.includes(name as Name)) throw invalid('Invalid Filter', `There is no filter "${name}" here.`)
    filters[name as Name] = value
  }
  return filters
}

/** One page of the rows as `{data, links}`; `url` is the absolute URL of the list without a query. */
export function pageOf<T>(
  rows: readonly T[],
  query: URLSearchParams,
  url: string,
  lastLink: boolean,
  show: (row: T) => unknown,
): { data: unknown[]; links: ListLinks } {
  const page = readPage(query)
  const start = (page.number - 1) * page.size
  const last = Math.max(1, Math.ceil(rows.length / page.size))
  const link = (number: number) => {
    const kept = [...query].filter(([key]) => key !== 'page[number]' && key !== 'page[size]')
    const all = [['page[number]', String(number)], ['page[size]', String(page.size)], ...kept]
    return `${url}?${all.map(([key = '', value = '']) => `${encode(key)}=${encode(value)}`).join('&')}`
  }
  return {
    data: rows.slice(start, start + page.size).map(show),
    links: {
      self: link(page.number),
      first: link(1),
      ...(page.number > 1 ? { prev: link(Math.min(page.number - 1, last)) } : {}),
      ...(page.number < last ? { next: link(page.number + 1) } : {}),
      ...(lastLink ? { last: link(last) } : {}),
    },
  }
}

type Filter = { index: string; key: string }
type Memo = { version: string; rows: readonly Row[] }

const memos = new WeakMap<Store, Map<string, Memo>>()

/**
 * Rows of the table that match all filters and that the account may see, oldest first. `action` gives what a row asks
 * of a role. `keep` filters further, under a name that tells its argument. Costs one look-up for one owner or one
 * filter; a combination is searched once and remembered until the table changes.
 */
export function select<T extends Row & { owner: string }>(
  store: Store,
  name: string,
  table: Table<T>,
  account: Account,
  filters: Filter[],
  action: (row: T) => Action,
  keep?: { name: string; test: (row: T) => boolean },
): readonly T[] {
  const owners = ownersFor(store, account)
  if (!keep && owners.length === 1 && filters.every((filter) => filter.index === 'owner')) {
    if (filters.some((filter) => filter.key !== account.id)) return []
    return table.where('owner', account.id)
  }
  const memo = memos.get(store) ?? new Map<string, Memo>()
  memos.set(store, memo)
  const key = JSON.stringify([name, account.id, filters, keep?.name])
  const version = `${table.version} ${store.collaborations.version}`
  const known = memo.get(key)
  if (known?.version === version) return known.rows as readonly T[]

  const lists = filters
    .map((filter) => table.where(filter.index, filter.key))
    .sort((a, b) => a.length - b.length)
  const members = lists.slice(1).map((list) => new Set(list))
  const candidates = lists[0] ?? merge(owners.map((owner) => table.where('owner', owner)))
  const rows = candidates.filter(
    (row) =>
      members.every((list) => list.has(row)) &&
      (keep?.test(row) ?? true) &&
      can(store, account, row.owner, action(row)),
  )
  if (memo.size >= 64) memo.delete(memo.keys().next().value ?? '')
  memo.set(key, { version, rows })
  return rows
}

function merge<T extends Row>(lists: (readonly T[])[]): readonly T[] {
  const filled = lists.filter((list) => list.length > 0)
  return filled.length === 1 ? filled[0]! : filled.flat().sort((a, b) => a.seq - b.seq)
}

/** Percent-encodes, keeping the brackets that the API itself writes. */
const encode = (text: string) => encodeURIComponent(text).replaceAll('%5B', '[').replaceAll('%5D', ']')
