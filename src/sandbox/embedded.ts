/** The sandbox of `impt --sandbox`: the one that holds the folder already, or one in this process. */
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { adminRequest } from './adminrequest.ts'
import { isRunning, readState, removeState, writeState, type SandboxState } from './background.ts'
import { demoUser } from './known.ts'
import { openDoor } from './door.ts'
import { FolderInUse, isAlive } from './lock.ts'
import type { Core } from './core.ts'
import type { SandboxOptions } from './sandbox.ts'

type Embedded = {
  /** Base URL of the API. */
  url: string
  /** Access token of the demo account: no login is needed. */
  token: string
  /** Ends the server if it runs in this process; else does nothing. */
  close: () => Promise<void>
}

/** Milliseconds to wait for a server that has the folder but does not say where it listens: it starts, or waits for its guests, on a busy machine. */
const patience = 60_000

/**
 * Milliseconds without a request after which an ending holder waits for its guests no longer, and those that it waits at most: its own command is
 * done. Who stays takes the folder over.
 */
const quiet = 3000
const farewell = 10_000

/** Seconds that a token of an embedded sandbox lasts: as long as anyone leaves a prompt open. */
const tokenLife = 10 * 365 * 86_400

type Options = Omit<SandboxOptions, 'dir'> & {
  /** For tests: in place of `quiet` and `farewell`. */
  farewell?: number
}

/**
 * Opens the sandbox of the folder. If a server of another process holds it, that one is used. Where that is an `impt --sandbox` like
 * this one, its end does no harm: the folder then goes to the next one that has a request, behind an address that stays the same.
 * Throws DamagedStore, FolderInUse (a holder that never published itself), or the file system's error.
 */
export async function openEmbedded(dir: string, version = '0', options: Options = {}): Promise<Embedded> {
  const first = await openHeld(dir, version, options)
  return first.isGuest ? behindDoor(first, () => openHeld(dir, version, options)) : first
}

/** `isGuest` where the server is inside another process that may end at any moment. */
type Held = Embedded & { isGuest: boolean }

async function openHeld(dir: string, version: string, options: Options): Promise<Held> {
  for (const deadline = Date.now() + patience; ;) {
    const attached = await attach(readState(dir))
    if (attached) return attached
    try {
      return await serve(dir, version, options)
    } catch (error) {
      if (!(error instanceof FolderInUse) || Date.now() > deadline) throw error
    }
    await delay(25)
  }
}

async function behindDoor(first: Held, open: () => Promise<Held>): Promise<Embedded> {
  let holder = Promise.resolve(first)
  const opened = [first]
  const current = async (old: Held): Promise<Held> => {
    if (!old.isGuest || (await isListening(portOf(old)))) return old
    const held = await open()
    opened.push(held)
    return held
  }
  const door = await openDoor(() => {
    // One after the other: the folder is taken over once.
    holder = holder.then(current, () => current(first))
    return holder.then(portOf)
  })
  return {
    url: `http://127.0.0.1:${door.port}/v5`,
    token: first.token,
    async close() {
      await door.close()
      for (const held of opened) await held.close()
    },
  }
}

async function serve(dir: string, version: string, options: Options): Promise<Held> {
  const { startSandbox } = await import('./sandbox.ts')
  const sandbox = await startSandbox({ ...options, dir })
  writeState(dir, sandbox, version, 'embedded')
  return {
    url: sandbox.url,
    token: sandbox.tokenFor(demoUser, tokenLife),
    isGuest: false,
    async close() {
      removeState(dir)
      await goneGuests(sandbox.core, options.farewell ?? quiet, options.farewell ?? farewell)
      await sandbox.close()
    },
  }
}

/** A token from the published server; undefined if it is dead or gone by now. */
async function attach(state: SandboxState | undefined): Promise<Held | undefined> {
  if (!state || !isRunning(state)) return undefined
  const wish = { account: demoUser, life: tokenLife, guest: process.pid }
  const answer = await adminRequest(state, 'POST', '/token', wish).catch(() => undefined)
  if (answer?.status !== 200) return undefined
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string }
  return { url: state.url, token, isGuest: state.role === 'embedded', close: async () => undefined }
}

/**
 * Waits a while for commands of other processes that run beside this one, as long as requests come: one that is cut off cannot be repeated safely.
 * How long a command takes says nothing: many of them may share a busy machine.
 */
async function goneGuests({ guests, requests }: Core, silence: number, most: number): Promise<void> {
  const hasGuests = () => [...guests].some((pid) => pid !== process.pid && isAlive(pid))
  const since = performance.now()
  const isPatient = (now: number) => now - since < most && now - Math.max(since, requests.last) < silence
  while (hasGuests() && isPatient(performance.now())) await delay(10)
}

const portOf = ({ url }: Held): number => Number(new URL(url).port)

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe.on('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.on('error', () => resolve(false))
  })
}
