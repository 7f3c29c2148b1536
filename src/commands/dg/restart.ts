import { entityOf } from '../../entities/entity.ts'
import type { Finder } from '../../entities/finder.ts'
import type { Listed } from '../../entities/kinds.ts'
import { collect } from '../../impcentral/paging.ts'
import { noDevices } from '../../output/messages.ts'
import type { GroupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { shownList } from '../shown-list.ts'

/** The devices that are assigned to a group. */
export function devicesOf(finder: Finder, groupId: string): Promise<Listed<'device'>[]> {
  return collect(finder.list('device', { 'devicegroup.id': groupId }))
}

/** Whether nobody will run a new build now. Servers that do not tell are given the benefit of the doubt. */
export function areAllOffline(devices: readonly Listed<'device'>[]): boolean {
  return devices.length > 0 && devices.every(({ attributes }) => attributes.device_online === false)
}

/** Restarts the devices of a group and tells which; a group without devices is told and left alone. */
export async function restartDevices(
  context: Context,
  finder: Finder,
  { resource, label }: GroupTarget,
  devices: readonly Listed<'device'>[],
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
export function tellDevices(context: Context, heading: string, devices: readonly Listed<'device'>[]): void {
  const entities = devices.map((device) => entityOf(device))
  context.info(`${heading}\n${shownList('Device', entities)}`.trimEnd())
}
