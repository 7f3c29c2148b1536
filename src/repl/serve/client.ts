import type { WebSocket } from 'ws'
import { ImptError } from '../../output/error.ts'
import { sandboxFolder } from '../../commands/sandbox/folder.ts'
import type { Environment } from '../../session/execution-context.ts'
import type { Session } from '../../session/session.ts'
import type { OpenTerminal } from '../../output/terminal.ts'
import { decode, LONGEST_MESSAGE, VERSION_HEADER, type Event, type Reply, type Request } from './protocol.ts'
import { introduce, isGenuine } from './proof.ts'
import { contextKey, isAnyServed, readInvitation, type Invitation } from './token-file.ts'
import { whenAborted } from '../../program/aborted.ts'

interface OneShotOptions {
  readonly env: Environment
  readonly directory: string
  readonly version: string
  /** The folder of the built-in impCentral, with `--sandbox`. */
  readonly sandbox?: string
  readonly terminal: OpenTerminal
  readonly signal: AbortSignal
}

type Ran = { readonly ran: true; readonly code: number } | { readonly ran: false }

const NOT_RUN: Ran = { ran: false }
/** A server on this machine answers at once; one that does not is not waited for, in ms. */
const CONNECT_MS = 1000

/**
 * Runs a one-shot through a session that `impt serve` keeps open in the same context. `ran: false`, silently, where there is none, where it
 * does not answer or is of another version, and where it went away before the command began; a command that has begun is never run twice.
 */
export async function tryRunThroughSession(argv: readonly string[], options: OneShotOptions): Promise<Ran> {
  const { env, directory, sandbox } = options
  if (!isAnyServed(env)) return NOT_RUN
  const key = await contextKey(env, directory, sandbox).catch(() => undefined)
  const invitation = key === undefined ? undefined : readInvitation(env, key)
  if (!invitation || invitation.version !== options.version) return NOT_RUN
  const socket = await connect(invitation, options.version).catch(() => undefined)
  return socket ? converse(socket, argv, options) : NOT_RUN
}

function connect({ port, token }: Invitation, version: string): Promise<WebSocket> {
  return import('ws').then(
    ({ WebSocket }) =>
      new Promise((resolve, reject) => {
        const { authorization, nonce } = introduce(token)
        let genuine = false
        const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
          headers: { authorization, [VERSION_HEADER]: version },
          handshakeTimeout: CONNECT_MS,
          maxPayload: LONGEST_MESSAGE,
          perMessageDeflate: false,
        })
        socket.once('upgrade', ({ headers }) => {
          genuine = isGenuine(headers, nonce, token)
        })
        socket.once('open', () => {
          if (genuine) return resolve(socket)
          socket.terminate()
          reject(new ImptError('CONFLICT', 'The process on the port of the open session is another one.'))
        })
        socket.once('unexpected-response', (_request, response) => {
          socket.terminate()
          reject(
            new ImptError(
              'CONFLICT',
              response.statusCode === 409
                ? 'The open session is of another version of impt.'
                : 'The open session does not admit this process.',
            ),
          )
        })
        socket.on('error', reject)
      }),
  )
}

function converse(socket: WebSocket, argv: readonly string[], options: OneShotOptions): Promise<Ran> {
  const { terminal, signal, directory, env } = options
  const { colour, width, interactive } = terminal
  const say = (message: Request | Reply) => socket.send(JSON.stringify(message))
  return new Promise((resolve) => {
    let hasStarted = false
    let ran: Ran | undefined
    const interrupt = () => say({ kind: 'interrupt' })
    const deafen = whenAborted(signal, interrupt)
    // The reader of stdout may go early (`impt ... | head -1`): nothing more is wanted then.
    terminal.onClosed(() => socket.terminate())

    const act = (event: Event | undefined) => {
      switch (event?.kind) {
        case 'started':
          hasStarted = true
          return
        case 'out':
          socket.pause()
          return void terminal.out(event.text).then(() => socket.resume())
        case 'err':
          return terminal.err(event.text)
        case 'ask':
          return void terminal
            .ask({ prompt: event.prompt, hidden: event.hidden, beside: event.beside, signal })
            .then((text) => say({ kind: 'answer', text }), interrupt)
        case 'exit':
          ran = { ran: true, code: event.code }
          return socket.close()
        default:
          return
      }
    }
    socket.on('message', (data) => act(decode(data) as Event | undefined))
    socket.once('close', () => {
      deafen()
      if (!ran && hasStarted && !terminal.closed)
        terminal.err(
          'Error: The shared session ended while the command ran: it may or may not have been done.\n',
        )
      resolve(ran ?? (hasStarted ? { ran: true, code: 1 } : NOT_RUN))
    })
    say({
      kind: 'run',
      argv,
      directory,
      env: passed(env),
      colour,
      interactive,
      ...(width === undefined ? {} : { width }),
    })
  })
}

/** The part of the environment that a command may look at. */
function passed(env: Environment): Record<string, string> {
  const isOurs = (name: string) => /^(?:IMPT_\w+|HOME|TERM|NO_COLOR|FORCE_COLOR|TZ|LANG|LC_\w+)$/.test(name)
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => isOurs(entry[0]) && entry[1] !== undefined,
    ),
  )
}

interface AttachOptions {
  readonly session: Session
  readonly version: string
  readonly directory: string
  readonly terminal: OpenTerminal
  readonly env: Environment
  readonly stop: AbortSignal
}

/** `impt attach`: a prompt on the open session. Throws NOT_FOUND where there is none, CONFLICT for another version. Gives the exit code. */
export async function attach(options: AttachOptions): Promise<number> {
  const { session, env, directory, terminal, version, stop } = options
  const { stdout, keyboard, colour } = terminal
  const sandbox = session.sandbox ? sandboxFolder(env, directory) : undefined
  const invitation = readInvitation(env, await contextKey(env, directory, sandbox))
  if (!invitation)
    throw new ImptError('NOT_FOUND', 'No session is open in this context.', {
      hint: '"impt serve" opens one',
    })
  if (!terminal.interactive) throw new ImptError('NO_TTY', '"impt attach" needs a terminal.')
  if (invitation.version !== version) {
    throw new ImptError(
      'CONFLICT',
      `The open session is of impt ${invitation.version}, this is ${version}.`,
      { hint: 'End it and start it again with this version' },
    )
  }
  const socket = await connect(invitation, version).catch((error: unknown) => {
    if (error instanceof ImptError) throw error
    throw new ImptError('NOT_FOUND', 'The open session does not answer.', {
      hint: '"impt serve" opens a new one',
      cause: error,
    })
  })
  const say = (message: Request | Reply) => socket.send(JSON.stringify(message))
  const resized = () => say({ kind: 'size', columns: stdout.columns, rows: stdout.rows })
  const leave = () => socket.close()
  let code: number | undefined
  const hold = keyboard.hold({
    raw: true,
    typed(text) {
      say({ kind: 'keys', text })
      return ''
    },
    ended: leave,
  })
  try {
    stdout.on('resize', resized)
    stop.addEventListener('abort', leave, { once: true })
    await new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        const event = decode(data) as Event | undefined
        if (event?.kind === 'out') stdout.write(event.text)
        if (event?.kind === 'exit') code = event.code
      })
      socket.once('close', () => resolve())
      say({ kind: 'attach', directory, columns: stdout.columns || 80, rows: stdout.rows || 24, colour })
    })
  } finally {
    stop.removeEventListener('abort', leave)
    stdout.off('resize', resized)
    hold.release()
    stdout.write('\x1b[?2004l')
  }
  if (code === undefined) stdout.write('\nThe session has ended.\n')
  return code ?? 1
}
