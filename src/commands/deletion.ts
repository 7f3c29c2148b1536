import { entityName, entityOf } from '../entities/entity.ts'
import type { Finder } from '../entities/finder.ts'
import type { Listed } from '../entities/kinds.ts'
import type { Client } from '../impcentral/client.ts'
import { collect } from '../impcentral/paging.ts'
import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import {
  alreadyDeleted,
  alreadyUnassigned,
  deleted,
  named,
  removed,
  unassigned,
  updated,
} from '../output/messages.ts'
import type { Result } from '../output/result.ts'
import { doneResult } from './common.ts'
import type { Context } from './context.ts'
import { inParallel } from '../impcentral/parallel.ts'
import { shownList } from './shown-list.ts'

/** Something on disk that a command deletes, with the texts of messages.md about it. */
export interface LocalDeletion {
  /** The line of the question. */
  readonly announced: string
  readonly done: string
  /** False where there was nothing to delete. */
  remove(): Promise<boolean>
}

/** All that one command is going to change; shown and confirmed as a whole before anything is done (output.md 10). */
export interface DeletionPlan {
  readonly unassign: Listed<'device'>[]
  readonly unflag: Listed<'build'>[]
  readonly groups: Listed<'dg'>[]
  readonly products: Listed<'product'>[]
  readonly builds: Listed<'build'>[]
  readonly webhooks: Listed<'webhook'>[]
  readonly removed: Listed<'device'>[]
  readonly local: LocalDeletion[]
  /** Lines about what is not there to be deleted. */
  readonly missing: string[]
  /** How messages name what the person typed, by id; everything else is named by its id. */
  readonly labels: Map<string, string>
}

export function emptyPlan(): DeletionPlan {
  return {
    unassign: [],
    unflag: [],
    groups: [],
    products: [],
    builds: [],
    webhooks: [],
    removed: [],
    local: [],
    missing: [],
    labels: new Map(),
  }
}

/** Adds Device Groups to a plan as `--force` deletes them: devices unassigned, flagged builds unflagged; `builds` deletes their builds too. */
export async function deleteGroupsPlan(
  plan: DeletionPlan,
  finder: Finder,
  groups: readonly Listed<'dg'>[],
  builds: boolean,
): Promise<void> {
  plan.groups.push(...groups)
  await inParallel(groups, async ({ id }) => {
    const [devices, deployments] = await Promise.all([
      collect(finder.list('device', { 'devicegroup.id': id })),
      collect(finder.list('build', { 'devicegroup.id': id, ...(builds ? {} : { flagged: 'true' }) })),
    ])
    plan.unassign.push(...devices)
    plan.unflag.push(...deployments.filter(({ attributes }) => attributes.flagged === true))
    if (builds) plan.builds.push(...deployments)
  })
}

/**
 * Shows the plan and asks, then carries it out kind by kind in the order of commands.md 4. What is gone already is reported and passed
 * over; the first other failure stops the rest and its hint says how much was done.
 */
export async function runDeletion(
  context: Context,
  client: Client | undefined,
  plan: DeletionPlan,
  confirmed: boolean,
): Promise<Result> {
  if (!confirmed) await context.ask.confirm(summaryOf(plan).replace(/\n$/, ''))
  let done = 0
  // Without a client the plan has nothing but files.
  const steps = client ? stepsOf(client, plan) : []
  const total = steps.reduce((sum, { items }) => sum + items.length, 0)
  try {
    for (const { items, act, success, gone } of steps) {
      await inParallel(items, async (item) => {
        const label = plan.labels.get(item.id) ?? named(entityName(item.type), item.id)
        const there = await unlessGone(() => act(item))
        done++
        context.info(there ? success(label) : gone(label))
      })
    }
    for (const local of plan.local) if (await local.remove()) context.info(local.done)
  } catch (error) {
    if (!(error instanceof ImptError) || done === 0) throw error
    throw new ImptError(error.code, error.message, {
      ...(error.http ? { http: error.http } : {}),
      notes: error.notes,
      exit: error.exit,
      cause: error,
      hint: `${done} of ${total} changes were made before this; what is left can be deleted by the same command again`,
    })
  }
  const touched = [plan.products, plan.groups, plan.removed, plan.builds, plan.webhooks]
    .flat()
    .map((resource) => entityOf(resource))
  return doneResult(touched)
}

interface Step {
  readonly items: readonly Resource[]
  readonly act: (item: Resource) => Promise<unknown>
  readonly success: (label: string) => string
  readonly gone: (label: string) => string
}

function stepsOf(client: Client, plan: DeletionPlan): readonly Step[] {
  const targeting = plan.groups.filter(hasTargets)
  const deletion = (items: readonly Resource[], act: (id: string) => Promise<unknown>): Step => ({
    items,
    act: (item) => act(item.id),
    success: deleted,
    gone: alreadyDeleted,
  })
  return [
    {
      items: plan.unassign,
      act: async (device) => {
        const groupId = device.relationships?.devicegroup?.id
        if (groupId !== undefined) await client.deviceGroups.removeDevices(groupId, [device.id])
      },
      success: unassigned,
      gone: alreadyUnassigned,
    },
    {
      items: plan.unflag,
      act: (build) => client.deployments.update(build.id, { flagged: false }),
      success: updated,
      gone: alreadyDeleted,
    },
    // A group that is a target cannot go before the group that targets it.
    deletion(targeting, client.deviceGroups.delete),
    deletion(
      plan.groups.filter((group) => !targeting.includes(group)),
      client.deviceGroups.delete,
    ),
    deletion(plan.products, client.products.delete),
    deletion(plan.builds, client.deployments.delete),
    deletion(plan.webhooks, client.webhooks.delete),
    { ...deletion(plan.removed, client.devices.delete), success: removed },
  ]
}

function hasTargets({ relationships = {} }: Resource): boolean {
  return 'production_target' in relationships || 'dut_target' in relationships
}

/** False when the server says that the entity is not there any more. */
async function unlessGone(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    if (error instanceof ImptError && error.code === 'NOT_FOUND') return false
    throw error
  }
}

function summaryOf(plan: DeletionPlan): string {
  const entities: readonly (readonly [string, readonly Resource[]])[] = [
    ['Product', plan.products],
    ['Device Group', plan.groups],
    ['Deployment', plan.builds],
    ['Webhook', plan.webhooks],
  ]
  const listed = entities.filter(([, items]) => items.length > 0).map(([name, items]) => listOf(name, items))
  const blocks: string[] = []
  if (listed.length > 0) blocks.push(`The following entities will be deleted:\n${listed.join('')}\n`)
  if (plan.unassign.length > 0) {
    blocks.push(
      `The following Devices will be unassigned from Device Groups:\n${listOf('Device', plan.unassign)}\n`,
    )
  }
  if (plan.removed.length > 0) {
    blocks.push(
      `The following Devices will be removed from the account:\n${listOf('Device', plan.removed)}\n`,
    )
  }
  if (plan.unflag.length > 0) {
    blocks.push(
      'The following Deployments are marked "flagged" to prevent deleting. They will be modified by setting "flagged" attribute to false:\n' +
        `${listOf('Deployment', plan.unflag)}\n`,
    )
  }
  return [
    ...blocks,
    ...[...plan.local.map(({ announced }) => announced), ...plan.missing].map((line) => `${line}\n`),
  ].join('')
}

function listOf(name: string, items: readonly Resource[]): string {
  return shownList(
    name,
    items.map((item) => entityOf(item)),
  )
}
