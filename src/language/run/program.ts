import { spawn } from 'node:child_process'
import { PassThrough, type Readable } from 'node:stream'
import type { Program, ProgramCall } from './host.ts'

const KEPT_STDERR = 8192

/** So long is read what a program that was ended has still written. */
const LAST_WORDS_MS = 200

/**
 * Starts a program without a shell: a ready implementation of `Host.spawn`. Its stderr is shown as it comes through `err`, and the
 * end of it is kept for the error. Cancelling ends the program.
 */
export function spawnProgram(call: ProgramCall, err: (text: string) => void): Program {
  const env = Object.fromEntries(
    Object.entries(call.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const child = spawn(call.program, [...call.args], {
    cwd: call.directory,
    env,
    stdio: [call.stdin, call.stdout, 'pipe'],
    windowsHide: true,
  })
  let stderr = ''
  const decoder = new TextDecoder()
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = decoder.decode(chunk, { stream: true })
    err(text)
    stderr = (stderr + text).slice(-KEPT_STDERR)
  })
  // A program may end before it has read its input: no error of ours.
  child.stdin?.on('error', () => undefined)
  const letGo = (): void => {
    const timer = setTimeout(() => {
      child.stdout?.destroy()
      child.stderr?.destroy()
    }, LAST_WORDS_MS)
    child.once('close', () => clearTimeout(timer))
  }
  const kill = (signal?: 'SIGPIPE'): void => {
    child.kill(process.platform === 'win32' ? undefined : (signal ?? 'SIGTERM'))
    // What it has started may hold its pipes open; nobody waits for that.
    if (child.exitCode === null && child.signalCode === null) child.once('exit', letGo)
    else letGo()
  }
  const stop = (): void => kill()
  const ended = new Promise<{ code: number | null; signal: string | null; stderr: string }>(
    (resolve, reject) => {
      child.once('error', (error) => {
        call.signal.removeEventListener('abort', stop)
        reject(error)
      })
      child.once('close', (code, signal) => {
        call.signal.removeEventListener('abort', stop)
        resolve({ code, signal, stderr })
      })
    },
  )
  // Whoever waits for the end gets the failure; until then it is not unhandled.
  ended.catch(() => undefined)
  if (call.signal.aborted) stop()
  else call.signal.addEventListener('abort', stop, { once: true })
  return { stdin: child.stdin, stdout: child.stdout && kept(child.stdout), ended, kill }
}

/** The output, kept for a reader that comes late: Node throws away what nobody has begun to read when the program ends. */
function kept(stdout: Readable): Readable {
  const output = stdout.pipe(new PassThrough())
  stdout.on('error', (error) => output.destroy(error))
  // It was let go of before its end.
  stdout.on('close', () => {
    if (!output.writableEnded) output.end()
  })
  // Nobody reads on: the end of the program must not wait for what is left.
  output.on('close', () => stdout.destroy())
  return output
}
