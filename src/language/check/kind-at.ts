import type { RecordName } from '../../entities/schema.ts'
import { parse } from '../syntax/parse.ts'
import { check } from './check.ts'

/** A name that nobody gives a field. */
const ASKED = '__asked'

/**
 * The kind of the record whose field is being typed at an offset, as the checker knows it: of `$device.`, `$it.`, `where `. A list counts as its items.
 * The text may be unfinished. Undefined where nothing is known.
 */
export function kindAt(text: string, offset: number): RecordName | undefined {
  let kind: RecordName | undefined
  // A block that is still open ends with the text.
  for (const rest of [text.slice(offset), '', ' }', ' } }', ')', ' })']) {
    const asked = text.slice(0, offset) + ASKED + rest
    const { tree } = parse(asked)
    check(
      tree,
      { name: '', text: asked },
      {
        heardField(name, shape) {
          if (name.includes(ASKED)) kind ??= shape.kind
        },
      },
    )
    if (kind !== undefined) return kind
  }
  return undefined
}
