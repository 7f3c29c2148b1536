/** What a device should run, read from the store (impcentral-api.md 10, 11). */
import type { DeviceFacts, Program, Running } from './behaviour.ts'
import type { Deployment, Device, DeviceGroup } from './model.ts'
import { iso } from './resources.ts'
import type { Store } from './store.ts'

const groupOf = (store: Store, device: Device): DeviceGroup | undefined =>
  device.group ? store.groups.get(device.group.id) : undefined

/** The current deployment of the device's group. */
export const currentDeployment = (store: Store, device: Device): Deployment | undefined =>
  store.deployments.get(groupOf(store, device)?.currentDeployment ?? '')

/** Whether the deployment lies before the minimum of the device's group, or comes from another group. */
export function isBehindMinimum(store: Store, device: Device, deployment: string | null): boolean {
  const minimum = store.deployments.get(groupOf(store, device)?.minDeployment ?? '')
  if (!minimum) return false
  const running = store.deployments.get(deployment ?? '')
  return running?.group?.id !== device.group?.id || (running?.seq ?? 0) < minimum.seq
}

export const factsOf = (device: Device, agentUrl: (id: string) => string): DeviceFacts => ({
  id: device.id,
  agentId: device.agentId ?? '',
  agentUrl: agentUrl(device.agentId ?? ''),
  mac: device.mac,
  impType: device.impType,
  swversion: device.swversion,
  name: device.name,
})

export function programOf(store: Store, deployment: Deployment): Program {
  const group = store.groups.get(deployment.group?.id ?? '')
  return {
    deploymentId: deployment.id,
    sha: deployment.sha,
    deviceCode: deployment.deviceCode,
    agentCode: deployment.agentCode,
    createdAt: iso(deployment.created),
    product: { id: deployment.product, name: store.products.get(deployment.product)?.name ?? '' },
    group: { id: group?.id ?? '', name: group?.name ?? '', type: deployment.groupType },
    envVars: group?.envVars ?? {},
    ...(deployment.libraries ? { libraries: deployment.libraries } : {}),
  }
}

export function runningOn(store: Store, device: Device, agentUrl: (id: string) => string): Running {
  const onDevice = store.deployments.get(device.deviceDeployment ?? '')
  const onAgent = store.deployments.get(device.agentDeployment ?? '')
  return {
    device: factsOf(device, agentUrl),
    ...(onDevice ? { deviceProgram: programOf(store, onDevice) } : {}),
    ...(onAgent ? { agentProgram: programOf(store, onAgent) } : {}),
    linked: device.connected,
  }
}

/** The group that devices of a DUT group are blessed into: the production target of a fixture that names it. */
export function blessingTarget(store: Store, device: Device): DeviceGroup | undefined {
  if (!device.group) return undefined
  const fixture = store.groups
    .where('product', device.group.product)
    .find((group) => group.dutTarget === device.group?.id && group.productionTarget !== null)
  return store.groups.get(fixture?.productionTarget ?? '')
}
