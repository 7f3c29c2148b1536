import { compileMessages, formatCompileMessage } from '../../impcentral/failure.ts'
import { displayOf } from '../../entities/display.ts'
import { KINDS, kindNamed, type Kind } from '../../entities/kinds.ts'
import { CANCELED, type ImptError } from '../../output/error.ts'
import { renderJson } from '../../output/json.ts'
import { IMPOSSIBLE } from '../../output/messages.ts'
import type { Entity } from '../../output/result.ts'
import { renderTextList } from '../../output/text.ts'
import { visible } from '../../output/visible.ts'
import { shortCell } from './short-cell.ts'

/**
 * A failure as text: its lines, the candidates of an ambiguous identifier, and what to do next (output.md 5). `isShort`: a candidate has a line,
 * as nothing documents it for the commands that are ours.
 */
export function failText(error: ImptError, isShort = false): string {
  if (isRefusal(error)) return `${error.message}\n`
  if (isShort && error.candidates !== undefined && error.candidates.length > 0)
    return [...reasons(error), ...candidateLines(error), `Use the id of the one that is meant.\n`].join('')
  const candidates = candidatesOf(error)
  return [
    ...reasons(error),
    candidates,
    candidates === '' ? '' : `${IMPOSSIBLE}\n`,
    error.hint === undefined ? '' : `${visible(error.hint)}\n`,
    error.outdated ? `${IMPOSSIBLE}\n` : '',
  ].join('')
}

/**
 * Minimal mode has no lines beside the error (output.md 1); the messages of the compiler are the error itself, and so is that a change may have been
 * carried out.
 */
export function failMinimal(error: ImptError, isShort = false): string {
  if (isRefusal(error)) return ''
  const lines = error.code === 'COMPILE' ? reasons(error) : reasons({ message: error.message, notes: [] })
  const candidates = isShort ? candidateLines(error).join('') : candidatesOf(error)
  return [...lines, candidates, error.mayBeDone ? `${visible(error.hint ?? '')}\n` : ''].join('')
}

/** The JSON document of a failure, `render`ed as the result is. Notes of other errors are for people; those of the compiler are the reason itself. */
export function failJson(error: ImptError, render: (value: unknown) => string = renderJson): string {
  const candidates = (error.candidates ?? []).map((entity) => displayOf(entity as Entity, 'list'))
  const reason = error.code === 'COMPILE' ? compileReasons(error) : error.message
  return render({
    Error: reason,
    ...(candidates.length > 0 ? { Candidates: candidates } : {}),
    ...(error.mayBeDone && error.hint !== undefined ? { Doubt: error.hint } : {}),
    ...error.data,
  })
}

/** A person has said no, at a question or with Ctrl-C. */
export function isRefusal({ code, message }: ImptError): boolean {
  return code === 'CANCELLED' && message === CANCELED
}

/** Several errors of the server have a line each; an indented line goes on with the one before (messages.md 2). */
function reasons({ message, notes }: Pick<ImptError, 'message' | 'notes'>): readonly string[] {
  const lines = message
    .split('\n')
    .map((line) => `${line.startsWith('  ') ? '' : 'Error: '}${visible(line)}\n`)
  return [...lines, ...notes.map((note) => `${visible(note)}\n`)]
}

function candidatesOf({ candidates = [] }: ImptError): string {
  const shown = (candidates as readonly Entity[]).map((entity) => displayOf(entity, 'list'))
  return renderTextList(shown, { key: (text) => text, comma: ', ' })
}

/** The id of each candidate, and what tells it from the others. */
function candidateLines({ candidates = [] }: ImptError): readonly string[] {
  const now = Date.now()
  return (candidates as readonly Entity[]).map((entity) => {
    const kind = kindNamed(entity.name)
    const cells = (kind === undefined ? [] : KINDS[kind].columns)
      .filter(({ of }) => of !== 'id')
      .map((column) => {
        const text = shortCell(kind as Kind, entity, column, now, undefined)
        // Without a heading "yes" says nothing.
        return text === 'yes' ? column.title : text === 'no' ? '' : text
      })
    return `  ${[visible(entity.id), ...cells.filter((text) => text !== '')].join('  ')}\n`
  })
}

/** `<title>: <detail> <file> <type> (line R, column C): <text>`, a line for each message of the compiler. */
function compileReasons({ message, http }: ImptError): string {
  const texts = compileMessages([{ meta: http?.meta ?? [] }]).map(
    (one) => `${message} ${formatCompileMessage(one)}`,
  )
  return texts.length > 0 ? texts.join('\n') : message
}
