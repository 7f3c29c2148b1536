import { displayBeside, displayOf } from '../../entities/display.ts'
import { batchesOf } from '../../output/batches.ts'
import type { PeopleTable } from '../../output/columns.ts'
import { listHeading, noneFound } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { renderText, renderTextList, type TextStyle } from '../../output/text.ts'
import { filled } from '../../output/wrap.ts'
import { logLines } from './log-lines.ts'
import { colours } from '../../output/paint.ts'
import type { Look } from './look.ts'

/** The default and the debug mode (output.md 4): keys coloured, a heading over lists. */
export function presentText(result: Result, look: Look): AsyncGenerator<string> {
  return texts(result, { key: colours(look.colour).green, comma: ', ' }, true, look)
}

/** The minimal mode (output.md 1): the data and nothing beside it. */
export function presentMinimal(result: Result, look: Look): AsyncGenerator<string> {
  return texts(result, { key: (text) => text, comma: ',' }, false, look)
}

async function* texts(result: Result, style: TextStyle, heads: boolean, look: Look): AsyncGenerator<string> {
  switch (result.kind) {
    case 'entity':
      yield renderText(displayBeside(result.entity, result.form, result.beside ?? []), style)
      return
    case 'entities':
      yield* list(result, style, heads)
      return
    case 'logs':
      yield* logLines(result, look, heads)
      return
    case 'events':
      for await (const item of result.items)
        yield heads ? filled(result.text(item), look.width) : result.text(item)
      return
    case 'record':
      if (result.shown !== undefined) {
        const { head, table } = result.shown
        if (heads) yield filled(`${head}\n`, look.width)
        if (table.rows.length > 0) yield await drawn(table, look)
      } else if (heads && !result.told && result.isList && result.value?.length === 0)
        yield 'There is nothing to list.\n'
      else if (!result.told) yield renderText(result.record, style)
      return
    case 'done':
      return
    default:
      result satisfies never
  }
}

async function drawn(table: PeopleTable, look: Look): Promise<string> {
  const { renderPeopleTable } = await import('../../output/columns.ts')
  const { bold, dim } = colours(look.colour)
  const width = look.wide === true ? undefined : look.width
  return renderPeopleTable(table, { width, head: bold, note: dim })
}

/** Laid out while the next pages arrive; text under a heading is held back, because the heading says how many there are. */
async function* list(
  { of, items }: Result & { kind: 'entities' },
  style: TextStyle,
  heads: boolean,
): AsyncGenerator<string> {
  const held: string[] = []
  let count = 0
  for await (const batch of batchesOf(items)) {
    count += batch.length
    const text = renderTextList(
      batch.map((entity) => displayOf(entity, 'list')),
      style,
    )
    if (heads) held.push(text)
    else yield text
  }
  if (heads) yield `${count === 0 ? noneFound(of) : listHeading(of, count)}\n`
  yield* held
}
