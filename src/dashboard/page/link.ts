import { LIVE_PATH, TOKEN_PATH, type PageMessage, type ServerMessage } from '../protocol.ts'

/** How the page stands with its server. */
export type LinkState =
  | 'connecting'
  | 'live'
  /** The server does not answer; it is tried again and again. */
  | 'lost'
  /** There is no address, or one that was used. */
  | 'no-address'
  /** The server is another one than the page came from. */
  | 'refused'

export interface Link {
  /** Whether there is a connection, so that it was said. */
  readonly say: (message: PageMessage) => boolean
  readonly state: () => LinkState
}

interface LinkOptions {
  readonly heard: (message: ServerMessage) => void
  readonly changed: (state: LinkState) => void
}

const STORED = 'impt-token'
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 5000
/** The server gives a sign every ten seconds: after so long without one the connection is dead, as after the sleep of a machine. */
const SILENCE_MS = 25_000

/** Connects to the server that the page came from, and again whenever the connection is lost. */
export function openLink({ heard, changed }: LinkOptions): Link {
  let socket: WebSocket | undefined
  let state: LinkState = 'connecting'
  let wait = FIRST_WAIT_MS
  let retry: number | undefined
  let lastSign = Date.now()

  const set = (next: LinkState) => {
    if (state === next) return
    state = next
    changed(next)
  }

  function connect(token: string): void {
    window.clearTimeout(retry)
    const own = new WebSocket(`ws://${location.host}${LIVE_PATH}`)
    socket = own
    lastSign = Date.now()
    own.addEventListener('open', () =>
      own.send(JSON.stringify({ kind: 'hello', token } satisfies PageMessage)),
    )
    own.addEventListener('message', ({ data }) => {
      if (own !== socket) return
      lastSign = Date.now()
      const message = JSON.parse(String(data)) as ServerMessage
      if (message.kind === 'refused') {
        sessionStorage.removeItem(STORED)
        socket = undefined
        set('refused')
        return
      }
      if (message.kind === 'welcome') {
        wait = FIRST_WAIT_MS
        set('live')
      }
      heard(message)
    })
    own.addEventListener('close', () => {
      if (own !== socket) return
      socket = undefined
      set('lost')
      retry = window.setTimeout(() => connect(token), wait)
      wait = Math.min(LONGEST_WAIT_MS, wait * 2)
    })
  }

  /** After a sleep, or when the page is looked at again, nothing is waited for. */
  function look(token: string): void {
    if (state !== 'live' && state !== 'lost') return
    if (Date.now() - lastSign > SILENCE_MS && socket !== undefined) {
      const dead = socket
      socket = undefined
      dead.close()
      set('lost')
      connect(token)
    } else if (socket === undefined) connect(token)
  }

  void tokenHere().then((token) => {
    if (token === undefined) return set('no-address')
    connect(token)
    const again = () => look(token)
    setInterval(() => socket !== undefined && again(), 5000)
    document.addEventListener('visibilitychange', () => document.hidden || again())
    window.addEventListener('online', again)
  })

  return {
    say(message) {
      const isOpen = socket?.readyState === WebSocket.OPEN
      if (isOpen) socket?.send(JSON.stringify(message))
      return isOpen
    },
    state: () => state,
  }
}

/** The token for the code in the address, else that of this tab. The code is taken out of the address: it works once. */
async function tokenHere(): Promise<string | undefined> {
  const code = location.hash.slice(1)
  if (code !== '') {
    history.replaceState(null, '', '/')
    const answer = await fetch(TOKEN_PATH, { method: 'POST', body: code }).catch(() => undefined)
    if (answer?.ok === true) sessionStorage.setItem(STORED, await answer.text())
  }
  return sessionStorage.getItem(STORED) ?? undefined
}
