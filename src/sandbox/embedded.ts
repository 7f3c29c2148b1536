/** The sandbox of `impt --sandbox`: the one that holds the folder already, or one in this process. */
import { setTimeout as delay } from 'node:timers/promises'
import { isRunning, readState, removeState, writeState, type SandboxState } from './background.ts'
import { demoUser } from './demo.ts'
import { FolderInUse } from './lock.ts'
import type { SandboxOptions } from './sandbox.ts'

export type Embedded = {
  /** Base URL of the API. */
  url: string
  /** Access token of the demo account: no login is needed. */
  token: string
  /** Ends the server if it runs in this process; else does nothing. */
  close: () => Promise<void>
}

/** Milliseconds to wait for a server that has the folder but has not said where it listens. */
const patience = 10_000

/**
 * Opens the sandbox of the folder. If a server of another process holds it, that one is used; when its process ends,
 * later requests fail as connection errors, and the next call of this function takes the folder over. Throws
 * DamagedStore, FolderInUse (a holder that never published itself), or the file system's error.
 */
export async function openEmbedded(
  dir: string,
  version = '0',
  options: Omit<SandboxOptions, 'dir'> = {},
): Promise<Embedded> {
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

async function serve(dir: string, version: string, options: Omit<SandboxOptions, 'dir'>): Promise<Embedded> {
  const { startSandbox } = await import('./sandbox.ts')
  const sandbox = await startSandbox({ ...options, dir })
  writeState(dir, { url: sandbox.url, adminToken: sandbox.adminToken, version, role: 'embedded' })
  return {
    url: sandbox.url,
    token: sandbox.tokenFor(demoUser),
    async close() {
      removeState(dir)
      await sandbox.close()
    },
  }
}

/** A token from the published server; undefined if it is dead or gone by now. */
async function attach(state: SandboxState | undefined): Promise<Embedded | undefined> {
  if (!state || !isRunning(state)) return undefined
  const response = await fetch(`${new URL(state.url).origin}/sandbox/token`, {
    method: 'POST',
    headers: { 'x-sandbox-token': state.adminToken, 'content-type': 'application/json' },
    body: JSON.stringify({ account: demoUser }),
    signal: AbortSignal.timeout(5000),
  }).catch(() => undefined)
  if (!response?.ok) {
    await response?.body?.cancel()
    return undefined
  }
  const { access_token: token } = (await response.json()) as { access_token: string }
  return { url: state.url, token, close: async () => undefined }
}
