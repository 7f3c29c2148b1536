import { filesOf } from '../commands/format-files.ts'
import { listOf } from '../commands/options.ts'
import type { Invocation } from '../commands/row.ts'
import { createFinder, type Finder } from '../entities/finder.ts'
import { KINDS } from '../entities/kinds.ts'
import {
  checkScript,
  exitOfFindings,
  findingRecords,
  mentionedIdentifiers,
  renderFindings,
} from '../language/check/report.ts'
import type { Diagnostic } from '../language/syntax/diagnostic.ts'
import { decodeScript, readScript } from '../language/run/script-file.ts'
import type { Source } from '../language/syntax/source.ts'
import { counted, notFound } from '../output/messages.ts'
import { renderJson } from '../output/json.ts'
import { wholeInput } from '../program/whole-input.ts'
import type { Program } from './program.ts'
import { questionsAt } from './questions.ts'

/** `impt check FILE...`: parses and checks, runs nothing (language.md 2.14). Gives the exit code. */
export async function check(program: Program, { options, words: files }: Invocation): Promise<number> {
  const finder = options.online ? await onlineFinder(program) : undefined
  const records: object[] = []
  let exit = 0
  const scripts = await scriptsOf(program, files)
  for (const source of scripts) {
    const found = [
      ...(await checkScript(source, process.cwd(), readScript)),
      ...(finder ? await lookUp(finder, source) : []),
    ]
    exit = Math.max(exit, exitOfFindings(found))
    records.push(...findingRecords(found, source))
    if (options.output !== 'json') await program.terminal.out(renderFindings(found, source))
  }
  await program.terminal.out(
    options.output === 'json' ? renderJson(records) : summaryOf(records.length, scripts.length),
  )
  if (options.test !== true || exit !== 0) return exit
  const { runTests } = await import('./check-tests.ts')
  return runTests(program, scripts, listOf(options, 'report'))
}

/** The scripts that words mean: files, the scripts of a folder, and `-` for standard input. Throws FILE. */
async function scriptsOf({ signal }: Program, words: readonly string[]): Promise<readonly Source[]> {
  const names = await filesOf(words, { directory: process.cwd(), ending: '.imptsh' })
  const scripts: Source[] = []
  for (const name of names)
    scripts.push(
      name === '-'
        ? { name: '<stdin>', text: decodeScript(await wholeInput(process.stdin, signal), '<stdin>') }
        : { name, text: await readScript(name) },
    )
  return scripts
}

function summaryOf(findings: number, files: number): string {
  const scripts = counted(files, 'script')
  return findings === 0
    ? `${scripts} checked: nothing to say\n`
    : `${scripts} checked: ${counted(findings, 'finding')}\n`
}

async function onlineFinder(program: Program): Promise<Finder> {
  const session = await program.session()
  const ask = questionsAt(program.terminal, { signal: program.signal, beside: true })
  return createFinder(
    await session.client(process.cwd(), {
      signal: program.signal,
      askSecret: (what) => ask.text(what, true),
      readOnly: true,
    }),
  )
}

/** Identifiers that the server does not know; ambiguous ones are left to the run, which may mean all of them. */
async function lookUp(finder: Finder, source: Source): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = []
  for (const { kind, text, start, end } of mentionedIdentifiers(source)) {
    // Ids alone are not worth asking for, and that of a login key is a secret.
    if (KINDS[kind].identifiedBy.length === 0) continue
    if ((await finder.findAll(kind, text)).length > 0) continue
    found.push({
      code: 'NOT_FOUND',
      severity: 'warning',
      message: notFound(KINDS[kind].name, text),
      start,
      end,
    })
  }
  return found
}
