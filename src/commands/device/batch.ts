import type { BatchRow, Resolved } from '../../fleet/batch.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { finderOf, groupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { batch } from './batch-run.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { counted } from '../../output/messages.ts'

/** Devices that a question names. */
const MOST_NAMED = 20
export async function assignBatch(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const target = await groupTarget(context, finder, textOf(options, 'dg'))
  const groupId = target.resource.id
  const groupOf = ({ resource }: Resolved) => resource.relationships?.['devicegroup']?.id
  return batch(context, options, finder, {
    command: `device assign --dg ${groupId}`,
    question: (items) => {
      const moved = items.filter((item) => groupOf(item) !== undefined && groupOf(item) !== groupId)
      if (moved.length === 0) return undefined
      return `${counted(moved.length, 'device')} assigned to other Device Groups will be reassigned to ${target.label}:\n${names(moved)}`
    },
    work: () => ({
      settled: (item) => (groupOf(item) === groupId ? 'already' : undefined),
      together: () => groupId,
      send: (items) => finder.client.deviceGroups.addDevices(groupId, idsOf(items)),
      isDone: (device) => device?.relationships?.['devicegroup']?.id === groupId,
    }),
  })
}

export async function unassignBatch(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const groupOf = ({ resource }: Resolved) => resource.relationships?.['devicegroup']
  return batch(context, options, finder, {
    command: 'device unassign',
    work: async (items) => {
      const guarded = new Set(
        items.flatMap((item) =>
          groupOf(item)?.type === 'production_devicegroup' ? [groupOf(item)?.id] : [],
        ),
      )
      // Never in a file: a key that takes devices out of production is typed or given by a program.
      const key =
        textOf(options, 'unbond') ??
        (guarded.size > 0 ? await context.ask.text('unbond key', true) : undefined)
      return {
        settled: (item) => (groupOf(item) === undefined ? 'already' : undefined),
        together: (item) => groupOf(item)?.id ?? '',
        alone: (group) => guarded.has(group),
        send: (some, group) => finder.client.deviceGroups.removeDevices(group, idsOf(some), key),
        isDone: (device) => device !== null && device.relationships?.['devicegroup'] === undefined,
      }
    },
  })
}

export async function removeBatch(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const force = flagOf(options, 'force')
  const groupOf = ({ resource }: Resolved) => resource.relationships?.['devicegroup']?.id
  return batch(context, options, finder, {
    command: 'device remove',
    refuse: (item) =>
      groupOf(item) !== undefined && !force
        ? 'It is assigned to a Device Group; use --force, or "impt device unassign" before'
        : undefined,
    question: (items) =>
      `${counted(items.length, 'device')} will be removed from the account:\n${names(items)}`,
    vanished: async () => 'gone',
    work: () => ({
      missing: 'gone',
      isDone: (device) => device === null,
      async send([item]) {
        if (item === undefined) return
        const group = groupOf(item)
        if (group !== undefined) await finder.client.deviceGroups.removeDevices(group, [item.resource.id])
        await finder.client.devices.delete(item.resource.id)
      },
    }),
  })
}

export async function restartBatch(context: Context, options: OptionValues): Promise<Result> {
  if (flagOf(options, 'log'))
    throw new ImptError('USAGE', 'Option "--log" follows one device only.', {
      hint: 'Restart them first, and then use "impt log stream"',
    })
  const finder = await finderOf(context)
  const act = flagOf(options, 'conditional') ? 'conditionalRestart' : 'restart'
  return batch(context, options, finder, {
    command: `device restart${act === 'restart' ? '' : ' --conditional'}`,
    work: () => ({
      async send([item]) {
        if (item !== undefined) await finder.client.devices[act](item.resource.id)
      },
    }),
  })
}

export async function updateBatch(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const nameOf = ({ cells }: BatchRow) => cells['name'] ?? ''
  return batch(context, options, finder, {
    command: 'device update',
    columns: ['device', 'name'],
    async vanished(row) {
      if (nameOf(row) === '') return undefined
      return (await finder.findAll('device', nameOf(row))).length === 1 ? 'already' : undefined
    },
    work: () => ({
      settled({ resource: { attributes: present }, ...item }) {
        return present.name !== undefined && (present.name ?? '') === nameOf(item) ? 'already' : undefined
      },
      async send([item]) {
        if (item === undefined) return
        await finder.client.devices.update(item.resource.id, {
          name: nameOf(item) === '' ? null : nameOf(item),
        })
      },
    }),
  })
}

function idsOf(items: readonly Resolved[]): readonly string[] {
  return items.map(({ resource }) => resource.id)
}

function names(items: readonly Resolved[]): string {
  const lines = items.slice(0, MOST_NAMED).map(({ resource }) => {
    const { name } = resource.attributes
    return `  ${resource.id}${name ? ` ${JSON.stringify(visible(name))}` : ''}`
  })
  if (items.length > MOST_NAMED) lines.push(`  ... and ${items.length - MOST_NAMED} more`)
  return lines.join('\n')
}
