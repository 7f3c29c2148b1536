/** A sandbox in a process of its own, for tests that kill it: `serverprocess.ts DIR` prints one JSON line. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { removeState, writeState } from '../../src/sandbox/background.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'

export type Server = { child: ChildProcess; pid: number; url: string; token: string }

/** Starts the process and waits until it listens. */
export async function spawnServer(dir: string): Promise<Server> {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), dir]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, token } = JSON.parse(line) as { url: string; token: string }
    return { child, pid: child.pid ?? 0, url, token }
  }
  throw new Error('the server ended before it listened')
}

/** Ends it without warning, and waits until it is gone. */
export async function kill({ child }: Server): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

async function main(dir: string): Promise<void> {
  const sandbox = await startSandbox({ dir })
  writeState(dir, { url: sandbox.url, adminToken: sandbox.adminToken, version: 'test', role: 'server' })
  process.once('SIGTERM', () => {
    removeState(dir)
    void sandbox.close()
  })
  console.log(JSON.stringify({ url: sandbox.url, token: sandbox.tokenFor('demo') }))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? '')
