// The parts of the files of a folder as they are read: each takes JSON with its places and notes what is wrong there.
import {
  BUILD_MODES,
  DEFAULT_SETTINGS,
  KINDS,
  type BuildMode,
  type DeviceNode,
  type FolderKind,
  type FolderSettings,
  type Hidden,
  type WebhookNode,
} from '../account.ts'
import { isSecretUrl } from '../secret-url.ts'
import type { CsvTable } from './csv.ts'
import type { Hint, Hints } from './hints.ts'
import type { Json } from './json.ts'
import { FORMAT, secretWebhooks } from './layout.ts'
import type { Problem } from './problems.ts'

const EVENTS = ['blessing', 'blinkup', 'deployment']
const CONTENT_TYPES = ['application/json', 'application/x-www-form-urlencoded']

/** The variables of a group; `own` is its part of secrets.json. */
export function envOf(
  json: Json,
  own: Json | undefined,
  isPublic: (name: string) => boolean,
): Record<string, Hidden<string | number>> {
  const env = new Map<string, Hidden<string | number>>()
  const values = own?.object('env')
  for (const [name, item] of json.object('env')?.members() ?? []) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      item.wrong(`"${name}" is no name of a variable: letters, digits and "_", no digit first`)
    const marked = isMarked(item.value)
    const value = marked ? values?.raw(name) : item.value
    // A value that a person wrote down plainly is one to hide all the same, unless it is public.
    const secret = marked || !isPublic(name)
    if (typeof value === 'string' || Number.isFinite(value))
      env.set(name, { value: value as string | number, secret })
    else if (marked && value === undefined) env.set(name, { value: undefined, secret })
    else item.wrong(`the value of "${name}" must be a text, a number or {"secret": true}`)
  }
  return Object.fromEntries(env)
}

/** The webhooks of a group; `own` is its part of secrets.json. */
export function webhooksOf(json: Json, own: Json | undefined): readonly WebhookNode[] {
  const read = (json.list('webhooks') ?? []).flatMap((item) => {
    if (!item.isObject()) return []
    item.only('event', 'url', 'content_type')
    const event = item.required('event')
    if (event !== '' && !EVENTS.includes(event)) item.wrong(`"${event}" is no event`, 'event')
    const contentType = item.text('content_type') ?? 'application/json'
    if (!CONTENT_TYPES.includes(contentType))
      item.wrong(`"${contentType}" is no content type`, 'content_type')
    const marked = isMarked(item.raw('url'))
    const text = marked ? undefined : item.required('url')
    const secret = marked || isSecretUrl(text ?? '')
    return [{ event, url: { value: text, secret }, contentType, marked, ...notesOf(item) }]
  })
  const values = own?.object('webhooks')
  const known = new Map(
    secretWebhooks(read.filter(({ marked }) => marked)).map(({ key, url }) => [url, values?.text(key)]),
  )
  return read.map(({ marked, ...one }) =>
    marked ? { ...one, url: { secret: true, value: known.get(one.url) } } : one,
  )
}

/** What account.json says. */
export function settingsOf(json: Json | undefined): FolderSettings {
  if (json === undefined) return DEFAULT_SETTINGS
  const format = json.raw('format')
  if (format === undefined) json.wrong('"format" is missing')
  else if (typeof format !== 'number') json.wrong('"format" must be a number', 'format')
  else if (format > FORMAT)
    json.wrong(`format ${format} needs a newer impt; this one reads up to format ${FORMAT}`, 'format')
  json.only('format', 'builds', 'public', 'without')
  const builds = json.text('builds') ?? DEFAULT_SETTINGS.builds
  if (!BUILD_MODES.includes(builds as BuildMode)) json.wrong(`"${builds}" is not known`, 'builds')
  const without = textsOf(json, 'without')
  for (const kind of without)
    if (!KINDS.includes(kind as FolderKind)) json.wrong(`"${kind}" is not known`, 'without')
  return {
    builds: builds as BuildMode,
    public: textsOf(json, 'public'),
    without: without as readonly FolderKind[],
    ...notesOf(json),
  }
}

/** Hints only help to find entities again: what is broken in them is left out. */
export function hintsOf(json: Json | undefined): Hints | undefined {
  const account = json?.object('account')
  if (json === undefined || account === undefined) return undefined
  const { id, username, host } = account.value as Record<string, unknown>
  if (typeof id !== 'string' || typeof username !== 'string' || typeof host !== 'string') return undefined
  const entities = new Map<string, Hint>()
  for (const [path, item] of json.object('entities')?.members() ?? []) {
    const value = item.value as Hint | null
    if (typeof value === 'object' && typeof value?.id === 'string') entities.set(path, value)
  }
  return {
    account: { id, username, host },
    entities: Object.fromEntries(entities),
    unread: textsOf(json, 'unread'),
  }
}

/** The tags of a build. */
export function readTags(json: Json): readonly string[] {
  const tags = textsOf(json, 'tags')
  for (const tag of tags)
    if (!/^[\w\-*.]+$/.test(tag))
      json.wrong(`"${tag}" is no tag: letters, digits and "_", "-", "*", "." only`, 'tags')
  return tags
}

function textsOf(json: Json, name: string): readonly string[] {
  return (json.list(name) ?? []).flatMap((item) => {
    if (typeof item.value === 'string') return [item.value]
    item.wrong(`"${name}" holds texts only`)
    return []
  })
}

/** The reader's own remarks of an object. */
export function notesOf(json: Json): { notes?: unknown } {
  return json.has('notes') ? { notes: json.raw('notes') } : {}
}

/** Whether `{"secret": true}` stands in the place of a value. */
function isMarked(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { secret?: unknown }).secret === true
}

/** The rows of devices.csv. */
export function devicesOf(table: CsvTable, problems: Problem[]): readonly DeviceNode[] {
  const ids = new Map<string, number>()
  return table.rows.map(({ line, cells }) => {
    const { id = '', mac = '', name = '', product = '', group = '', imp = '', agent = '' } = cells
    if (id === '' || ids.has(id))
      problems.push({
        path: 'devices.csv',
        line,
        column: 1,
        text:
          id === '' ? 'the id is missing' : `the device ${id} is there twice, first in line ${ids.get(id)}`,
      })
    ids.set(id, line)
    return { id, mac, name, product, group, imp, agent }
  })
}
