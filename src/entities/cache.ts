import { createHash } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { normalizeEndpoint } from '../impcentral/endpoint.ts'
import { ImptError } from '../output/error.ts'
import { RELATIONS, cachedAgain, cachedFrom, type CachedEntity, type SeenResource } from './cached.ts'
import { KIND_NAMES, KINDS, type Kind } from './kinds.ts'
import { KEPT_MS, absorb, clear, emptyShelf, idsFor, keepListed, put, remove, search } from './shelf.ts'
import type { Shelf } from './shelf.ts'
import { readJsonFile, updateJsonFile } from '../session/json-file.ts'
import type { JsonFile, JsonObject } from '../session/json-file.ts'
import { ensureFolder } from '../session/paths.ts'

/** A list is fresh for this long after it was fetched; the online state of a device for less (repl.md 3.7 rule 5). */
const FRESH_MS = 60_000
const ONLINE_FRESH_MS = 10_000

/**
 * The names of one account at one endpoint: for completion, hints, "did you mean", and for which id to ask first. Never an answer of a command
 * (repl.md 3.7). All but `load` and `save` work in memory, at once.
 */
export interface EntityCache {
  /** Brings in what was kept on disk of a kind, once; without a folder, or with a damaged file, nothing. */
  load(kind: Kind): Promise<void>
  /** Writes what has changed, merged with what other sessions wrote. A cache that cannot be written is no error. */
  save(): Promise<void>
  /** Takes in resources of any answer of the server: of a list, a look-up, or our own write. */
  remember(kind: Kind, resources: readonly SeenResource[]): void
  /** Tells that all of a kind has been listed and remembered; what was not seen since `startedAt` is gone. */
  listed(kind: Kind, startedAt: number): void
  /** An entity is gone, and so are the relations to it. */
  forget(kind: Kind, id: string): void
  /** Nothing of these kinds is known any more. */
  drop(kinds: readonly Kind[]): void
  get(kind: Kind, id: string): CachedEntity | undefined
  /** The ids to ask first for a typed text; more than one means that the text is ambiguous. */
  idsFor(kind: Kind, text: string): readonly string[]
  /** All entities that match what was typed, best first; `''` gives all by name. */
  search(kind: Kind, typed: string): readonly CachedEntity[]
  /** Milliseconds since all of a kind was listed; undefined when it never was. */
  ageOf(kind: Kind): number | undefined
  /** Whether the list of a kind need not be fetched again yet. */
  isFresh(kind: Kind): boolean
  /** Whether a device is online; undefined when that was heard too long ago. */
  isOnline(device: CachedEntity): boolean | undefined
}

/** Opens a cache; `folder` is that of `entityFolder`, or undefined for memory only. `now` gives milliseconds since 1970. */
export function openEntityCache(folder: string | undefined, now: () => number = Date.now): EntityCache {
  const shelves = new Map(KIND_NAMES.map((kind) => [kind, emptyShelf(kind)]))
  const loading = new Map<Kind, Promise<void>>()
  const shelf = (kind: Kind) => shelves.get(kind)!
  const age = (kind: Kind) => {
    const { listedAt } = shelf(kind)
    return listedAt === undefined ? undefined : now() - listedAt
  }

  return {
    load(kind) {
      const known =
        loading.get(kind) ??
        (folder === undefined ? Promise.resolve() : loadShelf(shelf(kind), folder, now()))
      loading.set(kind, known)
      return known
    },
    async save() {
      if (folder === undefined) return
      const dirty = [...shelves.values()].filter((shelf) => shelf.dirty && KINDS[shelf.kind].cache.disk)
      await Promise.all(dirty.map((shelf) => saveShelf(shelf, folder, now())))
    },
    remember: (kind, resources) =>
      put(
        shelf(kind),
        resources.map((resource) => cachedFrom(kind, resource, now())),
      ),
    listed: (kind, startedAt) => keepListed(shelf(kind), startedAt),
    forget(kind, id) {
      remove(shelf(kind), id, now())
      for (const shelf of shelves.values()) unrelate(shelf, kind, id)
    },
    drop(kinds) {
      for (const kind of kinds) clear(shelf(kind), now())
    },
    get: (kind, id) => shelf(kind).entities.get(id),
    idsFor: (kind, text) => idsFor(shelf(kind), text),
    search: (kind, typed) => search(shelf(kind), typed),
    ageOf: age,
    isFresh: (kind) => (age(kind) ?? Infinity) < FRESH_MS,
    isOnline(device) {
      const online = device.attributes.device_online
      return now() - device.seenAt < ONLINE_FRESH_MS && typeof online === 'boolean' ? online : undefined
    },
  }
}

/** The folder of one account's names at one endpoint, within our cache folder. Its name tells neither. */
export function entityFolder(cacheFolder: string, endpoint: string, accountId: string): string {
  const key = createHash('sha256')
    .update(`${normalizeEndpoint(endpoint)}\n${accountId}`)
    .digest('hex')
  return join(cacheFolder, 'entities', key.slice(0, 32))
}

/** Deletes what is on disk (`config cache.disk off`). */
export async function deleteEntityFiles(cacheFolder: string): Promise<void> {
  await rm(join(cacheFolder, 'entities'), { recursive: true, force: true })
}

/** Deletes files that nobody has written for a week, of any account. */
export async function sweepEntityFiles(cacheFolder: string, now: number = Date.now()): Promise<void> {
  const root = join(cacheFolder, 'entities')
  const names = await readdir(root, { recursive: true }).catch(() => [])
  for (const name of names) {
    const status = await stat(join(root, name)).catch(() => undefined)
    if (status?.isFile() && now - status.mtimeMs > KEPT_MS) await rm(join(root, name), { force: true })
  }
}

/** Takes the relations to an entity of a kind that is gone out of a shelf. */
function unrelate(shelf: Shelf, kind: Kind, id: string): void {
  const { relations } = KINDS[shelf.kind]
  for (const relation of RELATIONS.filter((name) => relations[name]?.kind === kind)) {
    const touched = [...shelf.entities.values()].filter((entity) => entity.related[relation] === id)
    if (touched.length === 0) continue
    put(
      shelf,
      touched.map((entity) => ({
        ...entity,
        related: Object.fromEntries(Object.entries(entity.related).filter(([name]) => name !== relation)),
      })),
    )
  }
}

async function loadShelf(shelf: Shelf, folder: string, now: number): Promise<void> {
  const wasDirty = shelf.dirty
  const content = await readJsonFile(fileOf(shelf.kind, folder)).catch(notError)
  if (content !== undefined) absorbFile(shelf, content, now)
  shelf.dirty = wasDirty
}

async function saveShelf(shelf: Shelf, folder: string, now: number): Promise<void> {
  try {
    await ensureFolder(folder)
    await updateJsonFile(fileOf(shelf.kind, folder), (content) => {
      if (content !== undefined) absorbFile(shelf, content, now)
      shelf.dirty = false
      return { listedAt: shelf.listedAt, entities: [...shelf.entities.values()] }
    })
  } catch (error) {
    shelf.dirty = true
    notError(error)
  }
}

function absorbFile(shelf: Shelf, content: JsonObject, now: number): void {
  const { listedAt, entities } = content
  const isTime = (time: unknown) => typeof time === 'number' && time <= now && time > now - KEPT_MS
  const known: CachedEntity[] = []
  for (const item of Array.isArray(entities) ? (entities as readonly unknown[]) : []) {
    const entity = cachedAgain(shelf.kind, item)
    if (entity !== undefined && isTime(entity.seenAt)) known.push(entity)
  }
  absorb(shelf, known, isTime(listedAt) ? Number(listedAt) : undefined)
}

function fileOf(kind: Kind, folder: string): JsonFile {
  return { title: 'Name cache', path: join(folder, `${kind}.json`), form: 'cache' }
}

function notError(error: unknown): undefined {
  if (error instanceof ImptError) return undefined
  throw error
}
