import { entityOf } from '../entities/entity.ts'
import { createFinder, type Finder } from '../entities/finder.ts'
import { KINDS, type Kind, type Listed } from '../entities/kinds.ts'
import { idsOf } from '../entities/listing.ts'
import { infoRelations, listEntities } from '../entities/relatives.ts'
import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { andMore, named, noIdentifier, notFound, outdated } from '../output/messages.ts'
import type { Entity, Relation, Result } from '../output/result.ts'
import { readProject } from '../session/project-file.ts'
import type { ClientNeeds } from '../session/session.ts'
import { filledIn } from './chosen.ts'
import type { Context } from './context.ts'
import { listOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** Info lists and summaries show this many entities of a kind (output.md 4). */
const MOST_SHOWN = 5

/** An entity that a command works on, and how messages name it: by what the user typed, or by its id where nobody typed anything. */
export interface Target<R extends Resource = Resource> {
  readonly resource: R
  readonly label: string
}

export type GroupTarget = Target<Listed<'dg'>>

/** What a client for another login than that of the command needs of the command. */
export function needsOf({ signal, ask, observer }: Context): ClientNeeds {
  return { signal, askSecret: (what) => ask.text(what, true), ...(observer && { observer }) }
}

/** A finder for one command. */
export async function finderOf(context: Context): Promise<Finder> {
  return createFinder(await context.client(), context.memory)
}

/** The entity that an option names. */
export async function targetOf<K extends Kind>(
  finder: Finder,
  kind: K,
  text: string,
): Promise<Target<Listed<K>>> {
  return { resource: await finder.find(kind, text), label: named(KINDS[kind].name, text) }
}

/** The Device Group of an option, else of `use`, else of the Project file (commands.md 3). Throws USAGE where none says. */
export async function groupTarget(
  context: Context,
  finder: Finder,
  text: string | undefined,
): Promise<GroupTarget> {
  if (text !== undefined) return targetOf(finder, 'dg', text)
  const { dg } = context.defaults
  if (dg) return filledIn(context, finder, 'dg', dg)
  const group = await projectGroup(context, finder)
  if (!group)
    throw new ImptError('USAGE', noIdentifier('Device Group'), {
      hint: 'Give --dg, or work in a directory with a Project file',
    })
  return { resource: group, label: named('Device Group', group.id) }
}

/** The Product of an option, else of `use`, else of the Project's Device Group. */
export async function productTarget(
  context: Context,
  finder: Finder,
  text: string | undefined,
): Promise<Target<Listed<'product'>>> {
  if (text !== undefined) return targetOf(finder, 'product', text)
  const { product: chosen } = context.defaults
  if (chosen) return filledIn(context, finder, 'product', chosen)
  const group = await defaultGroup(context, finder)
  const id = group && (await relatedId(finder, 'dg', group, 'product'))
  const product = id === undefined ? null : await finder.byId('product', id)
  if (!product)
    throw new ImptError('USAGE', noIdentifier('Product'), {
      hint: 'Give --product, or work in a directory with a Project file',
    })
  return { resource: product, label: named('Product', product.id) }
}

/** The build of an option, else the newest one of the Device Group of `use` or of the Project. */
export async function buildTarget(
  context: Context,
  finder: Finder,
  text: string | undefined,
): Promise<Target<Listed<'build'>>> {
  if (text !== undefined) return targetOf(finder, 'build', text)
  const group = await defaultGroup(context, finder)
  const id = group && (await relatedId(finder, 'dg', group, 'current_deployment'))
  const build = id === undefined ? null : await finder.byId('build', id)
  if (!build) {
    throw new ImptError('USAGE', noIdentifier('Deployment'), {
      hint: 'Give --build, or work in a directory whose Project has a build',
    })
  }
  return { resource: build, label: named('Deployment', build.id) }
}

/** The Device Group of `use`, else of the Project file; undefined without either. */
export async function defaultGroup(context: Context, finder: Finder): Promise<Listed<'dg'> | undefined> {
  const { dg } = context.defaults
  return dg ? (await filledIn(context, finder, 'dg', dg)).resource : projectGroup(context, finder)
}

/** The id of a related entity; undefined where there is none. What a list does not tell is read by id. */
export async function relatedId<K extends Kind>(
  finder: Finder,
  kind: K,
  found: Listed<K>,
  relation: string,
): Promise<string | undefined> {
  const known = found.relationships?.[relation]?.id
  return known ?? (await finder.whole(kind, found)).relationships?.[relation]?.id
}

/** The Device Group of the Project file; undefined without one. Throws when the file points at a group that is gone. */
async function projectGroup(context: Context, finder: Finder): Promise<Listed<'dg'> | undefined> {
  const project = await readProject(context.directory)
  if (!project) return undefined
  return savedGroup(finder, project.deviceGroupId, 'Project')
}

/** The Device Group that a Project or test configuration file names. Throws NOT_FOUND with the documented advice when it is gone. */
export async function savedGroup(
  finder: Finder,
  id: string,
  file: 'Project' | 'Test Configuration',
): Promise<Listed<'dg'>> {
  const group = await finder.byId('dg', id)
  if (group) return group
  const command = file === 'Project' ? 'project' : 'test'
  throw new ImptError('NOT_FOUND', outdated(named('Device Group', id), file), {
    outdated: true,
    hint: `Use "impt ${command} delete" command to delete the outdated ${file}. Or give it another group: "impt ${command} ${file === 'Project' ? 'link' : 'update'} --dg ..."`,
  })
}

/** The ids that the filters `--owner`, `--product` and `--dg` of a list name; undefined where an option was not given. */
export async function filterIds(
  finder: Finder,
  options: OptionValues,
): Promise<Record<'owners' | 'products' | 'groups', readonly string[] | undefined>> {
  const [owners, products, groups] = await Promise.all([
    idsOf(finder, 'account', listOf(options, 'owner')),
    idsOf(finder, 'product', listOf(options, 'product')),
    idsOf(finder, 'dg', listOf(options, 'dg')),
  ])
  return { owners, products, groups }
}

/** As `filterIds`, for commands of ours: one that finds nothing shows an empty fleet to who mistyped. Throws NOT_FOUND. */
export async function chosenIds(
  finder: Finder,
  options: OptionValues,
): Promise<Awaited<ReturnType<typeof filterIds>>> {
  const kinds = [
    ['account', 'owner'],
    ['product', 'product'],
    ['dg', 'dg'],
  ] as const
  for (const [kind, option] of kinds)
    for (const text of listOf(options, option))
      if ((await finder.findAll(kind, text)).length === 0)
        throw new ImptError('NOT_FOUND', notFound(KINDS[kind].name, text))
  return filterIds(finder, options)
}

/** The attributes of an entity without relations, as commands that create or change one give it. */
export function createdResult(resource: Resource): Result {
  return { kind: 'entity', form: 'created', entity: entityOf(resource) }
}

/** The result of an info command: all that is known of an entity, its relations, and what the command adds to them. */
export async function infoResult<K extends Kind>(
  context: Context,
  finder: Finder,
  kind: K,
  found: Listed<K>,
  more: readonly Relation[] = [],
): Promise<Result> {
  return wholeResult(context, finder, await finder.whole(kind, found), more)
}

/** The same for an entity that was read by id. */
export async function wholeResult(
  context: Context,
  finder: Finder,
  resource: Resource,
  more: readonly Relation[] = [],
): Promise<Result> {
  const relations = await infoRelations(finder, resource, corruptionTeller(context))
  return { kind: 'entity', form: 'info', entity: entityOf(resource, [...relations, ...more]) }
}

/** The result of a list command. */
export function listResult(
  context: Context,
  finder: Finder,
  kind: Kind,
  resources: AsyncIterable<Resource>,
): Result {
  return {
    kind: 'entities',
    of: KINDS[kind].name,
    items: listEntities(finder, resources, corruptionTeller(context)),
  }
}

/** The result of a command that shows nothing; scripts get what it touched. */
export function doneResult(touched: Entity | readonly Entity[] | null = null): Result {
  return { kind: 'done', touched }
}

/** Tells of relations to entities that are gone; text modes only (output.md 8). */
export function corruptionTeller(context: Context): (text: string) => void {
  const told = new Set<string>()
  return (text) => {
    if (told.has(text)) return
    told.add(text)
    context.line(`Error: ${text}\n`)
  }
}

/** Splits a list for people into what is shown and a line for the rest: `And 3 more Device(s).` */
export function cutList(
  name: string,
  entities: readonly Entity[],
): { shown: readonly Entity[]; rest: string } {
  const left = entities.length - MOST_SHOWN
  return { shown: entities.slice(0, MOST_SHOWN), rest: left > 0 ? `${andMore(left, name)}\n` : '' }
}
