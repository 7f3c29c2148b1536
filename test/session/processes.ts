import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { program } from '../program.ts'

const writer = program('session/writer-process')

/** Runs a task of writer-process.ts in a process of its own; gives what it printed. */
export async function runWriter(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [writer, ...args], {
    timeout: 300_000,
  })
  return stdout
}

/** The same, where no file may grow beyond some blocks of 512 or 1024 bytes: like a full disk, but without one. */
export async function runWriterWithLimit(blocks: number, ...args: readonly string[]): Promise<string> {
  const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`
  const command = ['-c', script, 'sh', process.execPath, writer, ...args]
  const { stdout } = await promisify(execFile)('/bin/sh', command, { timeout: 300_000 })
  return stdout
}

/** Starts a task of writer-process.ts and waits for its first output. */
export async function startWriter(...args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [writer, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

/** Kills a process at once and waits until it is gone. */
export async function killNow(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
