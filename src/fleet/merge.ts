import {
  isSameAccount,
  type AccountName,
  type AccountTree,
  type CodeRef,
  type GroupNode,
  type ProductNode,
} from './account.ts'
import type { Cloud } from './cloud/read.ts'
import type { Hint, Hints } from './folder/hints.ts'
import { codePaths } from './folder/layout.ts'
import type { Folder } from './folder/read.ts'
import type { PullOptions } from './pull.ts'

/** The hints of this account. */
export function hintsFor(hints: readonly Hints[], account: AccountName): Hints | undefined {
  return hints.find((one) => isSameAccount(one.account, account))
}

/** The accounts, other than this one, that the folder was pulled from: none where it is this one's, or may be. */
export function sourcesBeside({ source, hints }: Folder, account: AccountName): readonly AccountName[] {
  if (source !== undefined) return isSameAccount(source, account) ? [] : [source]
  return hintsFor(hints, account) ? [] : hints.map((one) => one.account)
}

/**
 * The tree to write: what the cloud showed, the reader's notes, and what the folder had of parts that were left out or may not be read.
 */
export function completed(
  cloud: Cloud,
  old: Folder,
  options: PullOptions,
): { tree: AccountTree; untouched: readonly string[]; unread: readonly string[] } {
  const hints = hintsFor(old.hints, options.account)
  const pathOf = new Map(Object.entries(hints?.entities ?? {}).map(([path, { id }]) => [id, path]))
  const oldGroups = new Map(old.tree.products.flatMap(({ groups }) => groups.map((one) => [one.path, one])))
  const oldProducts = new Map(old.tree.products.map((one) => [one.path, one]))
  const before = <T extends { readonly path: string; readonly cloud?: { readonly id: string } }>(
    nodes: ReadonlyMap<string, T>,
    node: T,
  ): T | undefined => nodes.get(pathOf.get(node.cloud?.id ?? '') ?? node.path)
  const unread = new Set(cloud.unread)
  const seen = new Set<string>()
  const products = cloud.tree.products.map((product): ProductNode => {
    const oldProduct = before(oldProducts, product)
    if (oldProduct) seen.add(oldProduct.path)
    const groups = product.groups.map((group): GroupNode => {
      const oldGroup = before(oldGroups, group)
      if (oldGroup) seen.add(oldGroup.path)
      return {
        ...group,
        notes: oldGroup?.notes,
        env: group.env ?? oldGroup?.env,
        webhooks: group.webhooks ?? oldGroup?.webhooks,
        builds:
          group.builds?.map((build) => ({ ...build, notes: notesOfBuild(build, oldGroup) })) ??
          oldGroup?.builds,
      }
    })
    // Who does not own the account may have lost sight of a group: that is not the same as its end.
    const lost = options.isOwn && !unread.has('groups') ? [] : unseenGroups(oldProduct, hints, seen, product)
    for (const { path } of lost) unread.add(path)
    return { ...product, notes: oldProduct?.notes, groups: [...groups, ...lost] }
  })
  const others =
    options.products === undefined
      ? []
      : old.tree.products.filter(({ path }) => !seen.has(path) && !products.some((one) => one.path === path))
  const readDevices = new Set(cloud.tree.devices?.map(({ id }) => id))
  const names = new Set(products.map(({ name }) => name))
  const otherDevices =
    options.products === undefined
      ? []
      : (old.tree.devices ?? []).filter(({ product }) => !names.has(product))
  return {
    tree: {
      products: [...products, ...others],
      devices: cloud.tree.devices && [
        ...cloud.tree.devices,
        ...otherDevices.filter(({ id }) => !readDevices.has(id)),
      ],
      loginKeys: cloud.tree.loginKeys ?? old.tree.loginKeys,
      ...(cloud.tree.devices === undefined && { devices: old.tree.devices }),
    },
    untouched: others.map(({ path }) => path),
    unread: [...unread],
  }
}

function notesOfBuild(build: { readonly code: CodeRef }, old: GroupNode | undefined): unknown {
  return old?.builds?.find(({ code, notes }) => notes !== undefined && code.digest === build.code.digest)
    ?.notes
}

function unseenGroups(
  old: ProductNode | undefined,
  hints: Hints | undefined,
  seen: ReadonlySet<string>,
  { groups }: ProductNode,
): readonly GroupNode[] {
  const names = new Set(groups.map(({ name }) => name))
  return (old?.groups ?? []).filter(
    ({ path, name }) => !seen.has(path) && !names.has(name) && hints?.entities[path] !== undefined,
  )
}

/** The hints of a tree that was just read; those of Products that were not read stay. */
export function hintsOf(cloud: Cloud, tree: AccountTree, old: Folder, unread: readonly string[]): Hints {
  const before = hintsFor(old.hints, cloud.account)?.entities ?? {}
  const entities: Record<string, Hint> = {}
  for (const product of tree.products) {
    put(product.path, product.cloud && hintOf(product.cloud))
    for (const group of product.groups) {
      const builds = group.builds?.every((one) => one.cloud) ? group.builds : undefined
      const places = builds && codePaths(builds)
      const minimum = builds?.findIndex((one) => one.minimum) ?? -1
      put(
        group.path,
        group.cloud && {
          ...hintOf(group.cloud),
          builds: builds
            ? builds.map(({ cloud: facts, code }) => ({
                id: facts?.id ?? '',
                sha: facts?.sha,
                code: code.digest,
              }))
            : before[group.path]?.builds,
          minimum:
            minimum < 0 ? undefined : { id: builds?.[minimum]?.cloud?.id ?? '', at: places?.[minimum] ?? '' },
        },
      )
    }
  }
  function put(path: string, hint: Hint | undefined): void {
    const known = hint ?? before[path]
    if (known) entities[path] = known
  }
  return { account: cloud.account, entities, unread }
}

export function hintOf({ id, createdAt, updatedAt }: NonNullable<ProductNode['cloud']>): Hint {
  return { id, created_at: createdAt, updated_at: updatedAt }
}
