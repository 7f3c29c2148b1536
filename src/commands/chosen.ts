import type { Finder } from '../entities/finder.ts'
import { isHierarchical } from '../entities/hierarchy.ts'
import { KINDS, type Listed } from '../entities/kinds.ts'
import { ImptError } from '../output/error.ts'
import { named } from '../output/messages.ts'
import type { Choice, Named } from '../session/session.ts'
import type { Target } from './common.ts'
import type { Context } from './context.ts'

/** The entity that `use`, `with` or a target fills in. Throws as `find` does, and what `chosenTarget` throws. */
export async function filledIn<K extends 'product' | 'dg'>(
  context: Context,
  finder: Finder,
  kind: K,
  chosen: Choice | Named,
): Promise<Target<Listed<K>>> {
  if (chosen.id !== undefined) return chosenTarget(context, finder, kind, chosen)
  const { text, product } = chosen
  const label = named(KINDS[kind].name, text)
  if (product === undefined || isHierarchical(text)) return { resource: await finder.find(kind, text), label }
  const { id } = await finder.find('product', product)
  const groups = await finder.findAll(kind, text)
  const [group, ...more] = groups.filter(
    (one) => one.id === text || one.relationships?.['product']?.id === id,
  )
  if (group !== undefined && more.length === 0) return { resource: group, label }
  throw new ImptError(
    group === undefined ? 'NOT_FOUND' : 'AMBIGUOUS',
    group === undefined
      ? `${label} is not found in ${named('Product', product)}.`
      : `${label} is not the only one of that name in ${named('Product', product)}.`,
    { hint: `The target "${context.target?.name ?? ''}" names them: see "impt target info"` },
  )
}

/**
 * The entity that `use` or `with` chose, as it is now. It is found by its id, so that nobody else can put another one in its place by a
 * name: a new name is told. Throws NOT_FOUND when it is gone, and CONFLICT when what was typed names another entity by now.
 */
async function chosenTarget<K extends 'product' | 'dg'>(
  context: Context,
  finder: Finder,
  kind: K,
  { id, text, name }: Choice,
): Promise<Target<Listed<K>>> {
  const title = KINDS[kind].name
  const again = `Choose again, with "use ${kind} NAME" or "with ${kind} NAME"`
  const resource = await finder.byId(kind, id)
  if (!resource)
    throw new ImptError('NOT_FOUND', `${named(title, text)} does not exist anymore.`, { hint: again })
  const present = (resource.attributes as { readonly name?: string | null }).name
  if (text === id || typeof present !== 'string' || present === name)
    return { resource, label: named(title, text) }
  const others = (await finder.findAll(kind, text)).filter((other) => other.id !== id)
  if (others.length > 0) {
    const said = `${named(title, text)} is another one now. The one that was chosen is now called ${named('', present).trim()}.`
    throw new ImptError('CONFLICT', said, { hint: again })
  }
  context.warn(`${named(title, text)} is now called ${named('', present).trim()}`)
  return { resource, label: named(title, present) }
}
