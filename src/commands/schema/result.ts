import { wrapped } from './entities.ts'
import { either, list, nothing, ref, type JsonResult } from './shape.ts'
import type { CommandRow } from '../row.ts'

/** What the JSON of a command looks like: by its row where that says so, else by its effect, its result and its kind of entity. */
export async function resultOf(command: CommandRow): Promise<JsonResult> {
  const { json, effect, result, entity, options } = command
  if (typeof json === 'function') return json()
  const plain = plainResult()
  // With --log what was asked for is followed by the log, a line an entry.
  const follows = options.some(({ name, kind }) => name === 'log' && kind === 'flag')
  return follows ? { schema: either(plain.schema, ref('LogEntry')), form: 'both' } : plain

  function plainResult(): JsonResult {
    if (json === 'nothing' || entity === undefined) return { schema: nothing }
    if (entity === 'Log Entry')
      return json === 'list' ? { schema: list(ref('LogEntry')) } : { schema: ref('LogEntry'), form: 'lines' }
    if (json === 'list' || (result === 'list' && effect === 'read'))
      return { schema: list(wrapped(entity, 'list')) }
    if (json === 'created') return { schema: wrapped(entity, 'list') }
    if (json === 'info' || effect === 'read') return { schema: wrapped(entity, 'info') }
    const shows = options.some(({ name, kind }) => name === 'show' && kind === 'flag')
    return { schema: shows ? either(nothing, wrapped(entity, 'info')) : nothing }
  }
}
