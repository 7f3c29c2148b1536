import { appendFileSync } from 'node:fs'
import { textOf } from '../commands/options.ts'
import type { Invocation } from '../commands/row.ts'
import { entityFolder, type EntityCache, openEntityCache } from '../entities/cache.ts'
import { KIND_NAMES, KINDS } from '../entities/kinds.ts'
import { endpointOf } from '../session/execution-context.ts'
import { recallAccount } from '../session/known-accounts.ts'
import { fileError } from '../session/file-error.ts'
import { namesHere } from '../session/names-here.ts'
import { homeDirectory } from '../session/home.ts'
import type { Program } from './program.ts'

/** `impt lsp`: the language server on stdin and stdout. Gives the exit code. Throws FILE for a log that cannot be written. */
export async function languageServer(program: Program, { options }: Invocation): Promise<number> {
  const log = textOf(options, 'log')
  if (log !== undefined) {
    try {
      appendFileSync(log, '')
    } catch (error) {
      throw fileError(log, error)
    }
  }
  const { serveLanguages } = await import('../lsp/server.ts')
  return serveLanguages({
    input: process.stdin,
    output: process.stdout,
    signal: program.signal,
    version: program.version,
    directory: process.cwd(),
    surroundings: {
      home: homeDirectory(process.env),
      environment: Object.keys(process.env),
      namesHere: (kind) => namesHere(kind, process.cwd(), process.env),
      names: nowAndThen(() => rememberedNames(program)),
    },
    log(line) {
      if (log !== undefined) appendFileSync(log, `${new Date().toISOString()} ${line}\n`)
    },
    complain: (line) => program.terminal.err(`Error: ${line}\n`),
  })
}

/** How long what was read from the disk holds, in ms: an editor is open for days, while the prompt learns names and logins change. */
const NAMES_LAST_MS = 60_000

/** Reads again once in a while, also what could not be read the last time. */
export function nowAndThen<T>(read: () => Promise<T>): () => Promise<T> {
  let known: { readonly value: Promise<T>; readonly at: number } | undefined
  return () => {
    const now = Date.now()
    if (known === undefined || now - known.at >= NAMES_LAST_MS) known = { value: read(), at: now }
    return known.value
  }
}

/** The names of entities that the disk remembers of the account that is logged in here; no server is asked. */
async function rememberedNames(program: Program): Promise<EntityCache> {
  // The sandbox would have to be started for its names.
  if (program.globals.sandbox) return openEntityCache(undefined)
  const session = await program.session()
  const context = await session.context(process.cwd())
  const account = await recallAccount(session.folders.cache, context)
  if (account === undefined) return openEntityCache(undefined)
  const cache = openEntityCache(entityFolder(session.folders.cache, endpointOf(context), account.id))
  await Promise.all(KIND_NAMES.filter((kind) => KINDS[kind].cache.disk).map((kind) => cache.load(kind)))
  return cache
}
