import { bind } from '../../commands/bind.ts'
import { scan } from '../../commands/scan.ts'
import type { Kind } from '../../entities/kinds.ts'
import { check } from './check.ts'
import { type Read, readModules } from './modules.ts'
import { imptCommandOf, staticWords } from '../syntax/static-call.ts'
import type { Diagnostic } from '../syntax/diagnostic.ts'
import { parse } from '../syntax/parse.ts'
import { renderDiagnostic } from '../run/render-error.ts'
import { positionOf, type Source, type Span } from '../syntax/source.ts'
import type { Command } from '../syntax/tree.ts'
import { visitCommands } from '../syntax/visit.ts'

/** Parses and checks one text by itself: what it imports is taken to be as it says. Findings are in the order of the text. */
export function checkText(source: Source): Diagnostic[] {
  const { tree, diagnostics } = parse(source.text)
  return diagnostics.length > 0 ? [...diagnostics] : check(tree, source)
}

/** Parses and checks one script and what it imports: what `impt check FILE` does. */
export async function checkScript(source: Source, directory: string, read: Read): Promise<Diagnostic[]> {
  const { tree, diagnostics } = parse(source.text)
  if (diagnostics.length > 0) return [...diagnostics]
  return check(tree, source, { modules: await readModules(tree, source, directory, read) })
}

/** Findings as text for people, each with its line and caret; a last line counts them. */
export function renderFindings(found: readonly Diagnostic[], source: Source): string {
  return found.map((diagnostic) => renderDiagnostic(diagnostic, source)).join('')
}

/** Findings as the records of `impt check --output json` (language.md 2.14). */
export function findingRecords(found: readonly Diagnostic[], source: Source): object[] {
  return found.map(({ code, severity, message, hint, start, end }) => {
    const from = positionOf(source.text, start)
    const to = positionOf(source.text, end)
    return {
      file: source.name,
      line: from.line,
      col: from.col,
      endLine: to.line,
      endCol: to.col,
      code,
      severity,
      message,
      hint: hint ?? null,
    }
  })
}

/** The exit code of `impt check`: 2 if a script would not run. */
export function exitOfFindings(found: readonly Diagnostic[]): number {
  return found.some(({ severity }) => severity === 'error') ? 2 : 0
}

/** An identifier that stands as plain text in a script: what `check --online` looks up. */
interface Mentioned extends Span {
  readonly kind: Kind
  readonly text: string
}

/** All identifiers that are known before the run. */
export function mentionedIdentifiers(source: Source): Mentioned[] {
  const mentioned: Mentioned[] = []
  const { tree } = parse(source.text)
  visitCommands(tree, (node: Command) => {
    const { command, args } = imptCommandOf(node) ?? {}
    if (command === undefined || args === undefined) return
    const { words, from } = staticWords(args)
    if (bind(command, words).problems.length > 0) return
    for (const part of scan(command, words)) {
      if (
        part.kind !== 'option' ||
        part.option.identifies === undefined ||
        part.valueIndex === undefined ||
        part.value === undefined ||
        words[part.valueIndex]?.unknown === true
      )
        continue
      const argument = from[part.valueIndex]
      if (argument !== undefined)
        mentioned.push({
          kind: part.option.identifies,
          text: part.value,
          start: argument.start,
          end: argument.end,
        })
    }
  })
  return mentioned
}
