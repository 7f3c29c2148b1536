import { groupTypeName } from '../../entities/kinds.ts'
import type { DeviceGroupType } from '../../impcentral/types.ts'
import type { GroupNode, ProductNode } from '../account.ts'
import type { Cloud } from '../cloud/read.ts'
import type { Folder } from '../folder/read.ts'
import { hintsFor } from '../merge.ts'
import { planBuilds } from './builds.ts'
import type { Change, Field, Shown, VariableChanges } from './change.ts'
import { planDevices, planLoginKeys } from './devices.ts'
import { masked } from './masked.ts'
import { matchNamed, type Pair } from './match.ts'
import { onlyCloudProduct, onlyInCloud } from './only-cloud.ts'
import { renamedRows, renamedTargets, type Renamed } from './renamed.ts'
import { planTargets, targetPaths } from './targets.ts'
import { planWebhooks } from './webhooks.ts'
import { counted } from '../../output/messages.ts'

export interface PlanOptions {
  /** Deletes what only the cloud has, as far as that may be deleted. */
  readonly prune: boolean
  /** Whether the account is the one that is logged in: others may see less, and never edit variables. */
  readonly isOwn: boolean
  /** Whether the whole account is meant, not only some Products. */
  readonly isWhole: boolean
  /** The rows of `devices.csv`, also where devices are left alone: they name groups. */
  readonly rows: Folder['tree']['devices']
  /** Whether a file of the folder is as impt wrote it last, on this machine. */
  isAsWritten(path: string): boolean
  /** Whether a Product of the folder is meant; all without `--product`. */
  isChosen(product: {
    readonly name: string
    readonly path: string
    readonly id: string | undefined
  }): boolean
}

/** A group of the folder with its counterpart. */
export interface GroupPair extends Pair<GroupNode> {
  readonly devices: number | undefined
}

/** What differs, and what of the folder is which entity of the cloud. */
export interface Planned {
  readonly changes: readonly Change[]
  /** Ids and types of the entities that exist, by the folder's paths. */
  readonly ids: ReadonlyMap<string, string>
  readonly types: ReadonlyMap<string, DeviceGroupType>
  readonly renamed: Renamed
}

/** What differs between a folder and the cloud, and what would be done about it. Pure: sends and reads nothing. */
export function planChanges(folder: Folder, cloud: Cloud, options: PlanOptions): Planned {
  const hints = hintsFor(folder.hints, cloud.account)
  const chosen = folder.tree.products.filter(({ name, path }) =>
    options.isChosen({ name, path, id: hints?.entities[path]?.id }),
  )
  const { pairs, left } = matchNamed(chosen, cloud.tree.products, hints)
  const groups: GroupPair[] = []
  const changes = pairs.flatMap((pair) => {
    const inside = matchNamed(pair.ours.groups, pair.theirs?.groups ?? [], hints)
    const own = inside.pairs.map((one) => ({ ...one, devices: deviceCount(cloud, one) }))
    groups.push(...own)
    return [
      ...planProduct(pair, options),
      ...own.flatMap((one) => planGroup(one, pair, own, { folder, cloud, options, hints })),
      ...inside.left.map((one) => onlyInCloud(one, cloud, options)),
    ]
  })
  const known = [...pairs, ...groups].flatMap(({ ours, theirs }) =>
    theirs?.cloud === undefined ? [] : [[ours.path, theirs.cloud.id] as const],
  )
  const renamed = {
    rows: renamedRows(folder, cloud, groups, options),
    targets: renamedTargets(groups),
  }
  return {
    renamed,
    changes: [
      ...changes,
      ...left.flatMap((one) => onlyCloudProduct(one, cloud, options)),
      ...planDevices(folder, cloud, groups, renamed.rows, options),
      ...planLoginKeys(folder.tree.loginKeys, cloud.tree.loginKeys),
    ],
    ids: new Map(known),
    types: new Map(groups.map(({ ours, theirs }) => [ours.path, theirs?.type ?? ours.type])),
  }
}

export interface PlanContext {
  readonly folder: Folder
  readonly cloud: Cloud
  readonly options: PlanOptions
  readonly hints: ReturnType<typeof hintsFor>
}

function planProduct(
  { ours, theirs, conflict, lost }: Pair<ProductNode>,
  options: PlanOptions,
): readonly Change[] {
  const base = { kind: 'product', path: ours.path, label: ours.name } as const
  if (theirs === undefined) {
    if (lost && !options.isOwn)
      return [{ ...base, action: 'impossible', fields: [], why: 'not to be seen by this login' }]
    return [{ ...base, action: 'create', fields: [], op: { do: 'create product', product: ours } }]
  }
  const id = theirs.cloud?.id ?? ''
  if (conflict !== undefined)
    return [
      { ...base, id, action: 'impossible', fields: [], why: `CONFLICT: its name is that of ${conflict} now` },
    ]
  const fields = differing(theirs, ours, ['name', 'description'])
  if (fields.length === 0) return []
  return [
    {
      ...base,
      id,
      action: 'change',
      fields,
      op: {
        do: 'update product',
        id,
        attributes: attributesOf(fields),
        rename: ours.name === theirs.name ? undefined : { from: theirs.name, to: ours.name },
        updatedAt: theirs.cloud?.updatedAt,
      },
    },
  ]
}

function planGroup(
  pair: GroupPair,
  product: Pair<ProductNode>,
  siblings: readonly GroupPair[],
  context: PlanContext,
): readonly Change[] {
  const { ours, theirs, devices } = pair
  const { options } = context
  const count = devices === undefined || devices === 0 ? '' : `, ${counted(devices, 'device')}`
  const base = {
    kind: 'group',
    path: ours.path,
    label: `${ours.name} (${groupTypeName(ours.type)}${count})`,
  } as const
  const missing = Object.entries(ours.env ?? {}).flatMap(([name, { value }]) =>
    value === undefined ? [name] : [],
  )
  const unknown = missing.map((name): Change => {
    const why = `${name}: value not in this folder`
    const id = theirs?.cloud?.id
    // The folder asks for a value, and there is one.
    if (theirs?.env !== undefined && Object.hasOwn(theirs.env, name))
      return {
        ...base,
        id,
        action: 'keep',
        fields: [],
        why: `${why}: the cloud keeps its own`,
        lasting: true,
      }
    return { ...base, id, action: 'impossible', fields: [], why }
  })
  if (theirs === undefined) {
    if (product.theirs === undefined && product.lost && !options.isOwn) return []
    if (pair.lost && !options.isOwn)
      return [{ ...base, action: 'impossible', fields: [], why: 'not to be seen by this login' }]
    if (missing.length > 0) return unknown
    if (!options.isOwn && Object.keys(ours.env ?? {}).length > 0)
      return [{ ...base, action: 'impossible', fields: [], why: 'only its owner may give a group variables' }]
    return [
      {
        ...base,
        action: 'create',
        fields: [],
        op: {
          do: 'create group',
          product: ours.path.split('/').slice(0, 2).join('/'),
          group: ours,
          targets: targetPaths(ours, siblings),
        },
      },
      ...planBuilds(pair, context),
      ...planWebhooks(ours, [], context),
    ]
  }
  const id = theirs.cloud?.id ?? ''
  if (pair.conflict !== undefined)
    return [
      {
        ...base,
        id,
        action: 'impossible',
        fields: [],
        why: `CONFLICT: its name is that of ${pair.conflict} now`,
      },
    ]
  const fixed = [
    ...(ours.type === theirs.type ? [] : [`the type ${groupTypeName(theirs.type)}`]),
    ...(ours.region === theirs.region ? [] : ['the region']),
  ].map((what): Change => ({
    ...base,
    id,
    action: 'impossible',
    fields: [],
    why: `${what} is fixed when a group is made`,
  }))
  // Another type, which it cannot get, has other attributes.
  const own = ours.type === theirs.type ? (['loadCode'] as const) : []
  const fields = differing(theirs, ours, ['name', 'description', ...own])
  const env = planEnv(theirs.env, ours.env)
  const forbidden: Change[] =
    env !== undefined && !options.isOwn
      ? [
          {
            ...base,
            id,
            action: 'impossible',
            fields: env.fields,
            why: 'only its owner may change variables',
          },
        ]
      : []
  const targets = planTargets(ours, theirs, siblings)
  const all = [...fields, ...(forbidden.length > 0 ? [] : (env?.fields ?? [])), ...(targets?.fields ?? [])]
  return [
    ...(all.length === 0
      ? []
      : [
          {
            ...base,
            id,
            action: 'change' as const,
            fields: all,
            op: {
              do: 'update group' as const,
              id,
              type: theirs.type,
              attributes: attributesOf(fields),
              rename: ours.name === theirs.name ? undefined : { from: theirs.name, to: ours.name },
              env: forbidden.length > 0 ? undefined : env?.changes,
              targets: targets?.paths,
              updatedAt: theirs.cloud?.updatedAt,
            },
          },
        ]),
    ...fixed,
    ...unknown,
    ...forbidden,
    ...planBuilds(pair, context),
    ...(theirs.webhooks === undefined ? [] : planWebhooks(ours, theirs.webhooks, context)),
  ]
}

type Env = GroupNode['env']

/** What differs between two maps of variables. Values that the folder does not have stay as they are. */
function planEnv(
  theirs: Env,
  ours: Env,
): { readonly fields: readonly Field[]; readonly changes: VariableChanges } | undefined {
  if (theirs === undefined || ours === undefined) return undefined
  const set = new Map<string, string | number>()
  const unset: string[] = []
  const fields: Field[] = []
  for (const name of [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort()) {
    const from = Object.hasOwn(theirs, name) ? theirs[name] : undefined
    const to = Object.hasOwn(ours, name) ? ours[name] : undefined
    if (to === undefined) unset.push(name)
    else if (to.value === undefined || to.value === from?.value) continue
    else set.set(name, to.value)
    const secret = (from?.secret ?? to?.secret ?? true) || (to?.secret ?? false)
    fields.push({ name: `env ${name}`, from: masked(from, secret), to: masked(to, secret) })
  }
  return fields.length === 0 ? undefined : { fields, changes: { set: Object.fromEntries(set), unset } }
}

/** Names of attributes where the folder's differ from the API's. */
const API_NAMES: Readonly<Record<string, string>> = { loadCode: 'load_code_after_blessing' }

function differing<T extends object>(from: T, to: T, names: readonly (keyof T & string)[]): readonly Field[] {
  return names.flatMap((name) =>
    from[name] === to[name]
      ? []
      : [{ name: API_NAMES[name] ?? name, from: from[name] as Shown, to: to[name] as Shown }],
  )
}

/** An attribute that the folder does not have is cleared. */
function attributesOf(fields: readonly Field[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fields.map(({ name, to }) => [name, to ?? null]))
}

function deviceCount({ deviceCounts }: Cloud, { theirs }: Pair<GroupNode>): number | undefined {
  if (theirs === undefined) return 0
  return deviceCounts === undefined ? undefined : (deviceCounts.get(theirs.cloud?.id ?? '') ?? 0)
}
