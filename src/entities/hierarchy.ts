import { ImptError } from '../output/error.ts'
import { noIdentifier } from '../output/messages.ts'
import { KINDS, type Kind } from './kinds.ts'

/** The kinds of the parts of a hierarchical identifier, from the left. */
const PARTS: readonly Kind[] = ['account', 'product', 'dg']

/**
 * The parts of `{account}{product}` or `{account}{product}{group}`; undefined for a text of any other shape (identifiers.md 3). Throws USAGE
 * for a part that is empty, naming it.
 */
export function hierarchyOf(kind: Kind, text: string): readonly string[] | undefined {
  const parts = bracedParts(text)
  if (parts?.length !== KINDS[kind].parts) return undefined
  const empty = parts?.indexOf('') ?? -1
  const missing = PARTS[empty]
  if (missing) throw new ImptError('USAGE', noIdentifier(KINDS[missing].name))
  return parts
}

/** Whether a text has the form of a hierarchical identifier, of whatever kind: such a text is never the name of something new. */
export function isHierarchical(text: string): boolean {
  return (bracedParts(text)?.length ?? 0) > 1
}

function bracedParts(text: string): readonly string[] | undefined {
  return text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1).split('}{') : undefined
}
