import { resolve } from 'node:path'
import { entityOf } from '../entities/entity.ts'
import { fullRelations } from '../entities/full.ts'
import type { Finder } from '../entities/finder.ts'
import { isHierarchical } from '../entities/hierarchy.ts'
import { groupTypeName, groupTypeOf } from '../entities/kinds.ts'
import { infoRelations } from '../entities/relatives.ts'
import type { DeviceGroupType, Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { created, named, overwritten, updated } from '../output/messages.ts'
import type { Entity, Result } from '../output/result.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import { exists } from '../session/json-file.ts'
import {
  projectFile,
  requireProject,
  updateProject,
  linkProject,
  writeProject,
  type ProjectContent,
} from '../session/project-file.ts'
import { authEntity } from './auth.ts'
import { corruptionTeller, finderOf, relatedId, savedGroup, targetOf } from './common.ts'
import type { Context, Group } from './context.ts'
import { findTargets, TARGETS } from './dg/targets.ts'
import { booleanOf, flagOf, given, mandatory, textOf } from './options.ts'
import { deleteProjectCommand } from './project-deletion.ts'
import type { OptionValues } from './row.ts'
import { SIDES } from './source-file.ts'

/** `impt project ...` (commands.md 13). */
export const group = {
  async create(context, options) {
    await confirmOverwrite(context, options)
    const finder = await finderOf(context)
    const name = mandatory(options, 'name')
    const type = groupTypeOf(flagOf(options, 'pre-factory') ? 'pre-factory' : 'development')
    // What can not be made is refused before anything is made.
    for (const { option } of TARGETS) {
      const text = textOf(options, option)
      if (text !== undefined && isHierarchical(text)) await finder.find('dg', text)
    }
    const product = await findOrCreateProduct(
      context,
      finder,
      mandatory(options, 'product'),
      flagOf(options, 'create-product'),
    )
    for (const { option, types } of TARGETS) {
      const text = textOf(options, option)
      if (text === undefined || !flagOf(options, `create-${option}`)) continue
      await createIfAbsent(context, finder, text, types[type] ?? 'pre_dut_devicegroup', product)
    }
    const targets = await findTargets(
      finder,
      type,
      product.id,
      Object.fromEntries(TARGETS.map(({ option }) => [option, textOf(options, option)])),
    )
    const made = await finder.client.deviceGroups.create(
      type,
      { name, ...given({ description: textOf(options, 'descr') }) },
      { product: { type: 'product', id: product.id }, ...targets },
    )
    context.info(created(named('Device Group', name)))
    const content = {
      deviceGroupId: made.id,
      ...filesOf(options),
      ...given({ preprocess: booleanOf(options, 'preprocess') }),
    }
    try {
      await createSourceFiles(context, content)
      await writeProject(context.directory, content)
    } catch (error) {
      throw leftBehind(error, name)
    }
    context.info(created('Project'))
    return projectResult(context, finder, content, made, false)
  },

  delete: deleteProjectCommand,

  async info(context, options) {
    const content = await requireProject(context.directory)
    const finder = await finderOf(context)
    return projectResult(
      context,
      finder,
      content,
      await savedGroup(finder, content.deviceGroupId, 'Project'),
      flagOf(options, 'full'),
    )
  },

  async link(context, options) {
    await confirmOverwrite(context, options)
    const finder = await finderOf(context)
    const { resource } = await targetOf(finder, 'dg', mandatory(options, 'dg'))
    if (!['development_devicegroup', 'pre_factoryfixture_devicegroup'].includes(resource.type)) {
      throw new ImptError(
        'CONFLICT',
        `Project can not be linked to Device Group of the type "${groupTypeName(resource.type)}". Only "development" or "pre-factory" Device Groups are allowed.`,
      )
    }
    const content = {
      deviceGroupId: resource.id,
      ...filesOf(options),
      ...given({ preprocess: booleanOf(options, 'preprocess') }),
    }
    await createSourceFiles(context, content)
    await linkProject(context.directory, content)
    context.info('Project is linked successfully.')
    return projectResult(context, finder, content, resource, false)
  },

  async update(context, options) {
    const content = await requireProject(context.directory)
    const finder = await finderOf(context)
    const saved = await savedGroup(finder, content.deviceGroupId, 'Project')
    const targets = await findTargets(
      finder,
      saved.type,
      await relatedId(finder, 'dg', saved, 'product'),
      Object.fromEntries(TARGETS.map(({ option }) => [option, textOf(options, option)])),
    )
    const attributes = given({ name: textOf(options, 'name'), description: textOf(options, 'descr') })
    let resource: Resource = saved
    if (Object.keys(attributes).length + Object.keys(targets).length > 0) {
      const changed = await finder.client.deviceGroups.update(
        saved,
        attributes,
        Object.keys(targets).length > 0 ? targets : undefined,
      )
      resource = changed ?? saved
      context.info(updated(named('Device Group', saved.id)))
    }
    const changes = given({
      deviceFile: textOf(options, 'device-file'),
      agentFile: textOf(options, 'agent-file'),
      preprocess: booleanOf(options, 'preprocess'),
    })
    await createSourceFiles(context, { ...content, ...changes })
    await updateProject(context.directory, changes)
    context.info(updated('Project'))
    return projectResult(context, finder, { ...content, ...changes }, resource, false)
  },
} satisfies Group

/** What `project info` shows: the source files, then the Device Group. */
async function projectResult(
  context: Context,
  finder: Finder,
  content: ProjectContent,
  resource: Resource,
  full: boolean,
): Promise<Result> {
  const teller = corruptionTeller(context)
  const relations = await infoRelations(finder, resource, teller)
  const more = full ? await fullRelations(finder, resource) : []
  const entity: Entity = {
    name: 'Project',
    id: '',
    attributes: given({
      'Device file': content.deviceFile,
      'Agent file': content.agentFile,
      Preprocess: content.preprocess,
    }),
    relations: [{ key: 'Device Group', value: entityOf(resource, [...relations, ...more]), form: 'info' }],
    related: {},
  }
  return { kind: 'entity', form: 'info', entity, ...(full ? { beside: [await authEntity(context)] } : {}) }
}

async function confirmOverwrite(context: Context, options: OptionValues): Promise<void> {
  if (flagOf(options, 'confirmed') || !(await exists(projectFile(context.directory).path))) return
  await context.ask.confirm(overwritten('The current directory already contains Project File.'))
}

function filesOf(options: OptionValues): { deviceFile: string; agentFile: string } {
  return {
    deviceFile: textOf(options, 'device-file') ?? 'device.nut',
    agentFile: textOf(options, 'agent-file') ?? 'agent.nut',
  }
}

/** Creates source files that are missing, empty; existing ones stay as they are. */
async function createSourceFiles(context: Context, content: ProjectContent): Promise<void> {
  for (const side of SIDES) {
    const name = content[`${side}File`]
    if (name === undefined) continue
    const path = resolve(context.directory, name)
    if (await exists(path)) continue
    await namingFile(name, () => replaceFile(path, '', 'plain'))
    context.info(`${side === 'device' ? 'Device' : 'Agent'} source file "${name}" is created successfully.`)
  }
}

async function findOrCreateProduct(
  context: Context,
  finder: Finder,
  text: string,
  create: boolean,
): Promise<Resource> {
  try {
    return await finder.find('product', text)
  } catch (error) {
    // A hierarchical identifier names an entity that is there, never one to be made.
    if (!create || isHierarchical(text) || !(error instanceof ImptError) || error.code !== 'NOT_FOUND')
      throw error
    const product = await finder.client.products.create({ name: text })
    context.info(created(named('Product', text)))
    return product
  }
}

async function createIfAbsent(
  context: Context,
  finder: Finder,
  text: string,
  type: DeviceGroupType,
  product: Resource,
): Promise<void> {
  if ((await finder.findAll('dg', text)).length > 0) return
  await finder.client.deviceGroups.create(
    type,
    { name: text },
    { product: { type: 'product', id: product.id } },
  )
  finder.forget('dg')
  context.info(created(named('Device Group', text)))
}

/** A group that exists although its Project file does not is named, so that it can be linked or deleted. */
function leftBehind(error: unknown, name: string): unknown {
  if (!(error instanceof ImptError)) return error
  return new ImptError(error.code, error.message, {
    cause: error,
    hint: `${named('Device Group', name)} was created before this: use "impt project link" with it, or delete it with "impt dg delete"`,
  })
}
