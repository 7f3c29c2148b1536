import { entityOf } from '../../entities/entity.ts'
import type { Finder } from '../../entities/finder.ts'
import { collect } from '../../impcentral/paging.ts'
import type { Device } from '../../impcentral/types.ts'
import { noDevices } from '../../output/messages.ts'
import type { Target } from '../common.ts'
import type { Context } from '../context.ts'
import { shownList } from '../shown-list.ts'

/** The devices that are assigned to a group. */
export function devicesOf(finder: Finder, groupId: string): Promise<Device[]> {
  return collect(finder.client.devices.list({ 'devicegroup.id': groupId }))
}

/** Whether nobody will run a new build now. Servers that do not tell are given the benefit of the doubt. */
export function areAllOffline(devices: readonly Device[]): boolean {
  return devices.length > 0 && devices.every(({ attributes }) => attributes.device_online === false)
}

/** Restarts the devices of a group and tells which; a group without devices is told and left alone. */
export async function restartDevices(
  context: Context,
  finder: Finder,
  { resource, label }: Target,
  devices: readonly Device[],
  conditional: boolean,
): Promise<void> {
  if (devices.length === 0) return context.info(noDevices(label))
  await finder.client.deviceGroups[conditional ? 'conditionalRestart' : 'restart'](resource.id)
  tellDevices(
    context,
    `${conditional ? 'Conditional restart' : 'Restart'} request for Devices assigned to ${label} is successful:`,
    devices,
  )
}

/** A line and the first few devices under it. */
export function tellDevices(context: Context, heading: string, devices: readonly Device[]): void {
  const entities = devices.map((device) => entityOf(device))
  context.info(`${heading}\n${shownList('Device', entities)}`.trimEnd())
}
