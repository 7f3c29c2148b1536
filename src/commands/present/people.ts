import { KINDS, kindNamed, type Kind } from '../../entities/kinds.ts'
import { columnsOf, recordOf } from '../../entities/record.ts'
import { cellText } from '../../output/cell.ts'
import { cellOf } from '../../output/csv.ts'
import type { ImptError } from '../../output/error.ts'
import { noneFound } from '../../output/messages.ts'
import type { Entity, Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { isRefusal } from './failure.ts'
import { collected } from './items.ts'
import { colours } from '../../output/paint.ts'
import type { Look } from './look.ts'
import { shortCell } from './short-cell.ts'
import { presentText } from './text.ts'

/** How results look at the prompt: lists as tables of the columns that people read, everything else as text (language-2 E2). */
export async function* presentPeople(result: Result, look: Look): AsyncGenerator<string> {
  if (result.kind !== 'entities' || look.blocks === true) {
    yield* presentText(result, look)
    return
  }
  const entities = await collected(result.items)
  if (entities.length === 0) {
    yield `${noneFound(result.of)}\n`
    return
  }
  const kind = kindNamed(result.of)
  const table =
    kind === undefined || look.wide === true ? wide(result.of, entities) : short(kind, entities, look)
  const { renderPeopleTable } = await import('../../output/columns.ts')
  const { dim, bold } = colours(look.colour)
  yield await renderPeopleTable(table, {
    width: look.wide === true ? undefined : look.width,
    head: bold,
    note: dim,
  })
}

/** One line where it can be: the text, and what to do next behind it. */
export function failPeople(error: ImptError): string {
  if (isRefusal(error)) return `${error.message}\n`
  const [first = '', ...more] = error.message.split('\n')
  const hint = error.hint === undefined ? '' : ` (${visible(error.hint)})`
  return [
    `Error: ${visible(first)}${more.length === 0 ? hint : ''}`,
    ...more.map((line) => visible(line)),
    ...error.notes.map((note) => visible(note)),
    ...(more.length > 0 && hint !== '' ? [hint.trim()] : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function short(kind: Kind, entities: readonly Entity[], { nameOf }: Look) {
  const row = KINDS[kind]
  const now = Date.now()
  return {
    columns: row.columns.map(({ title, of }) => ({
      title,
      keeps: of === 'id' || of === row.cache.name,
      shrinks: of === 'description' || of === 'url' || of === 'email' || of === 'tags',
    })),
    rows: entities.map((entity) => row.columns.map((column) => shortCell(kind, entity, column, now, nameOf))),
  }
}

/** Every field that has a column. */
function wide(name: string, entities: readonly Entity[]) {
  const columns = columnsOf(name)
  return {
    columns: columns.map((title) => ({ title, keeps: true, shrinks: false })),
    rows: entities.map((entity) => {
      const record = recordOf(entity)
      return columns.map((column) => cellText(cellOf(record, column)))
    }),
  }
}
