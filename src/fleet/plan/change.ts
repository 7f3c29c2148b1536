import type { DeviceGroupType } from '../../impcentral/types.ts'
import type { BuildNode, GroupNode, ProductNode, WebhookNode } from '../account.ts'
import type { FileDiff } from '../diff.ts'

/** `keep`: only the cloud has it, and it stays. `impossible`: the folder asks for what cannot be done. */
export type Action = 'create' | 'change' | 'delete' | 'keep' | 'impossible'

/** A value before or after. Secrets are masked by whoever shows them. */
export type Shown = string | number | boolean | undefined | { readonly secret: string | number }

export interface Field {
  readonly name: string
  readonly from: Shown
  readonly to: Shown
}

/** One line of a plan. */
export interface Change {
  readonly action: Action
  readonly kind: 'product' | 'group' | 'build' | 'webhook' | 'device' | 'loginkey'
  /** Where it lies in the folder; of devices `devices.csv`. */
  readonly path: string
  readonly id?: string | undefined
  /** What it is called after its kind: `Field (production, 812 devices)`. */
  readonly label: string
  readonly fields: readonly Field[]
  readonly why?: string | undefined
  /** Kept whatever is applied, with `--prune` too: it is told, and is no difference. */
  readonly lasting?: true
  /** Of a changed build: from the id of the cloud's build to the digest of the folder's. */
  readonly code?: { readonly from: string; readonly to: string } | undefined
  readonly diff?: readonly FileDiff[] | undefined
  readonly op?: Op | undefined
}

/** What apply does for a change, as data. Paths stand for entities that may not exist yet. */
export type Op =
  | { readonly do: 'create product'; readonly product: ProductNode }
  | {
      readonly do: 'update product'
      readonly id: string
      readonly attributes: object
      readonly rename?: Rename | undefined
      readonly updatedAt: string | undefined
    }
  | {
      readonly do: 'create group'
      readonly product: string
      readonly group: GroupNode
      readonly targets: TargetPaths
    }
  | {
      readonly do: 'update group'
      readonly id: string
      readonly type: DeviceGroupType
      readonly attributes: object
      readonly rename?: Rename | undefined
      readonly env?: VariableChanges | undefined
      readonly targets?: TargetPaths | undefined
      readonly updatedAt: string | undefined
    }
  | {
      readonly do: 'create build'
      readonly group: string
      readonly build: BuildNode
      readonly index: number
      /** What stays with the code that was edited: the entry in `builds.json` is to say what the build has. */
      readonly leaves?: readonly ('tags' | 'origin')[]
    }
  | {
      readonly do: 'update build'
      readonly id: string
      readonly attributes: object
      readonly updatedAt: string | undefined
    }
  /** Takes tags from some builds and gives another the whole list `tags`; `build` as below. */
  | {
      readonly do: 'move tags'
      readonly group: string
      readonly build: string | number
      readonly from: readonly string[]
      readonly moved: readonly string[]
      readonly tags: readonly string[]
    }
  /** `build`: its id, or where this plan makes it its index in `builds.json`. */
  | { readonly do: 'set minimum'; readonly group: string; readonly build: string | number }
  | { readonly do: 'create webhook'; readonly group: string; readonly webhook: WebhookNode }
  | {
      readonly do: 'update webhook'
      readonly id: string
      readonly attributes: object
      readonly updatedAt: string | undefined
    }
  | { readonly do: 'update device'; readonly id: string; readonly name: string | null }
  | { readonly do: 'assign device'; readonly id: string; readonly group: string }
  | { readonly do: 'unassign device'; readonly id: string; readonly groupId: string }
  | { readonly do: 'delete webhook'; readonly id: string }
  | { readonly do: 'delete group'; readonly id: string }
  | { readonly do: 'delete product'; readonly id: string }

export interface Rename {
  readonly from: string
  readonly to: string
}

/** Values to set and names to take away; the rest of the map stays as a fresh read shows it. */
export interface VariableChanges {
  readonly set: Readonly<Record<string, string | number>>
  readonly unset: readonly string[]
}

/** The folder's paths of target groups. */
export interface TargetPaths {
  readonly production?: string | undefined
  readonly dut?: string | undefined
}

export type Counts = Readonly<Record<Action, number>>

/** Whether folder and cloud differ in something that an apply, with `--prune` at most, settles or cannot: of what is kept for good they do not. */
export function differs(changes: readonly Change[]): boolean {
  return changes.some(({ lasting }) => lasting !== true)
}

/** How many changes of each kind a plan has. */
export function countsOf(changes: readonly { readonly action: Action }[]): Counts {
  const counts = { change: 0, create: 0, delete: 0, keep: 0, impossible: 0 }
  for (const { action } of changes) counts[action]++
  return counts
}
