import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Finder } from '../entities/finder.ts'
import { isInField } from '../entities/kinds.ts'
import type { AccountName, BuildMode, FolderKind } from '../fleet/account.ts'
import { apply as applyPlan, type ApplyEvent } from '../fleet/apply.ts'
import { DIFFERS } from '../fleet/exit.ts'
import { diskOf, type Disk } from '../fleet/folder/disk.ts'
import { makePlan, type Plan } from '../fleet/make-plan.ts'
import { countsOf, type Change } from '../fleet/plan/change.ts'
import {
  changeLine,
  changeRecords,
  countLine,
  countsDone,
  doneLine,
  maskOf,
  planLines,
  type Mask,
} from '../fleet/plan/text.ts'
import { hintsFor } from '../fleet/merge.ts'
import { pull as pullAccount, type Pulled } from '../fleet/pull.ts'
import { noteWritten } from '../fleet/folder/redo.ts'
import { saveHints } from '../fleet/save-hints.ts'
import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import { notFound } from '../output/messages.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { namingFile } from '../session/file-error.ts'
import { exists } from '../session/json-file.ts'
import { tryLock } from '../session/lock.ts'
import { ensureFolder } from '../session/paths.ts'
import { explainCompileError } from './build/compile-error.ts'
import { finderOf } from './common.ts'
import type { Context, Run } from './context.ts'
import { flagOf, listOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** The account that a command is about. */
interface Owner {
  readonly account: AccountName
  readonly isOwn: boolean
}

/** `impt pull DIR`: cloud to folder. */
export const pull: Run = async (context, options, [name = '']) => {
  const finder = await finderOf(context)
  const owner = await ownerOf(context, finder, options)
  const products = options['product'] === undefined ? undefined : await idsOfProducts(finder, options, owner)
  const missing = products?.find(({ ids }) => ids.length === 0)
  if (missing) throw new ImptError('NOT_FOUND', notFound('Product', missing.text))
  const pulled = await inFolder(
    context,
    name,
    (disk) =>
      pullAccount(
        finder.client,
        disk,
        {
          ...owner,
          products: products?.flatMap(({ ids }) => ids),
          without: listOf(options, 'without') as readonly FolderKind[],
          builds: textOf(options, 'builds') as BuildMode | undefined,
          ...(options['public'] === undefined ? {} : { public: listOf(options, 'public') }),
          force: flagOf(options, 'force'),
        },
        Date.now,
      ),
    true,
  )
  return pullResult(context, name, owner, pulled)
}

function pullResult(context: Context, name: string, { account }: Owner, pulled: Pulled): Result {
  const { created, changed, deleted, kept, unread, replaced, replacedIn, cloud } = pulled
  const groups = cloud.tree.products.flatMap((one) => one.groups)
  const builds = groups.reduce((sum, one) => sum + (one.builds?.length ?? 0), 0)
  const parts = [
    counted(cloud.tree.products.length, 'Product'),
    counted(groups.length, 'Device Group'),
    counted(builds, 'build'),
    ...(cloud.tree.devices ? [counted(cloud.tree.devices.length, 'device')] : []),
  ]
  const told = !context.quiet
  if (told) {
    context.line(`${visible(`${account.username} on ${account.host}`)}: ${parts.join(', ')}\n`)
    context.line(
      `${visible(name)}: ${created} new files, ${changed} changed, ${deleted} removed, ${kept} unchanged\n`,
    )
    if (replaced > 0)
      context.line(
        `${counted(replaced, 'file')} edited here ${replaced === 1 ? 'was' : 'were'} kept in ${visible(join(name, replacedIn))}\n`,
      )
  }
  const counts = { change: changed, create: created, delete: deleted, keep: kept, impossible: 0 }
  const record = { Pulled: counts, Failed: [], Unread: unread }
  if (unread.length === 0) return { kind: 'record', record, ...(told && { told }) }
  const failure = new ImptError(
    'FORBIDDEN',
    `This login may not read all of the account: ${unread.join(', ')}.`,
    {
      hint: 'The rest was written; what could not be read stays as it was in the folder',
    },
  )
  return { kind: 'record', record, failed: true, failure, ...(told && { told }) }
}

/** `impt plan DIR`: what differs. */
export const plan: Run = async (context, options, [name = '']) => {
  const finder = await finderOf(context)
  const owner = await ownerOf(context, finder, options)
  const made = await inFolder(context, name, async (disk) =>
    makePlan(finder.client, disk, await requestOf(finder, options, owner), Date.now),
  )
  const mask = maskOf(randomBytes(16).toString('hex'))
  const told = !context.quiet
  if (told) for (const line of textOfPlan(made, owner, mask)) context.line(`${line}\n`)
  const changes = changeRecords(made.changes, mask)
  return {
    kind: 'record',
    record: {
      Plan: made.id,
      Account: owner.account,
      Changes: changes,
      Counts: countsOf(made.changes),
      Unread: made.cloud.unread,
    },
    value: changes,
    ...(told && { told }),
    ...(made.changes.length > 0 && { exit: DIFFERS }),
  }
}

/** `impt apply DIR`: folder to cloud. */
export const apply: Run = async (context, options, [name = '']) => {
  const finder = await finderOf(context)
  const owner = await ownerOf(context, finder, options)
  return inFolder(context, name, async (disk) => {
    const made = await makePlan(finder.client, disk, await requestOf(finder, options, owner), Date.now)
    const wanted = textOf(options, 'plan')
    if (wanted !== undefined && wanted !== made.id)
      throw new ImptError(
        'CONFLICT',
        `The plan is ${made.id} now, not ${visible(wanted)}: folder or cloud changed since.`,
        {
          hint: `Look at "impt plan ${name}" again`,
        },
      )
    const mask = maskOf(randomBytes(16).toString('hex'))
    const lines = textOfPlan(made, owner, mask)
    const todo = made.changes.filter(({ op }) => op !== undefined)
    const isAsked = todo.length > 0 && !flagOf(options, 'confirmed')
    const question = `${counted(todo.length, 'change')} will be made in the account ${visible(owner.account.username)} on ${visible(owner.account.host)}.`
    if (!context.quiet) for (const line of lines) context.line(`${line}\n`)
    if (isAsked) await context.ask.confirm(context.quiet ? [...lines, question].join('\n') : question)
    await context.twice(productionGroups(made, todo))
    return carryOut(context, finder.client, disk, made, owner, mask, flagOf(options, 'keep-going'))
  })
}

/** The names of the production and factory groups that a plan changes; one that it makes has no devices yet. */
function productionGroups({ ids, cloud }: Plan, changes: readonly Change[]): readonly string[] {
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

async function carryOut(
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
  if (failed.length + left.length === 0) await noteWritten(disk, made.folder.shas)
  const counts = countsDone(made.changes, done)
  if (told) {
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
  return explained instanceof ImptError ? explained : error
}

function groupName({ folder }: Plan, path: string): string {
  const groups = folder.tree.products.flatMap((one) => one.groups)
  return visible(groups.find((one) => one.path === path)?.name ?? path)
}

function textOfPlan(made: Plan, { account }: Owner, mask: Mask): readonly string[] {
  const { folder, cloud, changes } = made
  const own = hintsFor(folder.hints, account)
  const others = folder.hints.map((one) => `${one.account.username} on ${one.account.host}`)
  const from =
    own === undefined && others.length > 0 ? `; the folder was pulled from ${others.join(', ')}` : ''
  return [
    visible(`${account.username} on ${account.host}, plan ${made.id}${from}`),
    ...planLines(changes, [cloud.tree, folder.tree], mask),
    ...(cloud.unread.length > 0
      ? [visible(`not compared, because this login may not read it: ${cloud.unread.join(', ')}`)]
      : []),
    changes.length === 0 ? 'Nothing differs.' : countLine(countsOf(changes)),
  ]
}

async function requestOf(finder: Finder, options: OptionValues, owner: Owner) {
  const products = options['product'] === undefined ? undefined : await idsOfProducts(finder, options, owner)
  return {
    ...owner,
    prune: flagOf(options, 'prune'),
    without: listOf(options, 'without') as readonly FolderKind[],
    products: products && { texts: listOf(options, 'product'), ids: products.flatMap(({ ids }) => ids) },
  }
}

async function idsOfProducts(finder: Finder, options: OptionValues, { account }: Owner) {
  return Promise.all(
    listOf(options, 'product').map(async (text) => ({
      text,
      ids: (await finder.findAll('product', text))
        .filter(({ relationships }) => (relationships?.['owner']?.id ?? account.id) === account.id)
        .map(({ id }) => id),
    })),
  )
}

async function ownerOf(context: Context, finder: Finder, options: OptionValues): Promise<Owner> {
  const [owner, me] = await Promise.all([
    finder.find('account', textOf(options, 'owner') ?? 'me'),
    finder.me(),
  ])
  const { username, email } = owner.attributes
  return {
    account: {
      id: owner.id,
      username: [username, email].find((one) => typeof one === 'string') ?? owner.id,
      // The embedded impCentral has another port each time, and is the same all the same.
      host: context.session.sandbox ? 'sandbox' : new URL(finder.client.endpoint).host,
    },
    isOwn: owner.id === me.id,
  }
}

/** Works on a folder that no other process works on. Throws CONFLICT with who does. */
async function inFolder<T>(
  context: Context,
  name: string,
  work: (disk: Disk) => Promise<T>,
  makes = false,
): Promise<T> {
  // An unset variable in a script must not fill, or be compared with, the folder where the script stands.
  if (name === '')
    throw new ImptError('USAGE', 'The name of the folder is empty.', { hint: 'write . for the folder here' })
  const root = resolve(context.directory, name)
  if (makes) await namingFile(name, () => mkdir(root, { recursive: true }))
  else if (!(await exists(root)))
    throw new ImptError('FILE', `File error: ${visible(name)}: folder is not found.`, {
      hint: `Use "impt pull ${visible(name)}" to make one`,
    })
  await ensureFolder(join(root, '.impt'))
  return tryLock(join(root, '.impt', 'folder'), `The folder "${visible(name)}"`, () =>
    work(diskOf(root, name)),
  )
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
