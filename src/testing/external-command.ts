import { spawn } from 'node:child_process'
import { whenAborted } from '../program/aborted.ts'

/** How a command of a test ended; `code` is null where a signal, or the time limit, ended it. */
interface CommandOutcome {
  readonly code: number | null
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
}

interface CommandOptions {
  readonly directory: string
  /** Of it the command gets only what `passedOn` lets through. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds. */
  readonly timeout: number
  readonly signal: AbortSignal
}

/** What programs need to run at all, on any system, and never a credential. Names in upper case, for Windows does not tell cases apart. */
const NEEDED = new Set(
  (
    'PATH HOME USER LOGNAME SHELL PWD LANG LANGUAGE TZ TERM TMPDIR TMP TEMP CI ' +
    'SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERNAME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA ' +
    'PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432 NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE OS'
  ).split(' '),
)

/**
 * The variables that a command of a test gets: what programs need to run, the language, and whatever begins with `IMPT_TEST_`. A test file may
 * come from elsewhere; tokens and passwords of the environment are none of its business.
 */
export function passedOn(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => NEEDED.has(name.toUpperCase()) || /^(?:LC_|IMPT_TEST_)/i.test(name),
    ),
  )
}

/** Characters that are kept of each output. */
const MOST_OUTPUT = 1 << 20

/**
 * Runs a command of a test through the shell (test-run.md 5). It ends with all its children at the time limit, and when the signal is
 * aborted. Never throws: a shell that cannot be started is an outcome as well.
 */
export function runExternal(
  command: string,
  { directory, env, timeout, signal }: CommandOptions,
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const windows = process.platform === 'win32'
    // A group of its own, so that what the shell started ends with it.
    const child = spawn(command, {
      shell: true,
      cwd: directory,
      env: passedOn(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
    })
    let timedOut = false
    const texts = { stdout: '', stderr: '' }
    const kill = () => {
      try {
        if (windows || child.pid === undefined) child.kill('SIGKILL')
        else process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    const timer = setTimeout(() => {
      timedOut = true
      kill()
    }, timeout)
    const deafen = whenAborted(signal, kill)
    const finish = (code: number | null) => {
      clearTimeout(timer)
      deafen()
      resolve({ code, timedOut, ...texts })
    }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        texts[name] = (texts[name] + text).slice(0, MOST_OUTPUT)
      })
    }
    child.on('error', (error) => {
      texts.stderr += error.message
      finish(null)
    })
    child.on('close', finish)
    if (signal.aborted) kill()
  })
}
