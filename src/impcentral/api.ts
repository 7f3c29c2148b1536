import { setMaxListeners } from 'node:events'
import { ImptError } from '../output/error.ts'
import { answerError, shapeError, type Answer } from './failure.ts'
import { inDoubt, isUnclear } from './doubt.ts'
import { cancelledError } from './networkfailure.ts'
import { urlOf } from './exchange.ts'
import type { Priority } from './limiter.ts'
import { redactIdsOf } from './redact.ts'
import type { AuthorizedSender } from './tokens.ts'
import { dataError, fitted, type Shape } from './shape.ts'
import type { LogEntry, Resource } from './types.ts'
import type { Request } from './transport.ts'
import { whenAborted } from '../program/aborted.ts'

/** What every call takes besides its own arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal
  /** `low` for what nobody waits for yet, such as prefetching for completion. */
  readonly priority?: Priority
  /** Longest time for one request, in ms. */
  readonly timeout?: number
}

/** A body with `data`: one resource, a list, or what else the call gives (impcentral-api.md 2.2). */
export interface Document {
  readonly data: unknown
  readonly links?: Readonly<Record<string, unknown>>
}

/** Calls of the API with tokens, parsed and checked. Paths must come from `pathOf`. */
export interface Api {
  /** Equal GETs that are under way at the same time share one request; the result must not be changed. */
  get(path: string, query?: Readonly<Record<string, string>>, options?: CallOptions): Promise<Document>
  /** Sends a change with `body` as it is; undefined when the answer has no body. */
  change(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<Document | undefined>
}

interface SharedGet {
  readonly promise: Promise<Document>
  readonly stop: AbortController
  users: number
  isDone: boolean
}

/** Why a request is given up that nobody waits for any more; a reason of its own spares a DOMException with its stack for each request. */
const UNWANTED = new Error('nobody waits for the answer')

export function createApi(sender: AuthorizedSender): Api {
  const underWay = new Map<string, SharedGet>()

  async function get(
    path: string,
    query: Readonly<Record<string, string>> = {},
    options: CallOptions = {},
  ): Promise<Document> {
    const { signal, ...rest } = options
    if (signal?.aborted) throw cancelledError(signal, signal.reason)
    const name = `${options.priority ?? 'normal'} ${urlOf('', path, query)}`
    const shared = underWay.get(name) ?? begin(name, { method: 'GET', path, query, ...rest })
    shared.users += 1
    try {
      return await untilAborted(shared.promise, signal)
    } finally {
      shared.users -= 1
      if (shared.users === 0) end(name, shared)
    }
  }

  function begin(name: string, request: Request): SharedGet {
    const stop = new AbortController()
    const promise = sender.send({ ...request, signal: stop.signal }).then((answer) => {
      const document = parse(answer, request.path)
      if (document === undefined) throw shapeError(answer, 'A JSON document')
      return document
    })
    const shared: SharedGet = { promise, stop, users: 0, isDone: false }
    const settle = (): void => {
      shared.isDone = true
    }
    promise.then(settle, settle)
    underWay.set(name, shared)
    return shared
  }

  function end(name: string, shared: SharedGet): void {
    if (underWay.get(name) === shared) underWay.delete(name)
    if (!shared.isDone) shared.stop.abort(UNWANTED)
  }

  async function change(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    options: CallOptions = {},
  ): Promise<Document | undefined> {
    let answer: Answer | undefined
    try {
      answer = await sender.send({
        method,
        path,
        ...(body !== undefined && { body }),
        ...(headers !== undefined && { headers }),
        ...options,
      })
      return parse(answer, path)
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      const isOpen = answer === undefined ? error.mayBeDone : isUnclear(answer) || answer.status < 300
      throw isOpen ? inDoubt(error, path) : error
    }
  }

  return { get, change }
}

/** The one resource that a document holds, fitted to its shape. Throws DATA otherwise. */
export function resourceOf(document: Document | undefined, shape: Shape): Resource {
  return fitted(document?.data, shape)
}

/** The same for the answer to a change of a path, which was carried out all the same when its answer is not understood. */
export function changedResource(document: Document | undefined, shape: Shape, path: string): Resource {
  try {
    return resourceOf(document, shape)
  } catch (error) {
    throw error instanceof ImptError ? inDoubt(error, path) : error
  }
}

/** Checks that the document holds a list of objects. Throws DATA otherwise. */
export function itemsOf(document: Document): readonly object[] {
  const { data } = document
  if (!Array.isArray(data) || !data.every(isObject)) throw dataError('a list')
  return data
}

/** The resources that a document holds, each fitted to its shape. Throws DATA otherwise. */
export function resourcesOf(document: Document, shape: Shape): readonly Resource[] {
  const items = itemsOf(document)
  for (const item of items) fitted(item, shape)
  return items as readonly Resource[]
}

/** The log entries that a document holds: time, type and message are texts in every one. Throws DATA otherwise. */
export function entriesOf(document: Document): readonly LogEntry[] {
  return (itemsOf(document) as readonly Record<string, unknown>[]).map((item) =>
    typeof item['ts'] === 'string' && typeof item['type'] === 'string' && typeof item['msg'] === 'string'
      ? (item as LogEntry)
      : { ...item, ts: textOf(item['ts']), type: textOf(item['type']), msg: textOf(item['msg']) },
  )
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function parse(answer: Answer, path: string): Document | undefined {
  if (answer.status < 200 || answer.status >= 300) {
    throw answerError({ ...answer, text: redactIdsOf(path, answer.text) })
  }
  if (answer.text.trim() === '') return undefined
  let body: unknown
  try {
    body = JSON.parse(answer.text)
  } catch {
    throw shapeError(answer, 'A JSON document')
  }
  if (!isObject(body) || !('data' in body)) throw shapeError(answer, 'A document with "data"')
  const links = 'links' in body && isObject(body.links) ? (body.links as Record<string, unknown>) : undefined
  return { data: body.data, ...(links !== undefined && { links }) }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelledError(signal, signal.reason))
    // One signal rightly stops many requests at once.
    setMaxListeners(0, signal)
    const deafen = whenAborted(signal, stop)
    promise.then(resolve, reject).finally(deafen)
  })
}
