import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { createInterrupts, type Interrupts } from '../../commands/interrupts.ts'
import { portFault } from '../../commands/port.ts'
import type { Invocation } from '../../commands/row.ts'
import type { Memory } from '../../entities/finder.ts'
import { canceled, exitOf, ImptError, INTERRUPTED, TERMINATED } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import {
  createTerminal,
  derived,
  type OpenTerminal,
  type Question,
  type Terminal,
} from '../../output/terminal.ts'
import type { Writer } from '../../output/writer.ts'
import { aborted } from '../../program/aborted.ts'
import type { Session } from '../../session/session.ts'
import { readSettings, settingsFile } from '../../session/settings.ts'
import { withSharedLogs } from '../jobs/shared-logs.ts'
import { createNames, type Names } from '../names.ts'
import {
  decode,
  isRequest,
  LONGEST_MESSAGE,
  VERSION_HEADER,
  type Event,
  type Reply,
  type Request,
} from './protocol.ts'
import { createRemoteTerminal } from './remote-terminal.ts'
import { admitted, answerTo, PROOF_HEADER } from './proof.ts'
import { contextKey, removeInvitation, writeInvitation } from './token-file.ts'
import { whenAborted } from '../../program/aborted.ts'

/** Where a command of another process runs and where its output goes. */
export interface RemoteSurface {
  readonly session: Session
  readonly directory: string
  /** The environment of the client: `IMPT_*`, `HOME`, `TERM` and their like. */
  readonly env: Readonly<Record<string, string>>
  /** The client's terminal. */
  readonly terminal: Terminal
  readonly signal: AbortSignal
  /** What Ctrl-C at the client means. */
  readonly interrupts: Interrupts
  readonly memory: Memory
  readonly seen: (invocation: Invocation, result: Result) => Result
}

interface RemotePrompt {
  readonly session: Session
  readonly terminal: OpenTerminal
  readonly directory: string
  readonly stop: AbortSignal
}

interface ServeOptions {
  readonly session: Session
  readonly version: string
  readonly port?: number
  readonly directory: string
  readonly stop: AbortSignal
  /** The folder of the built-in impCentral, with `--sandbox`. */
  readonly sandbox?: string
  readonly tell: (text: string) => void
  /** Runs one command line as the one-shot does; gives its exit code. */
  readonly run: (argv: readonly string[], surface: RemoteSurface) => Promise<number>
  /** A prompt on these streams. */
  readonly repl: (prompt: RemotePrompt) => Promise<number>
}

/** What people are told when a session opens and when they join one. */
const SHARED =
  'Shared are the login and the log stream. Each command and each prompt has its own directory, variables, functions, jobs and answers, and its own "use".'

/** What all connections share. */
interface Service {
  readonly options: ServeOptions
  readonly session: Session
  readonly key: string
  readonly names: Names
}

/**
 * `impt serve`: keeps one session open until `stop` and lets other processes of the same user use it over a WebSocket on 127.0.0.1. Throws AUTH
 * where nobody is logged in, CONFLICT where the context is served already, FILE. Gives the exit code.
 */
export async function serve(options: ServeOptions): Promise<number> {
  const { version, directory, stop, sandbox, tell } = options
  const { env } = options.session
  const key = await contextKey(env, directory, sandbox)
  const session = withSharedLogs(options.session, (text) => tell(`${text}\n`))
  const { settings } = await readSettings(settingsFile(session.folders.config))
  const names = createNames({
    session,
    onDisk: () => settings['cache.disk'],
    changed: () => undefined,
    signal: stop,
  })
  await names.enter(directory)
  const service: Service = { options, session, key, names }

  const token = randomBytes(32).toString('hex')
  const { WebSocketServer } = await import('ws')
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  })
  const server = createServer((_request, response) => response.writeHead(426, { connection: 'close' }).end())
  server.on('upgrade', (request, socket, head) => {
    const refusal = refusalOf(request, token, version)
    if (refusal) return refuse(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (connection) => welcome(service, connection))
  })
  sockets.on('headers', (headers, request) => {
    headers.push(`${PROOF_HEADER}: ${answerTo(admitted(request.headers, token) ?? '', token)}`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  }).catch((error: unknown) => {
    throw portFault(error, options.port ?? 0) ?? error
  })
  const { port } = server.address() as AddressInfo
  try {
    await writeInvitation(env, key, { port, token, pid: process.pid, version })
    tell(
      `The session is open (127.0.0.1:${port}). Commands of this context use it; "impt attach" opens a prompt on it. Ctrl-C ends it.\n${SHARED}\n`,
    )
    void names.prefetch()
    await aborted(stop)
    // Ctrl-C is how a server is meant to end.
    return exitOf(stop.reason, 0) === TERMINATED ? TERMINATED : 0
  } finally {
    await removeInvitation(env, key, token)
    for (const connection of sockets.clients) connection.terminate()
    server.close()
    await names.save()
  }
}

/** Only local programs of the same user and version get in; a browser, which sends where it comes from, never. */
function refusalOf({ headers }: IncomingMessage, token: string, version: string): string | undefined {
  if (headers.origin !== undefined || admitted(headers, token) === undefined) return '401 Unauthorized'
  return headers[VERSION_HEADER] === version ? undefined : '409 Conflict'
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined)
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function welcome(service: Service, socket: WebSocket): void {
  const send = (event: Event): Promise<void> =>
    new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve()
      socket.send(JSON.stringify(event), () => resolve())
    })
  socket.on('error', () => undefined)
  socket.once('message', (data) => {
    const request = decode(data) as Request | undefined
    const work = isRequest(request)
      ? request.kind === 'run'
        ? runFor(service, socket, request, send)
        : attachFor(service, socket, request, send)
      : Promise.resolve()
    work.then(
      () => socket.close(),
      () => socket.terminate(),
    )
  })
}

async function runFor(
  service: Service,
  socket: WebSocket,
  request: Request & { kind: 'run' },
  send: (event: Event) => Promise<void>,
): Promise<void> {
  const { options, session, names } = service
  const { argv, directory, env, colour, width, interactive } = request
  const stop = new AbortController()
  let question:
    | { readonly answer: (text: string | null) => void; readonly refuse: (reason: unknown) => void }
    | undefined
  const cancel = (exit: number) => {
    stop.abort(canceled(exit))
    question?.refuse(stop.signal.reason)
  }
  const interrupts = createInterrupts((line) => void send({ kind: 'err', text: `${line}\n` }))
  interrupts.hard.addEventListener('abort', () => cancel(INTERRUPTED), { once: true })
  socket.on('message', (data) => {
    const reply = decode(data) as Reply | undefined
    // At a question it means no; else what is under way decides.
    if (reply?.kind === 'interrupt' && question !== undefined) cancel(INTERRUPTED)
    else if (reply?.kind === 'interrupt') interrupts.press()
    if (reply?.kind === 'answer') {
      question?.answer(typeof reply.text === 'string' ? reply.text : null)
      question = undefined
    }
  })
  socket.once('close', () => {
    cancel(TERMINATED)
  })
  // Whoever says Ctrl-C, or goes, while this is found out is heard already.
  if (!(await servesDirectory(service, directory)))
    return send({ kind: 'declined', reason: 'another login applies there' })
  if (stop.signal.aborted) return send({ kind: 'exit', code: exitOf(stop.signal.reason, INTERRUPTED) })
  await send({ kind: 'started' })
  const code = await options.run(argv, {
    session,
    directory,
    env,
    signal: stop.signal,
    interrupts,
    terminal: derived(remoteWriter(socket, send), {
      colour,
      interactive,
      width: typeof width === 'number' ? width : undefined,
      ask: ({ prompt, hidden, beside = false }: Question) =>
        new Promise<string | null>((resolve, reject) => {
          question = { answer: resolve, refuse: reject }
          void send({ kind: 'ask', prompt, hidden, beside })
        }),
    }),
    memory: names.memory,
    seen: names.seen,
  })
  await send({ kind: 'exit', code })
}

async function attachFor(
  { options, session }: Service,
  socket: WebSocket,
  request: Request & { kind: 'attach' },
  send: (event: Event) => Promise<void>,
): Promise<void> {
  const { directory, columns, rows, colour } = request
  const stop = new AbortController()
  const terminal = createRemoteTerminal(columns, rows, (text) => send({ kind: 'out', text }))
  const { stdin, stdout } = terminal
  socket.on('message', (data) => {
    const reply = decode(data) as Reply | undefined
    if (reply?.kind === 'keys' && typeof reply.text === 'string') terminal.type(reply.text)
    if (reply?.kind === 'size') terminal.resize(reply.columns, reply.rows)
  })
  const deafen = whenAborted(options.stop, () => socket.close())
  socket.once('close', () => {
    // The server outlives its clients: nothing of them stays with it.
    deafen()
    stop.abort(new ImptError('CANCELLED', 'The client has gone.', { exit: 129 }))
    terminal.end()
  })
  await send({ kind: 'started' })
  await send({ kind: 'out', text: `${SHARED}\n` })
  const code = await options.repl({
    session,
    terminal: createTerminal({ stdin, stdout, stderr: stdout, colour }),
    directory,
    stop: stop.signal,
  })
  await send({ kind: 'exit', code })
}

/** The client's directory may have an auth file of its own that says someone else. */
async function servesDirectory({ options, key }: Service, directory: string): Promise<boolean> {
  return (await contextKey(options.session.env, directory, options.sandbox).catch(() => '')) === key
}

function remoteWriter(socket: WebSocket, send: (event: Event) => Promise<void>): Writer {
  const isClosed = () => socket.readyState !== socket.OPEN
  return {
    out: (text) => (text === '' ? Promise.resolve() : send({ kind: 'out', text })),
    err: (text) => void send({ kind: 'err', text }),
    progress: (text) => void send({ kind: 'progress', text }),
    get closed() {
      return isClosed()
    },
    onClosed: (listener) => void socket.once('close', listener),
    flush: () => Promise.resolve(),
  }
}
