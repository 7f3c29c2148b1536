import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { BuildMode, FolderKind } from '../fleet/account.ts'
import { DIFFERS } from '../fleet/exit.ts'
import { makePlan, type Plan } from '../fleet/make-plan.ts'
import { planId } from '../fleet/plan/id.ts'
import { sourcesBeside } from '../fleet/merge.ts'
import { countsOf, differs } from '../fleet/plan/change.ts'
import { changeRecords, countLine, maskOf, planLines, type Mask } from '../fleet/plan/text.ts'
import { pull as pullAccount, type Pulled } from '../fleet/pull.ts'
import { ImptError } from '../output/error.ts'
import { counted, notFound } from '../output/messages.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { finderOf } from './common.ts'
import { showLines } from './present/shown-lines.ts'
import type { Context, Run } from './context.ts'
import type { CodeWarning } from './squirrel/deployed.ts'
import { carryOut, productionGroups } from './folder-apply.ts'
import { idsOfProducts, inFolder, ownerOf, requestOf, type Owner } from './folder-owner.ts'
import { flagOf, listOf, textOf } from './options.ts'

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
    'makes',
  )
  return pullResult(context, name, owner, pulled)
}

function pullResult(context: Context, name: string, { account }: Owner, pulled: Pulled): Result {
  const { created, changed, deleted, kept, unread, replaced, replacedIn, restored, cloud } = pulled
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
    if (restored > 0)
      context.line(`${counted(restored, 'file')} deleted here ${restored === 1 ? 'is' : 'are'} there again\n`)
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
  const made = await inFolder(
    context,
    name,
    async (disk) => makePlan(finder.client, disk, await requestOf(finder, options, owner), Date.now),
    'reads',
  )
  const id = await planId(owner.account, made.changes)
  const mask = maskOf(randomBytes(16).toString('hex'))
  const told = !context.quiet
  const warnings = await warningsOf(made)
  if (told) showLines(context, textOfPlan(id, made, owner, mask))
  if (told) tellOf(context, name, warnings)
  const changes = changeRecords(made.changes, mask)
  return {
    kind: 'record',
    record: {
      Plan: id,
      Account: owner.account,
      Changes: changes,
      Counts: countsOf(made.changes),
      Unread: made.cloud.unread,
      Warnings: warnings,
    },
    value: changes,
    ...(told && { told }),
    ...(differs(made.changes) && { exit: DIFFERS }),
  }
}

/** `impt apply DIR`: folder to cloud. */
export const apply: Run = async (context, options, [name = '']) => {
  const finder = await finderOf(context)
  const owner = await ownerOf(context, finder, options)
  return inFolder(context, name, async (disk) => {
    const made = await makePlan(finder.client, disk, await requestOf(finder, options, owner), Date.now)
    const id = await planId(owner.account, made.changes)
    const wanted = textOf(options, 'plan')
    if (wanted !== undefined && wanted !== id)
      throw new ImptError(
        'CONFLICT',
        `The plan is ${id} now, not ${visible(wanted)}: folder or cloud changed since.`,
        {
          hint: `Look at "impt plan ${name}" again`,
        },
      )
    const mask = maskOf(randomBytes(16).toString('hex'))
    const lines = textOfPlan(id, made, owner, mask)
    const todo = made.changes.filter(({ op }) => op !== undefined)
    const isAsked = todo.length > 0 && !flagOf(options, 'confirmed')
    const question = `${counted(todo.length, 'change')} will be made in the account ${visible(owner.account.username)} on ${visible(owner.account.host)}.`
    if (!context.quiet) showLines(context, lines)
    if (!context.quiet) tellOf(context, name, await warningsOf(made))
    if (isAsked) await context.ask.confirm(context.quiet ? [...lines, question].join('\n') : question)
    await context.twice(productionGroups(made, todo))
    return carryOut(context, finder.client, disk, made, owner, mask, flagOf(options, 'keep-going'))
  })
}

/** What is wrong with code that would be deployed. The compiler is loaded where there is such code. */
async function warningsOf(made: Plan): Promise<readonly CodeWarning[]> {
  if (!made.changes.some(({ op }) => op?.do === 'create build')) return []
  return (await import('./squirrel/deployed.ts')).codeWarnings(made)
}

function tellOf(context: Context, name: string, warnings: readonly CodeWarning[]): void {
  for (const { file, line, column, text } of warnings)
    context.warn(visible(`${join(name, file)}:${line}:${column}: ${text}`))
}

function textOfPlan(id: string, made: Plan, { account }: Owner, mask: Mask): readonly string[] {
  const { folder, cloud, changes } = made
  const others = sourcesBeside(folder, account).map(({ username, host }) => `${username} on ${host}`)
  const from = others.length > 0 ? `; the folder was pulled from ${others.join(', ')}` : ''
  return [
    visible(`${account.username} on ${account.host}, plan ${id}${from}`),
    ...planLines(changes, [cloud.tree, folder.tree], mask),
    ...(cloud.unread.length > 0
      ? [visible(`not compared, because this login may not read it: ${cloud.unread.join(', ')}`)]
      : []),
    ...(changes.length > 0 ? [countLine(countsOf(changes))] : []),
    ...(differs(changes)
      ? []
      : [changes.length > 0 ? 'Nothing differs but what is kept.' : 'Nothing differs.']),
  ]
}
