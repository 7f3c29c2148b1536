import type { BuildNode, GroupNode, ProductNode, WebhookNode } from '../account.ts'
import type { Hints } from '../folder/hints.ts'

/** An entity of the folder and the one of the cloud that is meant. */
export interface Pair<T> {
  readonly ours: T
  readonly theirs: T | undefined
  /** The id that the hints give names another entity than the name does. */
  readonly conflict?: string | undefined
  /** The hints know an id that is not to be seen. */
  readonly lost?: boolean | undefined
}

/**
 * Which entity of the cloud each one of the folder means: that of the hinted id, else that of its name, else none. So a changed name is a
 * rename (hashicorp/terraform 591: there it destroys). `left` is what only the cloud has.
 */
export function matchNamed<T extends ProductNode | GroupNode>(
  ours: readonly T[],
  theirs: readonly T[],
  hints: Hints | undefined,
): { readonly pairs: readonly Pair<T>[]; readonly left: readonly T[] } {
  const byId = new Map(theirs.map((one) => [one.cloud?.id, one]))
  const byName = new Map(theirs.map((one) => [one.name, one]))
  const hinted = ours.map(({ path }) => byId.get(hints?.entities[path]?.id ?? ''))
  const claimed = new Set<T | undefined>(hinted)
  const taken = new Set<T>()
  const pairs = ours.map((one, i): Pair<T> => {
    const known = hinted[i]
    const named = byName.get(one.name)
    if (known !== undefined && !taken.has(known)) {
      taken.add(known)
      const other = named !== undefined && named !== known && !claimed.has(named) ? named : undefined
      return { ours: one, theirs: known, conflict: other && other.cloud?.id }
    }
    const lost = hints?.entities[one.path] !== undefined && known === undefined
    if (named === undefined || claimed.has(named) || taken.has(named))
      return { ours: one, theirs: undefined, lost }
    taken.add(named)
    return { ours: one, theirs: named }
  })
  return {
    pairs,
    left: theirs.filter((one) => !taken.has(one) && !pairs.some((pair) => pair.conflict === one.cloud?.id)),
  }
}

/**
 * Pairs builds of equal text: first those that are equal in all that people gave them, then the rest in order. The folder's current build is
 * paired with the cloud's or with none: a build of old text that becomes current is a new deployment. Gives the index in `theirs` for each
 * of `ours`.
 */
export function matchBuilds(
  ours: readonly BuildNode[],
  theirs: readonly BuildNode[],
): readonly (number | undefined)[] {
  const found: (number | undefined)[] = ours.map(() => undefined)
  const taken = new Set<number>()
  for (const equal of [isAlike, isSameCode]) {
    // An older build may be the cloud's current one: a group that is half filled.
    for (const isCurrent of [true, false]) {
      ours.forEach((one, i) => {
        if (found[i] !== undefined || one.current !== isCurrent) return
        const k = theirs.findIndex(
          (other, at) => !taken.has(at) && (!isCurrent || other.current) && equal(one, other),
        )
        if (k < 0) return
        found[i] = k
        taken.add(k)
      })
    }
  }
  return found
}

function isSameCode(a: BuildNode, b: BuildNode): boolean {
  return a.code.digest === b.code.digest
}

function isAlike(a: BuildNode, b: BuildNode): boolean {
  return (
    isSameCode(a, b) &&
    a.description === b.description &&
    a.origin === b.origin &&
    a.flagged === b.flagged &&
    a.tags.join(' ') === b.tags.join(' ')
  )
}

/** Pairs webhooks that are equal, then those of one event in order: a changed URL. Gives the index in `theirs` for each of `ours`. */
export function matchWebhooks(
  ours: readonly WebhookNode[],
  theirs: readonly WebhookNode[],
): readonly (number | undefined)[] {
  const found: (number | undefined)[] = ours.map(() => undefined)
  const taken = new Set<number>()
  const rules: ((a: WebhookNode, b: WebhookNode) => boolean)[] = [
    (a, b) => a.event === b.event && a.url.value === b.url.value && a.contentType === b.contentType,
    (a, b) => a.event === b.event && a.url.value === b.url.value,
    (a, b) => a.event === b.event,
  ]
  for (const rule of rules) {
    ours.forEach((one, i) => {
      if (found[i] !== undefined) return
      const k = theirs.findIndex((other, at) => !taken.has(at) && rule(one, other))
      if (k < 0) return
      found[i] = k
      taken.add(k)
    })
  }
  return found
}
