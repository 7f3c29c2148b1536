/** Rules of the resources that are more than the form of a value (impcentral-api.md 5, 9, 10, 11). Each throws ApiFault. */
import { conflict, fault, forbidden, invalid } from './errors.ts'
import {
  deviceGroupTypes,
  isBlessed,
  isFixture,
  type Account,
  type Deployment,
  type Device,
  type DeviceGroup,
  type DeviceGroupType,
  type WebhookEvent,
} from './model.ts'

/** `other` is what has the wanted name already, if anything. */
export function checkUnique(entity: string, other: { id: string } | undefined, self?: { id: string }): void {
  if (other && other.id !== self?.id)
    throw conflict('Duplicate Resource', `${entity}s must have unique names.`)
}

export function checkProductDeletion(groups: readonly DeviceGroup[]): void {
  if (groups.length > 0)
    throw conflict('Dependent Devicegroups Exist', 'Cannot delete a product with associated devicegroups.')
}

export function readGroupType(text: string): DeviceGroupType {
  const type = deviceGroupTypes.find((known) => known === text)
  if (!type) throw invalid('Invalid Type', `"${text}" is not a type of devicegroup.`)
  return type
}

export function checkProductionAccount(owner: Account, type: DeviceGroupType): void {
  if ((type === 'production_devicegroup' || type === 'dut_devicegroup') && !owner.production)
    throw forbidden(`Only production accounts may have a ${type}.`)
}

/** Variables of a group: keys of letters, digits and `_`, no digit first (more-facts.md 7), strings or numbers as values. */
export function readVariables(value: unknown): Record<string, string | number> {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isMap) throw invalid('Invalid Attribute', 'env_vars must be an object.')
  for (const [key, item] of Object.entries(value)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))
      throw invalid(
        'Invalid Attribute',
        `env_vars: the key "${key}" must have letters, digits and "_" only, no digit first.`,
      )
    if (typeof item !== 'string' && !(typeof item === 'number' && Number.isFinite(item)))
      throw invalid('Invalid Attribute', `env_vars: the value of "${key}" must be a string or a number.`)
  }
  return value as Record<string, string | number>
}

/** A fixture's target: the matching type, in the fixture's own product. */
export function checkTarget(
  fixture: DeviceGroupType,
  product: string,
  name: 'production_target' | 'dut_target',
  target: DeviceGroup,
): void {
  const stage = fixture === 'pre_factoryfixture_devicegroup' ? 'pre_' : ''
  const wanted = `${stage}${name === 'dut_target' ? 'dut' : 'production'}_devicegroup`
  if (target.type !== wanted) throw invalid('Invalid Target', `${name} of a ${fixture} must be a ${wanted}.`)
  if (target.product !== product)
    throw invalid('Invalid Target', `${name} must belong to the product of the devicegroup.`)
}

export function checkGroupDeletion(
  devices: readonly Device[],
  siblings: readonly DeviceGroup[],
  group: DeviceGroup,
  deployments: readonly Deployment[],
): void {
  if (devices.length > 0)
    throw conflict(
      'Dependent Devices Exist',
      'Cannot delete a devicegroup with assigned devices; unassign those first.',
    )
  if (siblings.some((other) => other.productionTarget === group.id || other.dutTarget === group.id))
    throw conflict(
      'Dependent Devicegroups Exist',
      'Cannot delete a devicegroup that is the target of another one.',
    )
  if (deployments.some((deployment) => deployment.flagged))
    throw conflict(
      'Flagged Deployments Exist',
      'Cannot delete a devicegroup with flagged deployments; delete those first.',
    )
}

export function checkDeploymentDeletion(deployment: Deployment, minimum: Deployment | undefined): void {
  if (deployment.flagged)
    throw conflict(
      'Resource Flagged',
      'You cannot delete flagged deployments; set the flagged attribute to false and try again.',
    )
  if (minimum && deployment.seq >= minimum.seq)
    throw conflict(
      'Deployment In Use',
      'You cannot delete the min_supported_deployment of a devicegroup, or a newer deployment.',
    )
}

/** The minimum only moves forward, within the group (impcentral-api.md 10). */
export function checkMinimum(group: DeviceGroup, next: Deployment, current: Deployment | undefined): void {
  if (next.group?.id !== group.id)
    throw invalid('Invalid Deployment', 'The min_supported_deployment must belong to the devicegroup.')
  if (current && next.seq < current.seq)
    throw invalid('Invalid Deployment', 'The min_supported_deployment can only move to a newer deployment.')
}

/** Tags of letters, digits and `_ - * .`, 500 characters in all. */
export function readTags(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((tag) => typeof tag === 'string' && /^[\w\-*.]+$/.test(tag)))
    throw invalid(
      'Invalid Attribute',
      'tags must be an array of words of letters, digits, "_", "-", "*" and ".".',
    )
  if (value.join('').length > 500) throw invalid('Invalid Attribute', 'tags may have 500 characters in all.')
  return [...new Set(value as string[])]
}

export function readWebhookUrl(value: unknown): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (typeof value === 'string' && url && /^https?:$/.test(url.protocol) && url.hostname !== '') return value
  throw invalid('Invalid URL', 'The provided URL is invalid.')
}

export function readEvent(value: unknown): WebhookEvent {
  if (value === 'blessing' || value === 'blinkup' || value === 'deployment') return value
  throw invalid('Invalid Attribute', 'event must be "blessing", "blinkup" or "deployment".')
}

export function readContentType(value: unknown): string {
  if (value === 'application/json' || value === 'application/x-www-form-urlencoded') return value
  throw invalid(
    'Invalid Attribute',
    'content_type must be "application/json" or "application/x-www-form-urlencoded".',
  )
}

/** Whether the device may enter the group (impcentral-api.md 11). `unbond` says that the right key was given. */
export function checkAssignment(device: Device, group: DeviceGroup, unbond: boolean): void {
  if (device.owner !== group.owner) throw forbidden('Device and devicegroup must have the same owner.')
  if (isFixture(group.type) && device.impType === 'imp001')
    throw invalid('Invalid Device', `Device "${device.id}" is an imp001, which cannot be a fixture.`)
  if (isBlessed(group.type) && device.group?.type !== group.type)
    throw invalid('Invalid Device', `Device "${device.id}" is not blessed for a ${group.type}.`)
  if (!isBlessed(group.type)) checkUnassignment(device, unbond)
}

/** Taking a device out of a production group needs the unbond key. */
export function checkUnassignment(device: Device, unbond: boolean): void {
  if (device.group?.type === 'production_devicegroup' && !unbond)
    throw fault(
      403,
      'PX004',
      'Invalid Permission',
      'Removing a production device needs the right unbond key.',
    )
}

/** Only a device without a group can be deleted (more-facts.md 6). */
export function checkDeviceDeletion(device: Device): void {
  if (device.group && isBlessed(device.group.type))
    throw conflict('Production Device', `Device "${device.id}" is a production device and cannot be deleted.`)
  if (device.group)
    throw conflict(
      'Device Assigned',
      `Device "${device.id}" is assigned to a devicegroup and cannot be deleted; unassign it first.`,
    )
}
