import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node'
import type { Diagnostic, InitializeResult, PublishDiagnosticsParams } from 'vscode-languageserver-protocol'
import { openEntityCache } from '../../src/entities/cache.ts'
import { serveLanguages } from '../../src/lsp/server.ts'
import { namesHere } from '../../src/session/names-here.ts'
import { PROGRAM } from '../stories/terminal.ts'

/** A server: the streams of its messages, its exit code once it has ended, and how it is ended. */
interface Server {
  readonly input: Writable
  readonly output: Readable
  readonly ended: Promise<number | null>
  end(): void
}

/** A protocol client with a folder of its own and a running server. */
interface Client {
  readonly folder: string
  readonly connection: MessageConnection
  readonly initialized: InitializeResult
  /** Messages of `window/showMessage`. */
  readonly shown: string[]
  /** Everything that was published, in order. */
  readonly published: PublishDiagnosticsParams[]
  uri(name: string): string
  /** Opens a text, by default under the language of its name. */
  open(name: string, text: string, languageId?: string): void
  /** Replaces the whole text. */
  replace(name: string, version: number, text: string): void
  /** What is published for a version of a text; 0 for a file that is not open. */
  diagnostics(name: string, version?: number): Promise<(Diagnostic & { message: string })[]>
  /** Waits until what was published fits. */
  hear(fits: () => boolean): Promise<unknown>
  /** What is published about a text after so many publications, the first that fits. */
  next(
    after: number,
    name: string,
    fits?: (found: readonly (Diagnostic & { message: string })[]) => boolean,
  ): Promise<(Diagnostic & { message: string })[]>
  /** Asks about a place in a text: `method` without `textDocument/`. */
  ask(method: string, name: string, line: number, character: number, more?: object): Promise<any>
  /** Shuts down as a client should; gives the exit code. */
  end(): Promise<number | null>
  /** The exit code, once the server has ended. */
  readonly ended: Promise<number | null>
}

/** `impt lsp --stdio` as an editor starts it. */
export function asProcess(folder: string): Server {
  const child = spawn(process.execPath, [PROGRAM, 'lsp', '--stdio'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder },
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text))
  child.stdin.on('error', () => undefined)
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { input: child.stdin, output: child.stdout, ended, end: () => child.kill('SIGKILL') }
}

/** The same server in this process, for somebody who has never logged in. */
function inProcess(folder: string): Server {
  const input = new PassThrough()
  const output = new PassThrough()
  const environment = { PATH: process.env['PATH'], HOME: folder }
  const ended = serveLanguages({
    input,
    output,
    signal: new AbortController().signal,
    version: '0.0.0',
    directory: folder,
    surroundings: {
      home: folder,
      environment: Object.keys(environment),
      namesHere: (kind) => namesHere(kind, folder, environment),
      names: () => Promise.resolve(openEntityCache(undefined)),
    },
    log: (line) => process.stderr.write(`${line}\n`),
    complain: () => undefined,
  })
  return { input, output, ended, end: () => input.end() }
}

/** Files of the workspace by name, then `initializationOptions`. The client ends with the test. */
export async function openClient(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
  options?: object,
  serve: (folder: string) => Server = inProcess,
): Promise<Client> {
  const folder = await mkdtemp(join(tmpdir(), 'impt-lsp-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const server = serve(folder)
  const { ended } = server
  t.after(async () => {
    server.end()
    await ended
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const connection = createMessageConnection(
    new StreamMessageReader(server.output),
    new StreamMessageWriter(server.input),
  )
  connection.onError(() => undefined)
  const shown: string[] = []
  const published: PublishDiagnosticsParams[] = []
  const hearers = new Set<() => void>()
  connection.onNotification(
    'window/showMessage',
    ({ message }: { message: string }) => void shown.push(message),
  )
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params)
    for (const hear of hearers) hear()
  })
  connection.listen()
  /** Waits until something that is looked for was published. */
  const hear = (find: () => PublishDiagnosticsParams | undefined) =>
    new Promise<(Diagnostic & { message: string })[]>((resolve, reject) => {
      const look = () => {
        const found = find()
        if (found === undefined) return
        hearers.delete(look)
        resolve(found.diagnostics as (Diagnostic & { message: string })[])
      }
      hearers.add(look)
      void ended.then((code) => reject(new Error(`the server ended with ${code}`)))
      look()
    })
  const uri = (name: string) => pathToFileURL(join(folder, name)).href
  const initialized: InitializeResult = await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: [{ uri: pathToFileURL(folder).href, name: 'test' }],
    capabilities: {},
    ...(options === undefined ? {} : { initializationOptions: options }),
  })
  await connection.sendNotification('initialized', {})

  return {
    folder,
    connection,
    initialized,
    shown,
    published,
    uri,
    ended,
    open(name, text, languageId = name.endsWith('.imptsh') ? 'imptsh' : 'squirrel') {
      void connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri: uri(name), languageId, version: 1, text },
      })
    },
    replace(name, version, text) {
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uri(name), version },
        contentChanges: [{ text }],
      })
    },
    diagnostics: (name, version = 1) =>
      hear(() => published.findLast((one) => one.uri === uri(name) && (one.version ?? 0) === version)),
    hear: (fits) => hear(() => (fits() ? published.at(-1) : undefined)),
    next: (after, name, fits = () => true) =>
      hear(() =>
        published
          .slice(after)
          .find(
            (one) => one.uri === uri(name) && fits(one.diagnostics as (Diagnostic & { message: string })[]),
          ),
      ),
    ask: (method, name, line, character, more = {}) =>
      connection.sendRequest(`textDocument/${method}`, {
        textDocument: { uri: uri(name) },
        position: { line, character },
        ...more,
      }),
    async end() {
      await connection.sendRequest('shutdown')
      await connection.sendNotification('exit')
      return ended
    },
  }
}

/** Opens a text in which a sign marks the place that is asked about. */
export function openMarked(client: Client, name: string, marked: string, sign: string) {
  const at = marked.indexOf(sign)
  const text = marked.slice(0, at) + marked.slice(at + 1)
  client.open(name, text)
  const before = marked.slice(0, at).split('\n')
  return { client, line: before.length - 1, character: before.at(-1)?.length ?? 0, text }
}

type Files = Readonly<Record<string, string>>

/** How a file of this name is asked about the place that a sign marks in its text. */
export function askingAbout(name: string, sign: string) {
  async function opened(t: TestContext, marked: string, files: Files = {}, options?: object) {
    return openMarked(await openClient(t, files, options), name, marked, sign)
  }
  async function asked(t: TestContext, method: string, marked: string, more?: object, files?: Files) {
    const { client, line, character } = await opened(t, marked, files)
    return { found: await client.ask(method, name, line, character, more) }
  }
  async function completions(t: TestContext, marked: string, files?: Files, options?: object) {
    const { client, line, character } = await opened(t, marked, files, options)
    return labels(await client.ask('completion', name, line, character))
  }
  return { opened, asked, completions }
}

/** What is offered. */
export const labels = (found: { items: { label: string }[] }): string[] =>
  found.items.map(({ label }) => label)

/** Places as `file:line:column`, both from 1. */
export function places(found: { uri: string; range: { start: { line: number; character: number } } }[]) {
  return found.map(
    ({ uri, range: { start } }) =>
      `${uri.slice(uri.lastIndexOf('/') + 1)}:${start.line + 1}:${start.character + 1}`,
  )
}
