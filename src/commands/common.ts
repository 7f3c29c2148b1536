import { entityOf } from '../entities/entity.ts'
import { createFinder, type Finder } from '../entities/finder.ts'
import { KINDS, type Kind } from '../entities/kind.ts'
import { idsOf } from '../entities/listing.ts'
import { listEntities } from '../entities/relatives.ts'
import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { andMore, named, noIdentifier, outdated } from '../output/messages.ts'
import type { Entity, EntityName, Result } from '../output/result.ts'
import { readProject } from '../session/project-file.ts'
import type { Context } from './context.ts'
import { listOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** Info lists and summaries show this many entities of a kind (output.md 4). */
const MOST_SHOWN = 5

/** An entity that a command works on, and how messages name it: by what the user typed, or by its id where nobody typed anything. */
export interface Target {
  readonly resource: Resource
  readonly label: string
}

/** A finder for one command. */
export async function finderOf(context: Context): Promise<Finder> {
  return createFinder(await context.client(), context.memory)
}

/** The entity that an option names. */
export async function targetOf(finder: Finder, kind: Kind, text: string): Promise<Target> {
  return { resource: await finder.find(kind, text), label: named(KINDS[kind].name, text) }
}

/** The Device Group of an option, else of `use`, else of the Project file (commands.md 3). Throws USAGE where none says. */
export async function groupTarget(
  context: Context,
  finder: Finder,
  text: string | undefined,
): Promise<Target> {
  const typed = text ?? context.defaults.dg
  if (typed !== undefined) return targetOf(finder, 'dg', typed)
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
): Promise<Target> {
  const typed = text ?? context.defaults.product
  if (typed !== undefined) return targetOf(finder, 'product', typed)
  const group =
    context.defaults.dg === undefined
      ? await projectGroup(context, finder)
      : await finder.find('dg', context.defaults.dg)
  const id = group?.relationships?.product?.id
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
): Promise<Target> {
  if (text !== undefined) return targetOf(finder, 'build', text)
  const group =
    context.defaults.dg === undefined
      ? await projectGroup(context, finder)
      : await finder.find('dg', context.defaults.dg)
  const id = group?.relationships?.current_deployment?.id
  const build = id === undefined ? null : await finder.byId('build', id)
  if (!build) {
    throw new ImptError('USAGE', noIdentifier('Deployment'), {
      hint: 'Give --build, or work in a directory whose Project has a build',
    })
  }
  return { resource: build, label: named('Deployment', build.id) }
}

/** The Device Group of the Project file; undefined without one. Throws when the file points at a group that is gone. */
export async function projectGroup(context: Context, finder: Finder): Promise<Resource | undefined> {
  const project = await readProject(context.directory)
  if (!project) return undefined
  return savedGroup(finder, project.deviceGroupId, 'Project')
}

/** The Device Group that a Project or test configuration file names. Throws NOT_FOUND with the documented advice when it is gone. */
export async function savedGroup(
  finder: Finder,
  id: string,
  file: 'Project' | 'Test Configuration',
): Promise<Resource> {
  const group = await finder.byId('dg', id)
  if (group) return group
  const command = file === 'Project' ? 'project' : 'test'
  throw new ImptError('NOT_FOUND', outdated(named('Device Group', id), file), {
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

/** The attributes of an entity without relations, as commands that create or change one give it. */
export function createdResult(resource: Resource): Result {
  return { kind: 'entity', form: 'created', entity: entityOf(resource) }
}

/** The result of a list command. */
export function listResult(
  context: Context,
  finder: Finder,
  of: EntityName,
  resources: AsyncIterable<Resource>,
): Result {
  return { kind: 'entities', of, items: listEntities(finder, resources, corruptionTeller(context)) }
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
  name: EntityName,
  entities: readonly Entity[],
): { shown: readonly Entity[]; rest: string } {
  const left = entities.length - MOST_SHOWN
  return { shown: entities.slice(0, MOST_SHOWN), rest: left > 0 ? `${andMore(left, name)}\n` : '' }
}
