/** How devices come to the cloud: BlinkUp, and blessing by a fixture (impcentral-api.md 3.5, 8, 11, 12). */
import type { Core } from './core.ts'
import { isBlessed, type Account, type Device, type DeviceGroup, type HistoryEvent } from './model.ts'
import { agentId, deviceId, hex, macAddress, uuid, type Bytes } from './random.ts'
import type { Store } from './store.ts'

const swversion = '1ae4c87 - release-44.2 - Tue Mar 09 10:52:30 2021 - production'

/** A device as it is before its first BlinkUp: no agent, no group, offline. Its id, MAC and agent are unused ones. */
export function newDevice(store: Store, random: Bytes, owner: string, impType: string): Device {
  const unused = (make: (bytes: Bytes) => string) => {
    let id = make(random)
    while (store.devices.find(id)) id = make(random)
    return id
  }
  return {
    id: unused(deviceId),
    seq: store.nextSeq(),
    owner,
    group: null,
    name: null,
    impType,
    mac: unused(macAddress),
    ip: null,
    swversion,
    rssi: null,
    freeMemory: null,
    planId: null,
    lastEnrolled: null,
    online: false,
    onlineChanged: null,
    lostAt: null,
    connected: false,
    agentId: null,
    agentRunning: false,
    agentChanged: null,
    deviceDeployment: null,
    agentDeployment: null,
    restartPending: false,
  }
}

export function record(core: Pick<Core, 'store' | 'random'>, event: Omit<HistoryEvent, 'id' | 'seq'>): void {
  const { store, random } = core
  store.history.insert({ id: uuid(random), seq: store.nextSeq(), ...event })
}

/** The device's user did BlinkUp: a new plan gives a new agent, since an agent belongs to device and plan. */
export function blinkUp(core: Core, device: Device, account: Account, planId: string, token: string): void {
  const { store, random } = core
  const newPlan = device.planId !== planId
  store.devices.update(device, {
    owner: account.id,
    planId,
    lastEnrolled: core.now(),
    ...(newPlan || device.agentId === null ? { agentId: agentId(random) } : {}),
  })
  const actor = { ownerId: account.id, actorId: account.id }
  record(core, { device: device.id, time: core.now(), event: 'enrolled', ...actor })
  core.platform.link(device, true)
  const group = device.group ? store.groups.get(device.group.id) : undefined
  if (group && isBlessed(group.type))
    core.webhooks.fire(group, 'blinkup', { device_id: device.id, plan_id: planId, token })
}

/** To be called when a device was blessed into the group: history and webhook. */
export function blessed(core: Core, device: Device, group: DeviceGroup): void {
  record(core, { device: device.id, time: core.now(), event: 'blessed', ownerId: group.owner, actorId: null })
  core.webhooks.fire(group, 'blessing', { device_id: device.id, imp_id: impId(device) })
}

/** Derived from the MAC address without being it (impcentral-api.md 12). */
const impId = (device: Device) => `5${device.mac.replaceAll(':', '').padStart(15, '0')}`

export const newPlanId = (random: Bytes): string => hex(random, 16)
