import { groupTypeName, groupTypeNamed } from '../../entities/kinds.ts'
import {
  byCodePoint,
  type AccountTree,
  type BuildNode,
  type DeviceNode,
  type FolderSettings,
  type GroupNode,
  type Hidden,
  type ProductNode,
  type WebhookNode,
} from '../account.ts'
import { sha256 } from '../code.ts'
import { writeCsv } from './csv.ts'
import type { Hints } from './hints.ts'
import { hintsPath } from './hints.ts'

export const FORMAT = 1
const DEVICE_COLUMNS = ['id', 'mac', 'name', 'product', 'group', 'imp', 'agent'] as const

/** What a file of the folder holds: a text, or one program of a build, which may be large and is not held in memory. */
export type Content =
  | { readonly text: string; readonly sha: string; readonly secret?: true }
  | { readonly program: string; readonly sha: string }

/** All files of the folder by their paths with `/`. */
export type Files = ReadonlyMap<string, Content>

/** Lays an account out as files. Pure: the same account gives the same bytes, wherever and whenever. */
export function filesOf(tree: AccountTree, settings: FolderSettings, hints: Hints): Files {
  const files = new Map<string, Content>()
  const secrets: Record<string, unknown> = {}
  const put = (path: string, text: string, secret?: true) =>
    files.set(path, { text, sha: sha256(text), ...(secret && { secret }) })
  put(
    'account.json',
    json({
      format: FORMAT,
      builds: settings.builds,
      public: sorted(settings.public),
      without: [...settings.without],
      notes: settings.notes,
    }),
  )
  for (const product of tree.products) {
    put(`${product.path}/product.json`, productJson(product))
    for (const group of product.groups) {
      const found = secretsOf(group)
      if (found !== undefined) secrets[group.path] = found
      put(`${group.path}/group.json`, groupJson(group))
      if (group.builds !== undefined) putBuilds(files, put, group, group.builds)
    }
  }
  if (tree.devices !== undefined) put('devices.csv', devicesCsv(tree.devices))
  if (tree.loginKeys !== undefined)
    put(
      'loginkeys.csv',
      writeCsv(
        ['description'],
        sorted(tree.loginKeys).map((one) => [one]),
      ),
    )
  if (Object.keys(secrets).length > 0) put('secrets.json', json(ordered(secrets)), true)
  put(hintsPath(hints.account), json(hintsJson(hints)))
  return files
}

/** Two spaces, one line end at the end; what is undefined, null or empty is left out. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (isEmpty(item) ? undefined : item), 2)}\n`
}

/** The folder of code that is not current, within its group, by so many digits of its digest. */
export const codeFolder = (digest: string, digits = 12) => `builds/${digest.slice(0, digits)}`

/** Where the code of a build lies, as `builds.json` says it: `.`, or a folder of 12 digits of its digest, more where that is not clear. */
export function codePaths(builds: readonly BuildNode[]): readonly string[] {
  const others = new Set(builds.filter(({ current }) => !current).map(({ code }) => code.digest))
  return builds.map(({ code, current }) => {
    if (current) return '.'
    let digits = 12
    while ([...others].some((one) => one !== code.digest && one.startsWith(code.digest.slice(0, digits))))
      digits += 4
    return codeFolder(code.digest, digits)
  })
}

/** The webhooks of a group in the order of the file: the same for folder and cloud. */
function sortedWebhooks(webhooks: readonly WebhookNode[]): readonly WebhookNode[] {
  return webhooks.toSorted(
    (a, b) =>
      byCodePoint(a.event, b.event) ||
      byCodePoint(a.url.value ?? '', b.url.value ?? '') ||
      byCodePoint(a.contentType, b.contentType),
  )
}

function productJson({ name, description, notes }: ProductNode): string {
  return json({ name, description, notes })
}

function groupJson(group: GroupNode): string {
  const { production, dut } = group.targets
  return json({
    name: group.name,
    // A type to come has no short name yet.
    type: groupTypeNamed(groupTypeName(group.type)) === undefined ? group.type : groupTypeName(group.type),
    description: group.description,
    region: group.region,
    load_code_after_blessing: group.loadCode,
    targets: production === undefined && dut === undefined ? undefined : { production, dut },
    env: group.env && ordered(mapped(group.env, shown)),
    webhooks:
      group.webhooks &&
      sortedWebhooks(group.webhooks).map(({ event, url, contentType, notes }) => ({
        event,
        url: shown(url),
        content_type: contentType,
        notes,
      })),
    notes: group.notes,
  })
}

function putBuilds(
  files: Map<string, Content>,
  put: (path: string, text: string) => void,
  group: GroupNode,
  builds: readonly BuildNode[],
): void {
  const paths = codePaths(builds)
  const rows = builds.map(({ description, origin, tags, flagged, minimum, current, notes }, i) => ({
    code: paths[i],
    description,
    origin,
    tags,
    flagged: flagged || undefined,
    minimum: minimum || undefined,
    current: current || undefined,
    notes,
  }))
  put(`${group.path}/builds.json`, rows.length === 0 ? '[]\n' : json(rows))
  builds.forEach(({ code }, i) => {
    const folder = paths[i] === '.' ? group.path : `${group.path}/${paths[i]}`
    files.set(`${folder}/device.nut`, { program: code.device, sha: code.device })
    files.set(`${folder}/agent.nut`, { program: code.agent, sha: code.agent })
  })
}

function devicesCsv(devices: readonly DeviceNode[]): string {
  const rows = devices.toSorted((a, b) => byCodePoint(a.id, b.id))
  return writeCsv(
    DEVICE_COLUMNS,
    rows.map((row) => DEVICE_COLUMNS.map((column) => row[column])),
  )
}

function secretsOf(group: GroupNode): unknown {
  const env = Object.fromEntries(
    Object.entries(group.env ?? {}).flatMap(([name, { secret, value }]) =>
      secret && value !== undefined ? [[name, value]] : [],
    ),
  )
  const webhooks: Record<string, string> = {}
  secretWebhooks(sortedWebhooks(group.webhooks ?? [])).forEach(({ key, url }) => {
    if (url.value !== undefined) webhooks[key] = url.value
  })
  if (Object.keys(env).length + Object.keys(webhooks).length === 0) return undefined
  return { env: ordered(env), webhooks }
}

/** Which secret URL is which: `blinkup 1` is the first secret one of that event, in the order of the file. */
export function secretWebhooks<T extends { readonly event: string; readonly url: Hidden<string> }>(
  webhooks: readonly T[],
): readonly (T & { readonly key: string })[] {
  const counts = new Map<string, number>()
  return webhooks.flatMap((webhook) => {
    if (!webhook.url.secret) return []
    const number = (counts.get(webhook.event) ?? 0) + 1
    counts.set(webhook.event, number)
    return [{ ...webhook, key: `${webhook.event} ${number}` }]
  })
}

function hintsJson({ account, entities, unread }: Hints): unknown {
  return { format: FORMAT, account, unread: sorted(unread), entities: ordered(entities) }
}

function shown<T>({ value, secret }: Hidden<T>): T | { secret: true } | undefined {
  return secret ? { secret: true } : value
}

function ordered<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => byCodePoint(a, b)))
}

function mapped<T, U>(record: Readonly<Record<string, T>>, change: (item: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, item]) => [name, change(item)]))
}

function sorted(texts: readonly string[]): readonly string[] {
  return texts.toSorted(byCodePoint)
}

// Texts that are empty mean something: a variable may be `""`.
function isEmpty(item: unknown): boolean {
  if (item === null) return true
  if (Array.isArray(item)) return item.length === 0
  return typeof item === 'object' && Object.keys(item).length === 0
}
