import { compileMessages, formatCompileMessage } from '../impcentral/failure.ts'
import { displayOf } from '../entities/display.ts'
import { ImptError } from '../output/error.ts'
import { renderJson } from '../output/json.ts'
import type { Entity } from '../output/result.ts'
import { renderTextList } from '../output/text.ts'
import { visible } from '../output/visible.ts'
import type { Mode } from '../commands/present.ts'

/** A failure as one output mode shows it (output.md 5). Candidates of an ambiguous identifier are part of it in every mode but minimal. */
export function renderFailure(error: unknown, mode: Mode): string {
  const known = asImptError(error)
  const candidates = (known.candidates ?? []) as readonly Entity[]
  if (mode === 'json') {
    const shown = candidates.map((entity) => displayOf(entity, 'list'))
    // Notes of other errors are for people; those of the compiler are the reason itself (output.md 5).
    const reasons = known.code === 'COMPILE' ? compileReasons(known) : known.message
    return renderJson({ Error: reasons, ...(shown.length > 0 ? { Candidates: shown } : {}), ...known.data })
  }
  if (known.code === 'CANCELLED' && known.message === 'Operation is canceled.')
    return mode === 'minimal' ? '' : `${known.message}\n`
  // Several errors of the server have a line each; an indented line goes on with the one before (messages.md 2).
  const lines = known.message
    .split('\n')
    .map((line) => `${line.startsWith('  ') ? '' : 'Error: '}${visible(line)}\n`)
  lines.push(...known.notes.map((note) => `${visible(note)}\n`))
  if (candidates.length > 0) {
    const list = candidates.map((entity) => displayOf(entity, 'list'))
    lines.push(renderTextList(list, { key: (text) => text, comma: ', ' }))
    if (mode !== 'minimal') lines.push('Impossible to execute the command.\n')
  }
  // Minimal mode has no lines beside the error (output.md 1).
  if (known.hint && mode !== 'minimal') lines.push(`${visible(known.hint)}\n`)
  if (known !== error && error instanceof Error && error.stack) lines.push(`${visible(error.stack, true)}\n`)
  return lines.join('')
}

/** `<title>: <detail> <file> <type> (line R, column C): <text>`, a line for each message of the compiler. */
function compileReasons({ message, http }: ImptError): string {
  const texts = compileMessages([{ meta: http?.meta ?? [] }]).map(
    (one) => `${message} ${formatCompileMessage(one)}`,
  )
  return texts.length > 0 ? texts.join('\n') : message
}

/** Any thrown value as an ImptError; what is none is a defect of ours and says so. */
export function asImptError(error: unknown): ImptError {
  if (error instanceof ImptError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ImptError('SERVER', `Internal error: ${message}.`, {
    hint: 'This is a defect of impt. Please report it with the command line and the lines below; they hold no credential.',
    cause: error,
  })
}
