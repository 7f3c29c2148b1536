import { appendFileSync } from 'node:fs'
import { textOf } from '../commands/options.ts'
import type { Invocation } from '../commands/row.ts'
import { fileError } from '../session/file-error.ts'
import type { Program } from './program.ts'

/** `impt lsp`: the language server on stdin and stdout. Gives the exit code. Throws FILE for a log that cannot be written. */
export async function languageServer({ version }: Program, { options }: Invocation): Promise<number> {
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
    version,
    directory: process.cwd(),
    log(line) {
      if (log !== undefined) appendFileSync(log, `${new Date().toISOString()} ${line}\n`)
    },
  })
}
