import { renderHelp } from '../commands/help.ts'
import { topicIn } from '../commands/argv.ts'
import { complete, type Found, type Known } from '../completion/complete.ts'
import { topicAt } from '../completion/option-at.ts'
import type { Parse } from '../completion/place.ts'
import { editText } from './external-editor.ts'
import { promptFacts } from './facts.ts'
import { filledFromUse, hintFor, suggestionFor } from './hints.ts'
import { createLineEditor, type Lookup, type Look } from './line-editor.ts'
import { ageText } from '../output/age.ts'
import { paint } from './paint.ts'
import { BARE_PROMPT, promptSpans } from './prompt.ts'
import { repairTerminal } from './screen/raw-marker.ts'
import type { Screen } from './screen.ts'
import type { Span } from './screen/style.ts'
import type { ReplOptions, Shell } from './shell.ts'
import { createParser } from './syntax.ts'
import { namesHere } from '../session/names-here.ts'
import { REPL_WORDS } from './words/index.ts'

/** What happens to a screen that the session has to know. */
export interface ScreenListener {
  /** Ctrl-C while an input runs. */
  readonly interrupted: () => void
  /** Ctrl-D on an empty input: whether to leave. */
  readonly leaves: () => boolean
  /** F5. */
  readonly refresh: () => void
}

/** The prompt with redrawing: editor, colours, menu and hints. `shell` is asked for when it is needed, because it needs the screen too. */
export function createFullScreen(
  options: ReplOptions,
  shell: () => Shell,
  listener: ScreenListener,
  prepared: Promise<void>,
): Screen {
  const { terminal: base, session } = options
  const { stdin, stdout, keyboard, colour } = base
  const parser = createParser((text) => shell().language.parse(text))
  const marker =
    base.isOwn && base.interactive
      ? repairTerminal(session.folders.state, (stdin as NodeJS.ReadStream & { readonly fd: number }).fd)
      : undefined

  const placeParser = createParser((text) => shell().language.parse(text))
  const known = (): Known => knownOf(shell(), placeParser)
  const suggestion = (text: string) =>
    shell().settings.hints ? suggestionFor(text, shell().history.entries, contextKey(shell())) : ''
  const look: Look = {
    prepared,
    surroundings: {
      get history() {
        return shell().history.texts
      },
      tokens: (text) => parser(text).tokens,
      isComplete: (text) => parser(text).open.length === 0,
      suggestion: (state) => suggestion(state.text),
    },
    frame(state, idle, { columns, rows }) {
      const parsed = parser(state.text)
      const { language, settings } = shell()
      const names = {
        isVariable: (name: string) =>
          language.get(name.split('.')[0] ?? '') !== undefined || BUILT_IN_VARIABLES.has(name),
        isFunction: (name: string) => language.functions().includes(name),
      }
      return {
        prompt: promptOf(shell(), columns),
        continuation: (row) => continuationOf(state.text, parsed.open.at(-1)?.what, row),
        paint: paint(state.text, parsed, state.cursor, names),
        suggestion:
          state.cursor === state.text.length && !state.menu && !state.search
            ? suggestion(state.text) || filledFromUse(parsed, language.settings)
            : '',
        hint: settings.hints || state.search ? hintFor(state, parser, idle) : [],
        columns,
        rows,
        colour,
      }
    },
    complete: ({ text, cursor }, ask) => lookUp(shell(), () => complete(text, cursor, known()), ask),
  }

  const editor = createLineEditor({ keyboard, output: stdout }, look, {
    stopped() {
      base.progress(null)
      editor.terminal.write('^C\n')
      listener.interrupted()
    },
    interrupted: () => editor.above('Ctrl-D or "exit" to leave\n'),
    leaves: listener.leaves,
    help({ text, cursor }) {
      const topic = topicAt(text, cursor, parser)
      editor.above(renderHelp(topicIn(topic), Math.min(80, editor.terminal.columns)))
    },
    refresh: listener.refresh,
    async edit(text) {
      // The editor at the other end of a connection is not here.
      if (!base.isOwn) return undefined
      try {
        return await keyboard.lend(() => editText(text, session.env, shell().language.settings.directory))
      } catch (error) {
        editor.terminal.write(`${(error as Error).message}\n`)
        return undefined
      }
    },
  })

  const { terminal } = editor
  return {
    plain: false,
    get columns() {
      return terminal.columns
    },
    get rows() {
      return terminal.rows
    },
    redraw: editor.redraw,
    aside: editor.aside,
    print(text) {
      // Of the input that runs; else there is none.
      base.progress(null)
      editor.above(text)
    },
    read(draft) {
      marker?.set()
      return editor.read(draft)
    },
    close() {
      editor.close()
      marker?.clear()
    },
  }
}

const BUILT_IN_VARIABLES: ReadonlySet<string> = new Set(['env', 'it', 'in', 'args', '_', 'err'])

/** Completion's view of the session. */
export function knownOf({ names, language, jobs, session }: Shell, parse: Parse): Known {
  return {
    parse,
    cache: names.cache,
    functions: language.functions(),
    words: REPL_WORDS,
    signatureOf: (name) => language.signatureOf(name),
    variables: {
      names: () => language.variables(),
      get: (name) => language.get(name),
      environment: Object.keys(session.env),
    },
    namesHere: (kind) => namesHere(kind, language.settings.directory, session.env),
    directory: language.settings.directory,
    home: session.home,
    jobs: jobs.all,
  }
}

/** What is known now; with `ask`, and where names are stale, what the server says (repl.md 3.3). */
export function lookUp({ names }: Shell, find: () => Found, ask: boolean): Lookup {
  const now = find()
  const { kind } = now
  if (kind === undefined || !ask || !names.isLoggedIn || names.cache.isFresh(kind)) return { now }
  const later = names.refresh(kind).then(find, (): Found => {
    const age = names.cache.ageOf(kind)
    return { ...now, note: age === undefined ? 'the server cannot be reached' : `as of ${ageText(age)} ago` }
  })
  return { now, later }
}

/** The place that history entries belong to. */
export function contextKey({ names, language }: Shell): string {
  const { product, dg } = language.settings
  return [names.account?.username ?? '', dg?.text ?? product?.text ?? ''].join(' ').trim()
}

export function factsOf(shell: Shell) {
  const { language, names, jobs, session, projectGroup, status } = shell
  const more = {
    home: session.home,
    projectGroup,
    jobs: jobs.running.length,
    status,
    private: shell.private,
    now: Date.now(),
    sandbox: session.sandbox !== undefined,
    target: shell.target,
  }
  return promptFacts(names, language.settings, more)
}

function promptOf(shell: Shell, columns: number): readonly Span[] {
  try {
    return promptSpans(factsOf(shell), columns)
  } catch {
    // Whatever is wrong with a name, there is a prompt.
    return BARE_PROMPT
  }
}

function continuationOf(text: string, open: string | undefined, row: number): string {
  const isLast = text.split('\n', row + 2).length === row + 1
  return isLast && open !== undefined && open.length <= 2 ? `  … ${open} ` : '  … '
}
