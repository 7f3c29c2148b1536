// The room `repl`: the prompt: the editor of a line, history, jobs, and the session that `serve` lends to others.
// Enters: keys, a terminal, a session.
// Leaves: lines for the room `language` to run, and what they showed.
// Not known here: what commands and built-ins do: their table and signatures are all that completion and help read.
import { join } from 'node:path'
import { SECRET } from '../commands/bind.ts'
import type { Host } from '../language/run/host.ts'
import { parse } from '../language/syntax/parse.ts'
import { readScript } from '../language/run/script-file.ts'
import { createSession as createLanguage } from '../language/run/session.ts'
import { redactUrl } from '../impcentral/redact.ts'
import { exitOf, ImptError, TERMINATED } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { sweepEntityFiles } from '../entities/cache.ts'
import { exists } from '../session/json-file.ts'
import { readSettings, settingsFile } from '../session/settings.ts'
import { loadWidths } from './editor/graphemes.ts'
import { projectGroupOf } from './facts.ts'
import { contextKey, createFullScreen } from './full-prompt.ts'
import { createHistoryLog } from './history-log.ts'
import { recordable } from './history-text.ts'
import type { Done } from './input.ts'
import { createJobs } from './jobs/jobs.ts'
import { withSharedLogs } from './jobs/shared-logs.ts'
import { createNames } from './names.ts'
import { createPlainScreen } from './plain-prompt.ts'
import { isPlainTerminal } from './plain-terminal.ts'
import { createRunner, type Runner } from './runner.ts'
import type { Screen } from './screen.ts'
import { guardSignals } from './screen/signals.ts'
import { styled } from './screen/style.ts'
import { standingTarget } from './standing-target.ts'
import type { ReplOptions, Shell } from './shell.ts'
import { sayHowToBegin, welcome } from './welcome.ts'
import { REPL_WORDS } from './words/index.ts'
import { kindsOfUse, readAgain } from './words/session.ts'
import { quotedWord } from '../completion/quoted.ts'
import { hasHiddenSecret } from './syntax.ts'

export type { HostNeeds } from './shell.ts'

/** How long streams are given to close at the server, in ms (repl.md 3.6). */
const CLOSING_MS = 2000

/**
 * The prompt (repl.md): reads inputs and runs them until Ctrl-D, `exit`, or `stop`. Asks the server nothing before it is drawn. Resolves with
 * the exit code, when the terminal is as it was and log streams are closed.
 */
export async function startRepl(options: ReplOptions): Promise<number> {
  const { shell, screen, runner } = await openShell(options)
  // Another process's terminal sends its Ctrl-C as a key, and this process's signals are not about it.
  const release = options.terminal.isOwn
    ? guardSignals(process, runner.signalled, screen.close)
    : () => undefined
  let isStopped = false
  const stop = () => {
    isStopped = true
    screen.close()
    runner.interrupt()
  }
  options.stop.addEventListener('abort', stop, { once: true })
  try {
    const ended = await readInit(shell, runner)
    if (ended) return ended.exit
    return await readAndRun(shell, screen, runner, () => isStopped)
  } finally {
    options.stop.removeEventListener('abort', stop)
    await shell.jobs.close(CLOSING_MS)
    await Promise.all([shell.language.close(), shell.names.save(), shell.history.settled()])
    screen.close()
    release()
  }
}

interface Opened {
  readonly shell: Shell
  readonly screen: Screen
  readonly runner: Runner
}

async function openShell(options: ReplOptions): Promise<Opened> {
  const { session: ownSession, terminal, directory, stop } = options
  const { folders, env } = ownSession
  const [{ settings, problem }, isFirst] = await Promise.all([
    readSettings(settingsFile(folders.config)),
    exists(settingsFile(folders.config).path).then((found) => !found),
  ])
  let shell: Shell | undefined
  const theShell = () => shell as Shell
  let warned = false

  const isPlain = await isPlainTerminal(options, settings)
  const listener = {
    interrupted: () => runner.interrupt(),
    refresh: () =>
      void readAgain(theShell(), kindsOfUse(theShell())).catch((error: unknown) =>
        screen.print(`${visible(String(error))}\n`),
      ),
    leaves() {
      const running = theShell().jobs.running
      if (running.length === 0 || warned) return true
      warned = true
      screen.print(
        `${running.map((job) => `job ${job.number}: ${job.title}`).join('\n')}\nCtrl-D again leaves and closes ${running.length === 1 ? 'it' : 'them'}\n`,
      )
      return false
    },
  }
  let isLoaded = () => {}
  const prepared = new Promise<void>((resolve) => {
    isLoaded = resolve
  })
  const screen: Screen = isPlain
    ? createPlainScreen(options, theShell, listener)
    : createFullScreen(options, theShell, listener, prepared)
  const jobs = createJobs({
    deviceName: (id) => names.cache.get('device', id)?.attributes['name']?.toString(),
    show: (rows) =>
      screen.print(
        rows.map((row) => `${row.map((span) => styled(span, terminal.colour)).join('')}\n`).join(''),
      ),
    changed: () => {
      warned = false
      screen.redraw()
    },
  })
  const session = withSharedLogs(ownSession, (text) => jobs.notice(text))
  const names = createNames({
    session,
    onDisk: () => settings['cache.disk'],
    changed: () => screen.redraw(),
    signal: stop,
  })
  const runner = createRunner(screen, env, terminal)
  const host: Host = runner.around(
    await options.makeHost({
      terminal,
      aside: screen.aside,
      memory: names.memory,
      session,
      seen: names.seen,
      directory,
      interrupts: runner.interrupts,
      lists: () => ({
        blocks: screen.plain || theShell().settings.output === 'default',
        nameOf: names.nameOf,
      }),
    }),
  )
  const history = createHistoryLog(folders.state, settings['history.size'], (text) =>
    screen.print(`${visible(text)}\n`),
  )
  const made: Shell = {
    options,
    session,
    host,
    language: createLanguage(host, {}, { words: REPL_WORDS, owner: theShell }),
    names,
    jobs,
    history,
    settings,
    private: false,
    status: 0,
    target: undefined,
    projectGroup: undefined,
    terminal: screen,
    print: runner.print,
  }
  shell = made
  const loaded = history.load().then(isLoaded)
  await Promise.all([
    enterTarget(made),
    projectGroupOf(directory).then((group) => (made.projectGroup = group)),
    isPlain ? loaded : undefined,
  ])
  if (problem) screen.print(`${visible(problem.message)}\n${visible(problem.hint ?? '')}\n`)
  if (isFirst) await welcome(made)
  if (!names.isLoggedIn) await sayHowToBegin(made)
  return { shell: made, screen, runner }
}

/** `init.imptsh` in the config folder, statement by statement; its mistakes are shown and the session starts anyway (repl.md 3.10). */
async function readInit(shell: Shell, runner: Runner): Promise<Done | undefined> {
  const file = join(shell.session.folders.config, 'init.imptsh')
  if (!(await exists(file))) return undefined
  try {
    const text = await readScript(file)
    const { tree, diagnostics } = parse(text)
    const statements = diagnostics.length > 0 ? [{ start: 0, end: text.length }] : tree.body
    for (const { start, end } of statements) {
      const done = await runner.run(shell, text.slice(start, end))
      if (done.ended) return done
      if (done.exit !== 0) shell.print(`(in ${visible(file)})\n`)
    }
  } catch (error) {
    shell.print(`${visible(file)}: ${visible(error instanceof Error ? error.message : String(error))}\n`)
  }
  return undefined
}

async function readAndRun(
  shell: Shell,
  screen: Screen,
  runner: Runner,
  isStopped: () => boolean,
): Promise<number> {
  let isFirst = true
  for (;;) {
    if (isStopped()) return exitOf(shell.options.stop.reason, TERMINATED)
    const reading = screen.read()
    if (isFirst) {
      afterFirstPrompt(shell).catch((error: unknown) =>
        shell.print(`Names cannot be kept: ${visible(String(error))}\n`),
      )
    }
    isFirst = false
    const read = await reading
    if (isStopped()) return exitOf(shell.options.stop.reason, TERMINATED)
    if (read.kind === 'gone') return 129
    if (read.kind === 'leave') return 0
    if (read.text.trim() === '') continue
    const recorded = recordable(read.text, shell.language.parse(read.text))
    if (recorded !== undefined && !shell.private) shell.history.add(recorded, contextKey(shell))
    const done = await perform(shell, runner, read.text)
    if (done.exit !== 0 && recorded !== undefined && !shell.private) shell.history.failed()
    if (done.ended) return done.exit
    shell.status = done.exit
    await lookAround(shell)
  }
}

/** Runs an input; a recalled one gets its secrets back first. */
async function perform(shell: Shell, runner: Runner, text: string): Promise<Done> {
  if (!hasHiddenSecret(text)) return runner.run(shell, text)
  try {
    let whole = text
    while (whole.includes(SECRET)) {
      const before = /(--?[\w-]+)[=\s]*$/.exec(whole.slice(0, whole.indexOf(SECRET)))?.[1]
      const value = await shell.host.ask(
        `Enter the value${before === undefined ? '' : ` of ${before}`}: `,
        true,
      )
      whole = whole.replace(SECRET, () => quotedWord(value))
    }
    return await runner.run(shell, whole)
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    shell.print(`${visible(error.message)}\n`)
    return { exit: error.exit, ended: false }
  }
}

/** Takes the target in effect, and the names of its login; gives whether the login is another one. */
async function enterTarget(shell: Shell): Promise<boolean> {
  const { language, names, options, session } = shell
  const { directory, used } = language.settings
  const { target, authDirectory, problem } = await standingTarget(session, directory, {
    at: options.at,
    used,
  })
  shell.target = target
  if (problem !== undefined) shell.print(`${problem}\n`)
  return names.enter(authDirectory)
}

/** After an input: the directory, the login and the Project may be others. */
async function lookAround(shell: Shell): Promise<void> {
  const { names, language, terminal } = shell
  const { directory } = language.settings
  const before = names.account
  const isOther = await enterTarget(shell)
  shell.projectGroup = await projectGroupOf(directory)
  if (!isOther) return
  if (before !== undefined) shell.print(`now ${loginText(names)}\n`)
  void names.prefetch().then(terminal.redraw)
}

/** Who is logged in where. The name of the account is asked for only after this. */
function loginText({ isLoggedIn, account, endpoint = '' }: Shell['names']): string {
  if (!isLoggedIn) return 'not logged in'
  const at = visible(redactUrl(endpoint))
  return account === undefined ? `logged in at ${at}` : `account ${visible(account.username)} at ${at}`
}

async function afterFirstPrompt(shell: Shell): Promise<void> {
  const { names, session, terminal } = shell
  await loadWidths()
  await Promise.all((['product', 'dg'] as const).map((kind) => names.cache.load(kind)))
  terminal.redraw()
  await names.prefetch()
  await sweepEntityFiles(session.folders.cache)
}
