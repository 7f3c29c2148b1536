import { createHmac } from 'node:crypto'
import { visible } from '../../output/visible.ts'
import { counted } from '../../output/messages.ts'
import type { AccountTree } from '../account.ts'
import type { FileDiff } from '../diff.ts'
import { grouped } from '../grouped.ts'
import { countsOf, type Action, type Change, type Counts, type Field, type Shown } from './change.ts'

const MARKS: Readonly<Record<Action, string>> = {
  create: '+',
  change: '~',
  delete: '-',
  keep: '-',
  impossible: '!',
}
/** Lines of one changed file that a plan shows. */
const MOST_LINES = 60
/** Devices of which the same is told that a plan shows one by one. */
const SHOWN_ALIKE = 10

/** Shows values; secrets as 4 digits of a mark that is the same for equal values of one run, and says nothing else (kubernetes/kubernetes 87840). */
export type Mask = (value: Shown) => string

export function maskOf(key: string): Mask {
  return (value) => {
    if (value === undefined || value === '') return '(none)'
    if (typeof value === 'object')
      return `(secret ${createHmac('sha256', key)
        .update(`${typeof value.secret} ${value.secret}`)
        .digest('hex')
        .slice(0, 4)})`
    if (typeof value !== 'string') return String(value)
    return /^[\w.,:/@ +~*-]+$/.test(value) ? value : quoted(value)
  }
}

/** In quotes; control characters stay, for `visible` to show them as everywhere. */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\t', '\\t')}"`
}

/** The lines of a plan: a tree of what changes, under the Products and groups that it lies in. */
export function planLines(
  changes: readonly Change[],
  trees: readonly AccountTree[],
  mask: Mask,
): readonly string[] {
  const labels = labelsOf(trees)
  const shown = new Set<string>()
  const summed = summedUp(changes)
  const lines: string[] = []
  for (const change of changes) {
    const { action, kind, path } = change
    const parents =
      kind === 'product' || path === 'devices.csv' || path === 'loginkeys.csv' ? [] : parentsOf(change)
    for (const parent of parents) {
      if (shown.has(parent)) continue
      shown.add(parent)
      lines.push(`~ ${indent(depthOf(parent))}${labels.get(parent) ?? parent}`)
    }
    if (kind === 'product' || kind === 'group') shown.add(path)
    const alike = summed.get(sumKey(change))
    if (alike !== undefined && ++alike.seen > SHOWN_ALIKE) {
      if (alike.seen === alike.count)
        lines.push(
          `${MARKS[action]} ${counted(alike.count - SHOWN_ALIKE, 'more device')}   ${change.why}: --output json shows all, --without devices none`,
        )
      continue
    }
    lines.push(
      ...changeLines(
        change,
        indent(kind === 'product' || parents.length === 0 ? 0 : parents.length),
        MARKS[action],
        mask,
      ),
    )
  }
  return lines.map((line) => visible(line))
}

/** What of devices is told of many in the same words, and changes nothing: with all lines nobody finds what changes. */
function summedUp(changes: readonly Change[]): Map<string, { readonly count: number; seen: number }> {
  const alike = changes.filter(({ kind, op }) => kind === 'device' && op === undefined)
  return new Map(
    [...grouped(alike, sumKey)].flatMap(([key, { length: count }]) =>
      count > SHOWN_ALIKE + 1 ? [[key, { count, seen: 0 }] as const] : [],
    ),
  )
}

function sumKey({ kind, action, why, op }: Change): string {
  return kind === 'device' && op === undefined ? `${action} ${why ?? ''}` : ''
}

/** `2 to change, 1 to create, 0 to delete, 1 kept, 1 impossible`. */
export function countLine(counts: Counts): string {
  const { change, create, delete: remove, keep, impossible } = counts
  return `${change} to change, ${create} to create, ${remove} to delete, ${keep} kept, ${impossible} impossible`
}

export function doneLine(counts: Counts): string {
  const { change, create, delete: remove, keep, impossible } = counts
  return `${change} changed, ${create} created, ${remove} deleted, ${keep} kept, ${impossible} impossible`
}

/** One change as one line, for what was done. */
export function changeLine(change: Change, mask: Mask): string {
  const fields = change.fields.map((field) => fieldText(field, mask)).join('; ')
  const what = [kindName(change), change.label].filter((part) => part !== '').join(' ')
  const where = change.kind === 'build' || change.kind === 'webhook' ? ` of ${change.path}` : ''
  return visible(`${MARKS[change.action]} ${what}${where}${fields === '' ? '' : `: ${fields}`}`)
}

/** The changes as data: `from` and `to` as the lines show them, secrets masked. */
export function changeRecords(
  changes: readonly Change[],
  mask: Mask,
): readonly Readonly<Record<string, unknown>>[] {
  const value = (one: Shown) => (typeof one === 'object' ? mask(one) : (one ?? null))
  return changes.map(({ action, kind, path, id, label, fields, diff, why, lasting }) => ({
    action,
    kind,
    path,
    id: id ?? null,
    label,
    fields: fields.map(({ name, from, to }) => ({ name, from: value(from), to: value(to) })),
    diff: diff ?? [],
    why: why ?? null,
    differs: lasting !== true,
  }))
}

function changeLines(change: Change, space: string, mark: string, mask: Mask): readonly string[] {
  const { kind, label, fields, diff, why, path } = change
  const name = kindName(change)
  if (kind === 'build' || kind === 'device' || fields.length === 0) {
    const values = fields.map((field) => fieldText(field, mask, diff)).join('; ')
    const text = [label, values].filter((part) => part !== '').join('  ')
    const reason = why === undefined ? '' : diff !== undefined && diff.length > 0 ? `, ${why}` : `   ${why}`
    return [`${mark} ${space}${name} ${text}${reason}`, ...(diff ?? []).flatMap(diffLines)]
  }
  const wide = Math.max(...fields.map((field) => field.name.length))
  const inner = `${space}  `
  return [
    `${mark} ${space}${name} ${label === '' ? path : label}${why === undefined ? '' : `   ${why}`}`,
    ...fields.map(
      (field) => `${mark} ${inner}${field.name.padEnd(wide)}   ${mask(field.from)} -> ${mask(field.to)}`,
    ),
  ]
}

function fieldText({ name, from, to }: Field, mask: Mask, diff?: readonly FileDiff[]): string {
  const result =
    diff === undefined || diff.length === 0
      ? mask(to)
      : diff.map(({ file, added, removed }) => `${file} +${added} -${removed}`).join(', ')
  return `${name} ${mask(from)} -> ${result}`
}

function diffLines({ file, hunks }: FileDiff): readonly string[] {
  const lines = (hunks ?? []).flatMap((hunk) => [
    `@@ ${file}:${hunk.newStart} @@`,
    // As they are: what is at their end, a CR too, may be all that differs.
    ...hunk.lines,
  ])
  const cut =
    lines.length > MOST_LINES
      ? [...lines.slice(0, MOST_LINES), `... ${lines.length - MOST_LINES} more lines`]
      : lines
  return cut.map((line) => `        ${line}`)
}

function kindName({ kind }: Change): string {
  return kind === 'loginkey' ? 'login key' : kind
}

function parentsOf({ kind, path }: Change): readonly string[] {
  const parts = path.split('/')
  const product = parts.slice(0, 2).join('/')
  return kind === 'group' ? [product] : [product, path]
}

function depthOf(path: string): number {
  return path.split('/').length > 2 ? 1 : 0
}

function indent(depth: number): string {
  return '  '.repeat(depth)
}

function labelsOf(trees: readonly AccountTree[]): ReadonlyMap<string, string> {
  const labels = new Map<string, string>()
  for (const product of trees.flatMap(({ products }) => products)) {
    labels.set(product.path, `product ${product.name}`)
    for (const group of product.groups) labels.set(group.path, `group ${group.name}`)
  }
  return labels
}

/** What was done by kind of change. */
export function countsDone(changes: readonly Change[], done: readonly Change[]): Counts {
  const { keep, impossible } = countsOf(changes)
  return { ...countsOf(done), keep, impossible }
}
