/** Who may see and do what (impcentral-api.md 11, roles of collaborators). */
import { forbidden, notFound } from './errors.ts'
import { isDevelopment, type Account, type Device, type DeviceGroupType, type Role } from './model.ts'
import type { Store } from './store.ts'

export type Action =
  | 'product.view'
  | 'product.manage'
  | 'development.view'
  | 'development.manage'
  | 'promoted.view'
  | 'promoted.manage'
  | 'promoted.devices'
  | 'variables'
  | 'unbless'

const allowed: Record<Action, readonly Role[]> = {
  'product.view': ['owner', 'administrator', 'developer', 'operations', 'support'],
  'product.manage': ['owner', 'administrator'],
  'development.view': ['owner', 'administrator', 'developer'],
  'development.manage': ['owner', 'administrator', 'developer'],
  'promoted.view': ['owner', 'administrator', 'operations', 'support'],
  'promoted.manage': ['owner', 'administrator', 'operations'],
  'promoted.devices': ['owner', 'administrator', 'operations', 'support'],
  variables: ['owner'],
  unbless: ['owner', 'administrator'],
}

export const viewOf = (type: DeviceGroupType): Action =>
  isDevelopment(type) ? 'development.view' : 'promoted.view'

export const manageOf = (type: DeviceGroupType): Action =>
  isDevelopment(type) ? 'development.manage' : 'promoted.manage'

/** What handling the devices of such a group, and their logs, asks of a role. */
export const deviceActionOf = (type: DeviceGroupType): Action =>
  isDevelopment(type) ? 'development.manage' : 'promoted.devices'

/** The same for a device: unassigned ones count as development. */
export const deviceAction = (device: Device): Action =>
  device.group ? deviceActionOf(device.group.type) : 'development.manage'

export function roleIn(store: Store, account: Account, owner: string): Role | undefined {
  return account.id === owner ? 'owner' : store.collaborations.find(`${owner} ${account.id}`)?.role
}

export function can(store: Store, account: Account, owner: string, action: Action): boolean {
  const role = roleIn(store, account, owner)
  return role !== undefined && allowed[action].includes(role)
}

/** Accounts whose things the account may see: itself first. */
export const ownersFor = (store: Store, account: Account): string[] => [
  account.id,
  ...store.collaborations.where('member', account.id).map((row) => row.owner),
]

/** The row, if the account may see it; throws 404 otherwise, as for an unknown id. */
export function seen<T extends { owner: string; id: string }>(
  store: Store,
  account: Account,
  kind: string,
  id: string,
  row: T | undefined,
  view: (row: T) => Action,
): T {
  if (!row || !can(store, account, row.owner, view(row))) throw notFound(kind, id)
  return row
}

/** Throws 403 unless the account's role with the owner allows the action. */
export function demand(store: Store, account: Account, owner: string, action: Action): void {
  if (!can(store, account, owner, action))
    throw forbidden(`Your role in the account ${owner} does not allow this.`)
}
