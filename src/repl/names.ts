import { closest } from '../commands/closest.ts'
import { entityFolder, openEntityCache, type EntityCache } from '../entities/cache.ts'
import { nameOf, type CachedEntity, type SeenResource } from '../entities/cached.ts'
import type { Memory } from '../entities/finder.ts'
import { KINDS, kindNamed, type Kind } from '../entities/kinds.ts'
import type { Invocation } from '../commands/row.ts'
import type { Client } from '../impcentral/client.ts'
import { ageText } from '../output/age.ts'
import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { endpointOf } from '../session/execution-context.ts'
import { recallAccount, rememberAccount, type KnownAccount } from '../session/known-accounts.ts'
import type { Session } from '../session/session.ts'
import { keepSeen, seenList } from './seen-results.ts'

/** Entities read of a kind for completion (repl.md 3.7 rule 7). */
const MOST_LISTED = 10_000

/** Who is logged in where, and what is known of the entities there. Never an answer of a command. */
export interface Names {
  readonly memory: Memory
  readonly cache: EntityCache
  /** Undefined while nobody is logged in or it is not known yet. */
  readonly account: KnownAccount | undefined
  readonly isLoggedIn: boolean
  readonly endpoint: string | undefined
  /** The name of an entity, as far as it is known. */
  readonly nameOf: (kind: Kind, id: string) => string | undefined
  /** When a login that nothing renews ends, in ms since 1970. */
  readonly endsAt: number | undefined
  /** Finds out who is logged in for a directory, without the network. True if it is another account or endpoint than before. */
  readonly enter: (directory: string) => Promise<boolean>
  /** Asks the server who is logged in if that is not known, and reads products and groups, at low priority. Never rejects. */
  readonly prefetch: () => Promise<void>
  /** Reads all names of a kind, unless they are fresh or `force` is set; one reading at a time. */
  readonly refresh: (kind: Kind, force?: boolean) => Promise<void>
  /** Feeds the cache with a result and gives it back, to be shown. */
  readonly seen: (invocation: Invocation, result: Result) => Result
  /** What the cache knows about an entity that was not found; undefined if nothing. */
  readonly explain: (failure: { readonly message: string }) => Promise<string | undefined>
  /** Writes what is to be kept. */
  readonly save: () => Promise<void>
}

interface NamesOptions {
  readonly session: Session
  /** Whether names may be kept on disk. */
  readonly onDisk: () => boolean
  /** Something has become known. */
  readonly changed: () => void
  readonly signal: AbortSignal
  readonly now?: () => number
}

export function createNames({ session, onDisk, changed, signal, now = Date.now }: NamesOptions): Names {
  const caches = new Map<string, EntityCache>()
  const running = new Map<string, Promise<void>>()
  let nobody = openEntityCache(undefined, now)
  let directory = ''
  const asked = new Map<string, CachedEntity>()
  let place: { endpoint: string; key: string; endsAt?: number; account?: KnownAccount } | undefined

  function cache(): EntityCache {
    if (place?.account === undefined) return nobody
    const key = `${place.endpoint} ${place.account.id}`
    const known =
      caches.get(key) ??
      openEntityCache(
        onDisk() ? entityFolder(session.folders.cache, place.endpoint, place.account.id) : undefined,
        now,
      )
    caches.set(key, known)
    return known
  }

  async function find(): Promise<typeof place> {
    if (session.sandbox) return { endpoint: session.sandbox.endpoint, key: 'sandbox' }
    try {
      const context = await session.context(directory)
      const endpoint = endpointOf(context)
      const renews =
        context.kind !== 'file' ||
        context.auth.refreshToken !== undefined ||
        context.auth.loginKey !== undefined
      const key =
        context.kind === 'file'
          ? `${context.file.path} ${context.auth.accessToken}`
          : JSON.stringify(context.credential)
      const isKnown = place?.key === key && place.endpoint === endpoint && place.account !== undefined
      const account = isKnown
        ? place?.account
        : await recallAccount(session.folders.cache, context).catch(() => undefined)
      const endsAt = renews || context.kind !== 'file' ? {} : { endsAt: Date.parse(context.auth.expiresAt) }
      return { endpoint, key, ...endsAt, ...(account === undefined ? {} : { account }) }
    } catch (error) {
      if (error instanceof ImptError) return undefined
      throw error
    }
  }

  const client = (): Promise<Client> =>
    session.client(directory, {
      signal,
      askSecret: () => Promise.reject(new ImptError('NO_TTY', 'Nothing is asked in the background')),
    })

  async function learnAccount(): Promise<void> {
    const at = place
    if (at === undefined || at.account !== undefined) return
    const me = await (await client()).accounts.get('me')
    const { username } = me.attributes
    const account = { id: me.id, username: typeof username === 'string' ? username : me.id }
    if (place !== at) return
    place = { ...at, account }
    nobody = openEntityCache(undefined, now)
    changed()
    if (!session.sandbox)
      await rememberAccount(session.folders.cache, await session.context(directory), account).catch(
        () => undefined,
      )
  }

  async function read(kind: Kind, force: boolean): Promise<void> {
    await learnAccount()
    const into = cache()
    await into.load(kind)
    changed()
    if (!force && into.isFresh(kind)) return
    const startedAt = now()
    let count = 0
    let batch: SeenResource[] = []
    for await (const resource of (await client())[KINDS[kind].api].list({}, { priority: 'low' })) {
      batch.push(resource)
      if (++count >= MOST_LISTED) break
      if (batch.length < 500) continue
      into.remember(kind, batch)
      batch = []
    }
    into.remember(kind, batch)
    if (count < MOST_LISTED) into.listed(kind, startedAt)
    changed()
    await into.save()
  }

  const names: Names = {
    get cache() {
      return cache()
    },
    get account() {
      return place?.account
    },
    get isLoggedIn() {
      return place !== undefined
    },
    get endpoint() {
      return place?.endpoint
    },
    nameOf(kind, id) {
      if (kind === 'account' && id === place?.account?.id) return place.account.username
      const entity = cache().get(kind, id)
      return entity && nameOf(kind, entity)
    },
    get endsAt() {
      return place?.endsAt
    },
    memory: {
      idsFor(kind, text) {
        const ids = cache().idsFor(kind, text)
        // What the answers are about to change in the cache is what an explanation needs.
        const known = ids.length === 1 ? cache().get(kind, ids[0] ?? '') : undefined
        if (known !== undefined) asked.set(`${kind} ${text}`, known)
        return ids
      },
      remember: (kind, resources) => cache().remember(kind, resources),
    },
    async enter(next) {
      directory = next
      const before = place
      const found = await find()
      const isSame = before?.key === found?.key && before?.endpoint === found?.endpoint
      place =
        isSame && before?.account !== undefined && found !== undefined
          ? { ...found, account: before.account }
          : found
      return (
        !isSame &&
        !(
          before?.account !== undefined &&
          before.account.id === found?.account?.id &&
          before.endpoint === found.endpoint
        )
      )
    },
    async prefetch() {
      if (place === undefined) return
      await Promise.all([names.refresh('product'), names.refresh('dg')]).catch(() => undefined)
    },
    refresh(kind, force = false) {
      const key = `${place?.key} ${kind}`
      const before = running.get(key)
      if (before && !force) return before
      // What is being read now may have begun before the change that the user wants to see.
      const task = (before ?? Promise.resolve()).catch(() => undefined).then(() => read(kind, force))
      const known = task.finally(() => {
        if (running.get(key) === known) running.delete(key)
      })
      running.set(key, known)
      return known
    },
    seen(invocation, result) {
      const { command } = invocation
      if (command.drops) cache().drop(command.drops)
      const isGone = command.name === 'delete'
      switch (result.kind) {
        case 'entity':
          keepSeen(cache(), [result.entity], isGone)
          return result
        case 'done':
          if (result.touched) keepSeen(cache(), [result.touched].flat(), isGone)
          return result
        case 'entities':
          return { ...result, items: seenList(cache(), result.items, isGone) }
        default:
          return result
      }
    },
    async explain(failure) {
      const [, title, text] =
        /^(Product|Device Group|Device|Deployment) "(.*)" is not found\.?$/s.exec(failure.message) ?? []
      const kind = title === undefined ? undefined : kindNamed(title)
      const known = asked.get(`${kind} ${text}`)
      asked.clear()
      if (kind === undefined || text === undefined) return undefined
      if (known === undefined) {
        const near = closest(
          text,
          cache()
            .search(kind, '')
            .map((entity) => nameOf(kind, entity)),
        )
        return near && `did you mean "${near}"?`
      }
      const { id } = known
      const current = await (await client())[KINDS[kind].api].get(id).catch(() => undefined)
      if (current) {
        cache().remember(kind, [current])
        const entity = cache().get(kind, id)
        return entity && `${title} "${text}" is now called "${nameOf(kind, entity)}"`
      }
      cache().forget(kind, id)
      names.refresh(kind, true).catch(() => undefined)
      return `it was listed ${ageText(now() - known.seenAt)} ago and is gone now; names are read again`
    },
    save: () => cache().save(),
  }
  return names
}
