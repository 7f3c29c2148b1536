import type { Listed } from '../entities/kinds.ts'
import { tagsTold } from '../entities/told.ts'
import type { Client } from '../impcentral/client.ts'
import { inParallel } from '../impcentral/parallel.ts'
import type { AccountName, AccountTree, FolderKind } from './account.ts'
import { codeIn, hasCode } from './cloud/builds.ts'
import type { Build } from './cloud/code-pages.ts'
import { readCloud, type Cloud } from './cloud/read.ts'
import { codeRefOf } from './code.ts'
import { diffPrograms } from './diff.ts'
import type { Disk } from './folder/disk.ts'
import { finishDescribing } from './folder/describe.ts'
import { readFolder, type Folder } from './folder/read.ts'
import { finishMoves, writtenFiles } from './folder/redo.ts'
import type { Change } from './plan/change.ts'
import { ImptError } from '../output/error.ts'
import { notFound } from '../output/messages.ts'
import { inLittleMemory } from '../program/garbage.ts'
import { planChanges, type Planned } from './plan/plan.ts'
import { settleTags, type Tagged } from './plan/tags.ts'
import { publicNames } from './public.ts'

interface PlanRequest {
  readonly account: AccountName
  readonly isOwn: boolean
  readonly prune: boolean
  /** Takes a tag from the build that has it, where the folder gives it to other code; else it stays. */
  readonly moveTags: boolean
  readonly without: readonly FolderKind[]
  /** What `--product` names: each text as typed, and the ids that it means in the cloud. All without. */
  readonly products?: readonly { readonly text: string; readonly ids: readonly string[] }[] | undefined
}

export interface Plan extends Planned {
  readonly folder: Folder
  readonly cloud: Cloud
}

/**
 * Reads folder and cloud and says what differs. Throws FILE with all that is wrong in the folder, before anything is asked of the cloud, and
 * NOT_FOUND for a Product that is named and is in neither.
 */
export async function makePlan(
  client: Client,
  disk: Disk,
  request: PlanRequest,
  now: () => number,
): Promise<Plan> {
  await finishMoves(disk)
  const first = await readFolder(disk)
  const without = [...new Set([...request.without, ...first.settings.without])]
  let folder = { ...first, tree: leftOut(first.tree, without) }
  const { products, account, isOwn } = request
  const hinted = new Map(first.hints.flatMap(({ entities }) => Object.entries(entities)))
  const texts = products?.map(({ text }) => text)
  const named = folder.tree.products.filter(({ path, name }) => isMeant(texts, path, name))
  const missing = products?.find(
    ({ text, ids }) => ids.length === 0 && !named.some(({ path, name }) => isMeant([text], path, name)),
  )
  if (missing)
    throw new ImptError('NOT_FOUND', notFound('Product', missing.text), {
      hint: 'It is neither in the folder nor in the account',
    })
  const ids = products && [
    ...new Set([
      ...products.flatMap((one) => one.ids),
      ...named.flatMap(({ path }) => hinted.get(path)?.id ?? []),
    ]),
  ]
  const isPublic = await publicNames(folder.settings.public)
  const cloud = await inLittleMemory(() =>
    readCloud(client, {
      account,
      isOwn,
      products: ids,
      builds: folder.settings.builds,
      without,
      isPublic,
      keepCode: async (texts) => codeRefOf(texts),
      now,
    }),
  )
  const current = (groupId: string) =>
    cloud.tree.products
      .flatMap(({ groups }) => groups)
      .find((group) => group.cloud?.id === groupId)
      ?.builds?.find((build) => build.current)?.code.digest
  if (await finishDescribing(disk, folder, current)) {
    const read = await readFolder(disk)
    folder = { ...read, tree: leftOut(read.tree, without) }
  }
  const written = await writtenFiles(disk)
  const planned = planChanges(folder, cloud, {
    rows: first.tree.devices,
    isAsWritten: (path) => written !== undefined && written[path] === folder.shas.get(path),
    prune: request.prune,
    isOwn,
    isWhole: products === undefined,
    isChosen: ({ name, path, id }) =>
      isMeant(texts, path, name) || (id !== undefined && ids?.includes(id) === true),
  })
  const settled = await settleTags(planned, folder, cloud, request.moveTags, (groupId, tag) =>
    findTagged(client, groupId, tag),
  )
  const changes = await withDiffs(client, folder, settled)
  return { ...planned, changes, folder, cloud }
}

function isMeant(texts: readonly string[] | undefined, path: string, name: string): boolean {
  return texts === undefined || texts.includes(name) || texts.includes(path.slice('products/'.length))
}

/** What `--without` leaves alone is unknown on both sides, and so equal. */
function leftOut(tree: AccountTree, without: readonly FolderKind[]): AccountTree {
  const skips = (kind: FolderKind) => without.includes(kind)
  return {
    products: tree.products.map((product) => ({
      ...product,
      groups: product.groups.map((group) => ({
        ...group,
        env: skips('env') ? undefined : group.env,
        webhooks: skips('webhooks') ? undefined : group.webhooks,
        builds: skips('builds') ? undefined : group.builds,
      })),
    })),
    devices: skips('devices') ? undefined : tree.devices,
    loginKeys: skips('loginkeys') ? undefined : tree.loginKeys,
  }
}

/** The builds of a group that have a tag. Lists may leave their code out (impcentral-api.md 2.4). */
async function findTagged(client: Client, groupId: string, tag: string): Promise<readonly Tagged[]> {
  const found: Tagged[] = []
  for await (const listed of client.deployments.list({ 'devicegroup.id': groupId, tags: tag })) {
    const build = hasCode(listed as Build) ? listed : await client.deployments.get(listed.id)
    found.push({
      id: build.id,
      tags: tagsTold(build as Listed<'build'>),
      code: codeRefOf(codeIn(build as Build)),
    })
  }
  return found
}

/** Code that changes is fetched once more for its differences: a plan holds no code of what stays. */
async function withDiffs(
  client: Client,
  folder: Folder,
  changes: readonly Change[],
): Promise<readonly Change[]> {
  const done = [...changes]
  const changed = changes.flatMap(({ code }, i) =>
    code === undefined || code.from === '' ? [] : [{ ...code, i }],
  )
  await inParallel(changed, async ({ from, to, i }) => {
    const before = codeIn((await client.deployments.get(from)) as Build)
    const diff = await diffPrograms(before, await folder.texts(to))
    done[i] = { ...(changes[i] as Change), diff }
  })
  return done
}
