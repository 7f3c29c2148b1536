import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { OptionValues } from '../../src/commands/row.ts'
import { openServer } from '../../src/commands/sandbox/server.ts'
import { writeState } from '../../src/sandbox/background.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { PROGRAM, refuseLeaks } from './terminal.ts'

/** How a process ended and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A running impt. */
export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stdout matches; rejects if the process ends before. */
  shows(pattern: RegExp): Promise<string>
}

/** An empty folder that is home and working directory, with a sandbox folder of its own. */
export interface Desk {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** Runs impt to its end; `input` is what stdin holds. */
  run(words: readonly string[], input?: string, env?: NodeJS.ProcessEnv): Promise<Ended>
  start(
    words: readonly string[],
    env?: NodeJS.ProcessEnv,
    options?: {
      readonly uid?: number
      readonly gid?: number
      readonly program?: string
      readonly cwd?: string
    },
  ): Running
  /** The parsed stdout of a run with `-z json`. */
  json(...words: string[]): Promise<any>
  /** Opens the impCentral of `impt sandbox serve` in this process, with a login of the demo account here. It is closed with the test. */
  cloud(
    options?: OptionValues,
  ): Promise<{ readonly url: string; readonly folder: string; readonly sandbox: Sandbox }>
  /** Starts `impt sandbox serve` in a folder of its own, logs in there, and gives its url. It is ended with the test. */
  server(
    ...options: string[]
  ): Promise<{ readonly url: string; readonly running: Running; readonly folder: string }>
}

/**
 * Starts the server of a folder again, which `desk.server` has made and which has ended, and takes the login of the desk along to its new port:
 * the old one may belong to somebody else by now.
 */
export async function serveAgain(
  desk: Desk,
  { url, folder }: { readonly url: string; readonly folder: string },
  ...options: string[]
): Promise<Running> {
  const running = desk.start(['sandbox', 'serve', '--dir', folder, ...options])
  const ready = JSON.parse(await running.shows(/^\{.*\}\n/)) as { url: string }
  const file = join(desk.folder, '.impt.auth')
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(url, ready.url))
  return running
}

/** Makes a desk that is cleared away, with all processes that it started, when the test ends. */
export async function openDesk(t: TestContext): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'impt-desk-'))
  const { PATH, LANG } = process.env
  const env: NodeJS.ProcessEnv = { PATH, LANG, HOME: folder, IMPT_SANDBOX_DIR: join(folder, 'sandbox') }
  const started: ChildProcess[] = []
  const clouds: Sandbox[] = []
  t.after(async () => {
    // One in the background would outlive the test.
    if (existsSync(join(folder, 'sandbox/state.json'))) await run(['sandbox', 'stop'])
    for (const child of started)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    for (const sandbox of clouds) await sandbox.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const start: Desk['start'] = (words, more = {}, { program = PROGRAM, ...options } = {}) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: folder,
      env: { ...env, ...more },
      ...options,
    })
    started.push(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => undefined)
    const ended = new Promise<Ended>((done) =>
      child.on('close', (code, signal) => done({ code, signal, stdout, stderr })),
    ).then((end) => {
      refuseLeaks(end.stderr)
      return end
    })
    const shows = (pattern: RegExp) =>
      new Promise<string>((done, fail) => {
        const look = () => pattern.test(stdout) && done(stdout)
        child.stdout.on('data', look)
        look()
        void ended.then(() => fail(new Error(`ended without ${String(pattern)}:\n${stdout}${stderr}`)))
      })
    return { child, ended, shows }
  }

  const run: Desk['run'] = (words, input = '', more = {}) => {
    const { child, ended } = start(words, more)
    child.stdin?.end(input)
    return ended
  }

  let servers = 0
  return {
    folder,
    env,
    run,
    start,
    json: async (...words) => JSON.parse((await run([...words, '-z', 'json'])).stdout),
    async cloud(options = {}) {
      const dir = join(folder, `server${servers++}`)
      const sandbox = await openServer(dir, options, [])
      clouds.push(sandbox)
      writeState(dir, sandbox, '3.0.0', 'server')
      const { url } = sandbox
      const login = {
        endpoint: url,
        accessToken: sandbox.tokenFor('demo'),
        expiresAt: '2999-01-01T00:00:00.000Z',
      }
      await writeFile(join(folder, '.impt.auth'), JSON.stringify(login), { mode: 0o600 })
      return { url, folder: dir, sandbox }
    },
    async server(...options) {
      const dir = join(folder, `server${servers++}`)
      // Where the system does not tell who connects, the demo password works only in an open sandbox.
      const open = process.platform === 'linux' || options.includes('--open') ? [] : ['--open']
      const running = start(['sandbox', 'serve', '--dir', dir, ...open, ...options])
      const { url } = JSON.parse(await running.shows(/^\{.*\}\n/)) as { url: string }
      const login = await run(['auth', 'login', '-u', 'demo', '-w', 'demo-password', '-e', url, '-q'])
      if (login.code !== 0) throw new Error(login.stdout + login.stderr)
      return { url, running, folder: dir }
    },
  }
}
