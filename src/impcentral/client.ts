// The room `impcentral`: the client of the impCentral API v5, over ofetch with a `fetch` of its own.
// Enters: an endpoint, a store of tokens, the shapes that answers are checked against, and calls by resource.
// Leaves: resources as the server sent them, streams of log entries, errors that say what to do next. The announced rate is kept here.
// Not known here: names that people type, files of a project, how anything is shown.
import { createApi, type Api } from './api.ts'
import { isLocal } from './endpoint.ts'
import { streamLogs, type LogStreamEvent } from './logstream.ts'
import { type Libraries, resources, type Resources } from './resources.ts'
import type { Shapes } from './shape.ts'
import { authorizedSender, type TokenStore } from './tokens.ts'
import { createTransport, type TransportOptions } from './transport.ts'

export interface ClientOptions extends TransportOptions {
  /** Where the tokens of the login are (session's auth files, or `memoryTokenStore`). */
  readonly tokens: TokenStore
  /** What the resources of each collection look like: every answer is checked against it. */
  readonly shapes: Shapes
  /** Folders in which `#require` of code that is deployed looks first; asked for where a sandbox of this machine is deployed to. */
  readonly libraries?: Libraries
}

/** The cloud behind one door: typed resources and typed errors. */
export interface Client extends Resources {
  /** Base URL without a trailing slash. */
  readonly endpoint: string
  /** Streams the logs of devices by their ids; survives lost connections (log.md 2). */
  logStream(
    deviceIds: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<LogStreamEvent, void, undefined>
  /** For calls that have no method of their own. */
  readonly api: Api
}

/** A client for one endpoint and one login. Opens nothing until the first call. Throws USAGE for an endpoint that is not a URL. */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options)
  const sender = authorizedSender(transport, options.tokens)
  const api = createApi(sender)
  // Only a sandbox of this machine can read folders of it.
  const libraries = isLocal(transport.endpoint) ? options.libraries : undefined
  const calls = resources(api, options.shapes, libraries)
  return {
    endpoint: transport.endpoint,
    api,
    ...calls,
    logStream: (deviceIds, signal) =>
      streamLogs({ transport, sender, api, devices: calls.devices }, deviceIds, signal),
  }
}
