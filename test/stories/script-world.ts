import diagnostics from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { parseLine } from '../../src/commands/argv.ts'
import { createInterrupts } from '../../src/commands/interrupts.ts'
import type { Host } from '../../src/language/run/host.ts'
import { runScript, type RunOptions } from '../../src/language/run/script.ts'
import { runCommand } from '../../src/main/command-run.ts'
import { finish } from '../../src/main/finish.ts'
import { createHost } from '../../src/main/host.ts'
import { showHelp } from '../../src/main/oneshot.ts'
import type { Program } from '../../src/main/program.ts'
import { questionsAt } from '../../src/main/questions.ts'
import { createProgress } from '../../src/output/progress.ts'
import type { Deployment, Device, DeviceGroup, Product } from '../../src/sandbox/model.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createSession } from '../../src/session/session.ts'
import { fakeTerminal } from '../output/fake-terminal.ts'

/** What one script printed and how it ended. */
export interface Played {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface PlayOptions {
  readonly args?: readonly string[]
  /** What a person types, in order; without it there is no one to ask. */
  readonly answers?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly options?: RunOptions
  readonly signal?: AbortSignal
  /** The name in errors. */
  readonly name?: string
}

/** An impCentral of its own, and a folder that is home and working directory with a login to it. */
export interface ScriptWorld {
  readonly sandbox: Sandbox
  readonly folder: string
  /** Runs a text as `impt run` does, in this process. */
  run(text: string, options?: PlayOptions): Promise<Played>
  /** Runs an example of language.md 2.15 by its number; `edit` shortens its delays. */
  play(number: string, options?: PlayOptions & { readonly edit?: (text: string) => string }): Promise<Played>
  /** Runs a command as a one-shot, without the language. */
  oneShot(words: readonly string[], options?: PlayOptions): Promise<Played>
  /** A host as `impt run` makes it; `written` is what it printed so far. */
  host(options?: PlayOptions): Promise<{ readonly host: Host; written(): Omit<Played, 'code'> }>
  /** Requests that reached impCentral since the last call, as `GET /devices?...`, without the access to `/auth`. */
  requests(): readonly string[]
  /** How many requests are being answered: live streams are among them. */
  open(): number
  /** The requests since the last call that change something. */
  writes(): readonly string[]
  group(name: string): DeviceGroup
  device(name: string): Device
  product(name: string): Product
  /** The builds of a group, oldest first. */
  builds(group: DeviceGroup): Deployment[]
  /** Writes a file of the working directory; a `mode` makes it a program in PATH. */
  write(name: string, text: string, mode?: number): Promise<string>
  read(name: string): Promise<string>
}

/** Makes a world that is cleared away when the test ends. */
export async function openScriptWorld(
  t: TestContext,
  options: SandboxOptions & { readonly user?: string } = {},
): Promise<ScriptWorld> {
  const { user = 'demo', ...rest } = options
  const sandbox = await startSandbox(rest)
  const folder = await mkdtemp(join(tmpdir(), 'impt-script-'))
  const seen = watchRequests(Number(new URL(sandbox.url).port))
  t.after(async () => {
    seen.stop()
    await sandbox.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const { store } = sandbox
  // A home beside the working directory, so that the global files are told from those of the directory.
  const home = join(folder, 'home')
  await mkdir(home)
  const login = {
    endpoint: sandbox.url,
    accessToken: sandbox.tokenFor(user),
    expiresAt: '2999-01-01T00:00:00.000Z',
  }
  await writeFile(join(home, '.impt.auth'), JSON.stringify(login), { mode: 0o600 })
  const baseEnv = {
    PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    HOME: home,
    LANG: 'C.UTF-8',
    IMPT_ENDPOINT: sandbox.url,
  }

  const begin = ({ answers, env = {}, signal = new AbortController().signal }: PlayOptions) => {
    const out = sink()
    const err = sink()
    const all = { ...baseEnv, ...env }
    const session = createSession({ env: all, shapes: SHAPES })
    const left = [...(answers ?? [])]
    const terminal = fakeTerminal(out.stream, err.stream, {
      interactive: answers !== undefined,
      answer: () => left.shift(),
    })
    const program: Program = {
      version: '0.0.0',
      globals: { sandbox: false, noSession: true, plain: false },
      terminal,
      progress: createProgress(terminal),
      signal,
      interrupts: createInterrupts(() => undefined),
      session: () => Promise.resolve(session),
      close: () => terminal.flush(),
    }
    return { program, env: all, written: () => ({ stdout: out.text(), stderr: err.text() }) }
  }

  const host: ScriptWorld['host'] = async (options = {}) => {
    const { program, env, written } = begin(options)
    const made = await createHost(program, { mayRead: true, directory: folder })
    return { host: { ...made, env }, written }
  }

  const oneShot: ScriptWorld['oneShot'] = async (words, options = {}) => {
    const { program, written } = begin(options)
    const { version, terminal, signal } = program
    const questions = () => questionsAt(terminal, { signal, beside: true })
    const surface = {
      version,
      session: await program.session(),
      terminal,
      directory: folder,
      signal,
      questions,
    }
    let code: number
    try {
      const line = parseLine(words)
      if (line.kind === 'version') throw new Error('the version is asked at the door')
      if (line.kind === 'incomplete') throw line.error
      code =
        line.kind === 'help'
          ? await showHelp(program, line.topic)
          : await runCommand(line.invocation, surface)
    } catch (error) {
      code = await finish({ thrown: error }, 'default', terminal, undefined)
    }
    return { code, ...written() }
  }

  const run: ScriptWorld['run'] = async (text, play = {}) => {
    const { host: used, written } = await host(play)
    const {
      args = [],
      options: runOptions = {},
      signal = new AbortController().signal,
      name = 'test.imptsh',
    } = play
    const { exit } = await runScript(text, { name, args, host: used, signal, options: runOptions })
    return { code: exit, ...written() }
  }

  const named = <T extends { name: string | null }>(items: Iterable<T>, name: string): T => {
    for (const item of items) if (item.name === name) return item
    throw new Error(`the sandbox has no ${name}`)
  }

  return {
    sandbox,
    folder,
    host,
    run,
    oneShot,
    play: async (number, { edit = (whole: string) => whole, ...play } = {}) => {
      const { name, text } = await example(number)
      return run(edit(text), { name, ...play })
    },
    requests: seen.take,
    open: seen.open,
    writes: () => seen.take().filter((line) => !line.startsWith('GET ')),
    group: (name) => named(store.groups.all(), name),
    device: (name) => named(store.devices.all(), name),
    product: (name) => named(store.products.all(), name),
    builds: ({ id }) =>
      [...store.deployments.all()]
        .filter(({ group }) => group?.id === id)
        .sort((a, b) => a.created - b.created || a.seq - b.seq),
    async write(name, text, mode) {
      const path = join(folder, name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text, mode === undefined ? {} : { mode })
      return path
    },
    read: (name) => readFile(join(folder, name), 'utf8'),
  }
}

const EXAMPLES = new URL('../../scripts/examples/', import.meta.url)

async function example(number: string): Promise<{ readonly name: string; readonly text: string }> {
  const name = (await readdir(EXAMPLES)).find((file) => file.startsWith(`${number}-`))
  if (name === undefined) throw new Error(`there is no example ${number}`)
  return { name, text: await readFile(new URL(name, EXAMPLES), 'utf8') }
}

interface RequestStart {
  readonly request: { readonly method: string; readonly url: string }
  readonly response: ServerResponse
  readonly server: Server
}

/** Every request that a server of this process takes on a port: what the network saw, not what a client says. */
function watchRequests(port: number) {
  let lines: string[] = []
  let open = 0
  const note = (message: unknown): void => {
    const { request, response, server } = message as RequestStart
    if ((server.address() as AddressInfo | null)?.port !== port) return
    open++
    response.once('close', () => open--)
    const path = decodeURIComponent(request.url.replace(/^\/v5/, ''))
    if (!path.startsWith('/auth')) lines.push(`${request.method} ${path}`)
  }
  diagnostics.subscribe('http.server.request.start', note)
  return {
    take() {
      const taken = lines
      lines = []
      return taken
    },
    open: () => open,
    stop: () => void diagnostics.unsubscribe('http.server.request.start', note),
  }
}

function sink(): { readonly stream: Writable; readonly text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
