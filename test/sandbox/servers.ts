import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { program } from '../program.ts'

/** A sandbox in a process of its own, for tests that kill it. */
type Server = { child: ChildProcess; pid: number; url: string; token: string }

/** Starts the process and waits until it listens. */
export async function spawnServer(dir: string): Promise<Server> {
  const child = spawn(process.execPath, [program('sandbox/server-process'), dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
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
