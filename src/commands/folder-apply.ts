import { join } from 'node:path'
import { isInField } from '../entities/kinds.ts'
import { apply as applyPlan, type ApplyEvent } from '../fleet/apply.ts'
import type { Disk } from '../fleet/folder/disk.ts'
import type { Plan } from '../fleet/make-plan.ts'
import type { Change } from '../fleet/plan/change.ts'
import { changeLine, countsDone, doneLine, type Mask } from '../fleet/plan/text.ts'
import { noteApplied, saveHints } from '../fleet/save-hints.ts'
import type { Client } from '../impcentral/client.ts'
import { ImptError, withDetail } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { compileProblems, explainCompileError } from './build/compile-error.ts'
import type { Context } from './context.ts'
import type { Owner } from './folder-owner.ts'

/** The names of the production and factory groups that a plan changes; one that it makes has no devices yet. */
export function productionGroups({ ids, cloud }: Plan, changes: readonly Change[]): readonly string[] {
  const inCloud = cloud.tree.products.flatMap(({ groups }) => groups).filter(({ type }) => isInField(type))
  const pathOf = new Map([...ids].map(([path, id]) => [id, path]))
  return changes.flatMap(({ id, path, op }) => {
    return inCloud.flatMap((group) => {
      const groupId = group.cloud?.id ?? ''
      const paths = [group.path, pathOf.get(groupId) ?? group.path]
      const isMeant =
        id === groupId ||
        paths.some((one) => path === one || path.startsWith(`${one}/`)) ||
        (op?.do === 'assign device' && paths.includes(op.group)) ||
        (op?.do === 'unassign device' && op.groupId === groupId)
      return isMeant ? [group.name] : []
    })
  })
}

/** Does what a plan says, tells each step, and keeps in the folder what is known now. */
export async function carryOut(
  context: Context,
  client: Client,
  disk: Disk,
  made: Plan,
  owner: Owner,
  mask: Mask,
  keepGoing: boolean,
): Promise<Result> {
  const told = !context.quiet
  const done: Change[] = []
  const failed: { readonly change: Change; readonly error: ImptError }[] = []
  const left: Change[] = []
  const tell = (event: ApplyEvent) => {
    if (event.kind === 'done') done.push(event.change)
    else if (event.kind === 'failed') failed.push(event)
    else left.push(event.change)
    if (told && event.kind === 'done') context.info(changeLine(event.change, mask))
  }
  const applied = await applyPlan(
    client,
    made.changes,
    {
      folder: made.folder,
      disk,
      ids: made.ids,
      types: made.types,
      renamed: made.renamed,
      readAt: made.cloud.readAt,
      owner: owner.isOwn ? undefined : owner.account.id,
      keepGoing,
      now: Date.now,
      signal: context.signal,
    },
    tell,
  )
  for (const [i, { change, error }] of failed.entries()) {
    const explained = await withSources(context, made, disk.name, change, error)
    failed[i] = { change, error: explained }
    if (!told) continue
    context.line(`Error: ${changeLine(change, mask)}: ${visible(explained.message)}\n`)
    for (const note of explained.notes) context.line(`${visible(note)}\n`)
  }
  await saveHints(disk, owner.account, made.folder, made.cloud, applied)
  if (failed.length + left.length === 0) await noteApplied(disk, made, applied)
  const counts = countsDone(made.changes, done)
  if (told) {
    for (const path of applied.written.keys())
      context.info(
        `${visible(join(disk.name, path))} ${path.endsWith('/builds.json') ? 'no longer gives the new build what stays with the one before it' : 'names renamed groups as they are called now'}.`,
      )
    context.line(`${doneLine(counts)}${left.length > 0 ? `, ${left.length} not started` : ''}\n`)
    const deployed = done.filter(({ kind, op }) => kind === 'build' && op?.do === 'create build')
    const devices = deployed.filter(({ code }) => code !== undefined)
    if (devices.length > 0)
      context.info(
        `Devices take new code at their next restart or reconnect; "impt dg restart" restarts them: ${[...new Set(devices.map(({ path }) => groupName(made, path)))].join(', ')}.`,
      )
  }
  const record = {
    Applied: counts,
    Failed: [
      ...failed.map(({ change, error }) => ({
        path: change.path,
        kind: change.kind,
        label: change.label,
        error: error.message,
        ...(error.data?.['problems'] === undefined ? {} : { problems: error.data['problems'] }),
      })),
      ...left.map((change) => ({
        path: change.path,
        kind: change.kind,
        label: change.label,
        error: 'not started',
      })),
    ],
    Unread: made.cloud.unread,
  }
  const [first] = failed
  if (first === undefined && left.length === 0) return { kind: 'record', record, ...(told && { told }) }
  const failure = new ImptError(
    first?.error.code ?? 'CANCELLED',
    `${failed.length + left.length} of ${failed.length + left.length + done.length} changes were not made.`,
    { hint: 'The same command goes on with what is left', cause: first?.error },
  )
  return { kind: 'record', record, failed: true, failure, ...(told && { told }) }
}

/** A compile error at the lines of the files that a person wrote; any other error as it is. */
async function withSources(
  context: Context,
  { folder }: Plan,
  name: string,
  { op }: Change,
  error: ImptError,
): Promise<ImptError> {
  if (error.code !== 'COMPILE' || op?.do !== 'create build') return error
  const { device, agent } = await folder.texts(op.build.code.digest)
  const place = join(name, op.group)
  const programs = {
    device: { code: device, file: join(place, 'device.nut') },
    agent: { code: agent, file: join(place, 'agent.nut') },
  }
  const explained = explainCompileError(error, programs, context.directory)
  if (!(explained instanceof ImptError)) return error
  return withDetail(explained, { data: { problems: compileProblems(explained, programs) }, cause: error })
}

function groupName({ folder }: Plan, path: string): string {
  const groups = folder.tree.products.flatMap((one) => one.groups)
  return visible(groups.find((one) => one.path === path)?.name ?? path)
}
