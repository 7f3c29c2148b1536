import { displayBeside, displayOf } from '../../entities/display.ts'
import { renderJson, renderJsonArray, renderJsonLine } from '../../output/json.ts'
import type { Result } from '../../output/result.ts'
import { mapped, whole } from './items.ts'

/** The documented JSON (output.md 7): one document, or one line for each entry of a live log. */
export async function* presentJson(result: Result): AsyncGenerator<string> {
  switch (result.kind) {
    case 'entity':
      yield renderJson(displayBeside(result.entity, result.form, result.beside ?? []))
      return
    case 'entities':
      yield* whole(renderJsonArray(result.items, (entity) => displayOf(entity, 'list')))
      return
    case 'logs':
      if (result.live) yield* mapped(result.items, renderJsonLine)
      else yield* whole(renderJsonArray(result.items))
      return
    case 'events':
      yield* mapped(result.items, renderJsonLine)
      return
    case 'record':
      if (result.isList) yield renderJson(result.value)
      else if (!result.told) yield renderJson(result.record)
      else if (!result.failed) yield renderJson(result.asked ?? {})
      return
    case 'done':
      if (!result.silent) yield renderJson({})
      return
    default:
      result satisfies never
  }
}
