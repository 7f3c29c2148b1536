import type { Kind } from './kind.ts'

/** How many parts a hierarchical identifier of each kind has; the other kinds have none. */
const PARTS: Partial<Record<Kind, number>> = { product: 2, dg: 3 }

/** The parts of `{account}{product}` or `{account}{product}{group}`; undefined for a text of any other shape (identifiers.md 3). */
export function hierarchyOf(kind: Kind, text: string): readonly string[] | undefined {
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined
  const parts = text.slice(1, -1).split('}{')
  return parts.length === PARTS[kind] && parts.every((part) => part !== '') ? parts : undefined
}
