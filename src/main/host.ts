import { resolve } from 'node:path'
import type { Questions } from '../commands/context.ts'
import { dispatch } from '../commands/dispatch.ts'
import type { Look } from '../commands/present/look.ts'
import type { Interrupts } from '../commands/interrupts.ts'
import type { Invocation } from '../commands/row.ts'
import type { ChangeGate } from '../impcentral/transport.ts'
import { collect } from '../impcentral/paging.ts'
import type { CommandCall, Host } from '../language/run/host.ts'
import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { derived } from '../output/terminal.ts'
import { createFinder } from '../entities/finder.ts'
import { SHAPES } from '../entities/kinds.ts'
import { loginFolder } from '../session/logins.ts'
import { createSession, type Session } from '../session/session.ts'
import { choosingOf, mayHaveTarget, noTargetInSandbox } from '../session/target-choice.ts'
import { contextOf, laidOut, modeOf, type Surface } from './command-run.ts'
import { show as showResult } from './finish.ts'
import type { Program } from './program.ts'
import { editingAt, pickingAt, questionsAt } from './questions.ts'
import { atTarget } from './target.ts'
import { trafficObserver } from './traffic.ts'

interface HostOptions {
  /** False where standard input is the script itself. */
  readonly mayRead: boolean
  /** What a session that lasts remembers between commands. */
  readonly surface?: Partial<Surface>
  /** Sees every result before it is shown, and gives the one to show. */
  readonly seen?: (invocation: Invocation, result: Result) => Result
  /** What Ctrl-C means now, where it is not what it means for the whole program. */
  readonly interrupts?: () => Interrupts | undefined
  /** At the prompt: how lists are shown where nothing is asked for. */
  readonly lists?: () => Pick<Look, 'blocks' | 'nameOf'>
  /** Where the run starts; the working directory of the process if absent. */
  readonly directory?: string
}

/** The host of scripts and of the prompt: runs commands through the dispatcher and prints what the one-shot prints. */
export async function createHost(
  program: Program,
  {
    mayRead,
    surface = {},
    seen = (_, result) => result,
    directory = process.cwd(),
    interrupts: interruptsOf = () => undefined,
    lists,
  }: HostOptions,
): Promise<Host> {
  const { terminal, progress } = program
  const closed = new AbortController()
  terminal.onClosed(() => closed.abort())
  const sessions = new Map<string, Session>()
  // Opened by the first command, so that a script without one needs no server.
  const sessionFor = async (env: CommandCall['settings']['env']): Promise<Session> => {
    const base = await program.session()
    const key = loginVariables(env)
    if (base.sandbox || key === loginVariables(base.env)) return base
    const known = sessions.get(key) ?? createSession({ env, shapes: SHAPES })
    sessions.set(key, known)
    return known
  }

  /** The directory whose login counts for what is looked up outside a command. */
  const authDirectoryOf = async (session: Session, settings: CommandCall['settings']): Promise<string> => {
    const { directory: here, auth, used, target } = settings
    if (auth !== undefined) return resolve(here, auth)
    if (session.sandbox) return here
    const at = target ?? program.globals.at
    if (at === undefined && used === undefined && !mayHaveTarget(session)) return here
    const choosing = await choosingOf(session, here, { at, used })
    if (choosing === undefined) return here
    const { targetOf } = await import('../session/targets.ts')
    const { login } = await targetOf(session, here, choosing)
    return login === undefined ? here : loginFolder(session.env, login)
  }

  const isPlain = program.globals.plain || process.env.IMPT_PLAIN === '1'
  // The output of a script may go anywhere; its questions do not belong there.
  const asker = (where: string | undefined): Questions =>
    questionsAt(terminal, {
      signal: program.signal,
      beside: true,
      mayRead,
      where,
      editing: editingAt(terminal, isPlain),
    })
  const pick = mayRead ? pickingAt(terminal, isPlain, program.signal) : undefined

  /** Runs a command so that Ctrl-C knows what it interrupts (repl.md 3.6). */
  async function run(invocation: Invocation, call: CommandCall): Promise<Result> {
    if (invocation.options.help) return showHelp(invocation, call.show)
    const interrupts = interruptsOf() ?? program.interrupts
    const { soft, hard } = interrupts
    const control = new AbortController()
    const give = () => control.abort(hard.reason)
    // That the run has been stopped does not reach a command that is allowed to finish; a time limit or a stopped pipe does.
    const stop = () => {
      if (!soft.aborted || call.signal.reason !== soft.reason) control.abort(call.signal.reason)
    }
    // A `finally` block has a signal of its own after the run was stopped: what it begins is only stopped by it.
    const isCleanUp = soft.aborted && !call.signal.aborted
    if (hard.aborted && !isCleanUp) give()
    else if (call.signal.aborted) stop()
    hard.addEventListener('abort', give, { once: true })
    call.signal.addEventListener('abort', stop, { once: true })
    const underWay = interrupts.begin(invocation.command, invocation.options, isCleanUp)
    const leave = (succeeded: boolean) => {
      hard.removeEventListener('abort', give)
      call.signal.removeEventListener('abort', stop)
      underWay.end(succeeded)
    }
    try {
      const result = await carryOut(invocation, { ...call, signal: control.signal }, underWay.gate)
      // A log goes on after the command has given it.
      if (result.kind === 'logs') return { ...result, items: until(result.items, () => leave(true)) }
      if (result.kind === 'events') return { ...result, items: until(result.items, () => leave(true)) }
      leave(true)
      return result
    } catch (error) {
      leave(false)
      throw error
    }
  }

  async function carryOut(invocation: Invocation, call: CommandCall, gate: ChangeGate): Promise<Result> {
    const { settings, signal, show } = call
    const mode = show ? modeOf(invocation, lists ? 'people' : 'default') : 'default'
    const questions = call.mayAsk ? asker(lists ? undefined : call.where) : refusing(call.where)
    const placed = await atTarget(invocation, {
      version: program.version,
      session: await sessionFor(settings.env),
      terminal: derived(terminal, { out: async (text: string) => show?.(text) }),
      progress,
      directory: settings.directory,
      signal,
      gate,
      readOnly: settings.dryRun,
      ...(settings.auth === undefined ? {} : { authDirectory: resolve(settings.directory, settings.auth) }),
      defaults: {
        ...(settings.product === undefined ? {} : { product: settings.product }),
        ...(settings.dg === undefined ? {} : { dg: settings.dg }),
      },
      at: settings.target ?? program.globals.at,
      used: settings.used,
      tellsTarget: lists === undefined,
      ...surface,
      // What is remembered belongs to the login of the run, not to one that a block names.
      ...(settings.target === undefined && settings.auth === undefined ? {} : { memory: undefined }),
      questions: () => questions,
    })
    const context = contextOf(invocation, placed)
    const shown = seen(invocation, await dispatch(invocation, context))
    const result = call.keep ? await readable(shown) : shown
    if (!show) return result
    const look = laidOut(terminal, invocation, lists?.())
    await showResult(result, mode, derived(look, { out: async (text: string) => show(text) }))
    // What a script does next must not follow a failed test.
    if (result.kind === 'record' && result.failed === true)
      throw result.failure ?? new ImptError('TESTS_FAILED', 'Testing failed')
    return result
  }

  return {
    run,
    async chooser({ settings, signal, where, mayAsk }) {
      const questions = mayAsk ? asker(where) : refusing(where)
      const session = await sessionFor(settings.env)
      const directory = await authDirectoryOf(session, settings)
      const client = await session.client(directory, {
        signal,
        observer: trafficObserver(progress, undefined),
        askSecret: (what) => questions.text(what, true),
        readOnly: true,
      })
      // What is remembered may be told anew, but what is chosen is looked up in full.
      const memory = settings.target === undefined &&
        settings.auth === undefined &&
        surface.memory && { ...surface.memory, idsFor: () => [] }
      const finder = createFinder(client, memory || undefined)
      return async (kind, text) => {
        const found = await finder.find(kind, text).finally(() => progress?.stop())
        const { name } = found.attributes as { readonly name?: string | null }
        return { id: found.id, text, name: name ?? null }
      }
    },
    async assertTarget(name, { directory, env }) {
      const session = await sessionFor(env)
      if (session.sandbox) throw noTargetInSandbox(name)
      await (await import('../session/targets.ts')).findTarget(name, directory, session.env)
    },
    out: (text) => terminal.out(text),
    err: (text) => terminal.err(text),
    ask: (question, hidden) => asker(undefined).line(question, hidden),
    ...(pick && { pick }),
    // Most scripts start no program, and what starts them is a good part of what Node loads.
    spawn: async (call) => (await import('./spawn.ts')).spawnAt(terminal, call),
    ...(terminal.interactive && { progress: (text: string | null) => terminal.progress(text) }),
    ...(mayRead && { stdin: () => terminal.stdin }),
    async help(topic) {
      return (await import('./guide.ts')).helpText(topic, terminal)
    },
    terminal: {
      colour: terminal.colour,
      interactive: mayRead && terminal.interactive,
      get width() {
        return terminal.width
      },
      get errWidth() {
        return terminal.errWidth
      },
      get plain() {
        return isPlain && terminal.width !== undefined
      },
    } as Host['terminal'],
    version: program.version,
    env: process.env,
    directory,
    closed: closed.signal,
  }
}

/** A list whose items can be read again after they were shown. */
async function readable(result: Result): Promise<Result> {
  return result.kind === 'entities' ? { ...result, items: await collect(all(result.items)) } : result
}

async function* until<T>(items: AsyncIterable<T>, ended: () => void): AsyncGenerator<T> {
  try {
    yield* items
  } finally {
    ended()
  }
}

async function* all<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* items
}

async function showHelp({ command }: Invocation, show: CommandCall['show']): Promise<Result> {
  const { renderHelp } = await import('../commands/help.ts')
  await show?.(renderHelp({ kind: 'command', command }, 80))
  return { kind: 'done', touched: null }
}

/** Questions of a command that runs beside others: there is no telling which one is asked. */
function refusing(where: string): Questions {
  const refuse = () =>
    Promise.reject(
      new ImptError('CONFIRM', `A command that runs in parallel cannot ask (${where})`, {
        hint: 'use "confirm" before it, or add --confirmed',
      }),
    )
  return {
    interactive: false,
    confirm: refuse,
    text: refuse,
    choice: refuse,
    line: refuse,
    enter: () => Promise.resolve(false),
  }
}

/** The variables that decide who is logged in (files.md 2). */
function loginVariables(env: Readonly<Record<string, string | undefined>>): string {
  return JSON.stringify(
    [
      'IMPT_TARGET',
      'IMPT_AUTH_FILE_PATH',
      'IMPT_LOGINKEY',
      'IMPT_USER',
      'IMPT_PASSWORD',
      'IMPT_ENDPOINT',
      'HOME',
    ].map((name) => env[name]),
  )
}
