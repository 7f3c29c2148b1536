import type { Client } from '../impcentral/client.ts'
import type { DeviceGroupType, Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { describing } from './folder/describe.ts'
import { looked } from './lost-answers.ts'
import type { Change, Op } from './plan/change.ts'
import type { World } from './step-work.ts'

type CreateBuild = Extract<Op, { readonly do: 'create build' }>

/** Makes a build, current for its group at once, and gives its id. Throws CONFLICT where another is current than the plan saw. */
export async function createBuild(
  op: CreateBuild,
  change: Change | undefined,
  group: { readonly type: DeviceGroupType; readonly id: string },
  world: World,
): Promise<string> {
  const { client, options } = world
  const { build } = op
  const { device, agent } = await options.folder.texts(build.code.digest)
  const before = await currentOf(client, group.id, change?.action === 'create' && op.index === 0)
  if (change?.code !== undefined && change.code.from !== before)
    throw new ImptError('CONFLICT', 'Somebody deployed another build there since the plan was made.', {
      hint: 'Plan and apply again',
    })
  const make = () =>
    looked(
      () =>
        client.deployments.create(
          {
            device_code: device,
            agent_code: agent,
            ...(build.description === undefined ? {} : { description: build.description }),
            ...(build.origin === undefined ? {} : { origin: build.origin }),
            ...(build.flagged ? { flagged: true } : {}),
            ...(build.tags.length === 0 ? {} : { tags: build.tags }),
          },
          group,
        ),
      async () => {
        const id = await currentOf(client, group.id, false)
        if (id === undefined || id === before) return undefined
        const found = await client.deployments.get(id)
        const { device_code: ofDevice, agent_code: ofAgent } = found.attributes
        return ofDevice === device && ofAgent === agent ? found : undefined
      },
    )
  return op.leaves === undefined ? (await make()).id : described(op, op.leaves, group.id, make, world)
}

/** Makes a build whose entry in `builds.json` then says what it has. */
async function described(
  { group, index, build }: Extract<Op, { readonly do: 'create build' }>,
  names: readonly ('tags' | 'origin')[],
  groupId: string,
  make: () => Promise<Resource>,
  { options, written }: World,
): Promise<string> {
  const { disk, folder } = options
  const path = `${group}/builds.json`
  const { tags, origin, code } = build
  const wanted = { group, groupId, digest: code.digest, sha: folder.shas.get(path) ?? '', index, names }
  const { made, sha } = await describing(disk, { ...wanted, tags, origin }, make)
  written.set(path, sha)
  return made.id
}

/** The build that is current before another is made: a lost answer can be told by it. */
async function currentOf(client: Client, groupId: string, isNew: boolean): Promise<string | undefined> {
  if (isNew) return undefined
  return (await client.deviceGroups.get(groupId)).relationships?.['current_deployment']?.id
}
