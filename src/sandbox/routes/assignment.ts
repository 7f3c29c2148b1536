/** Devices of a group: assigning, unassigning, restarting, and the minimum deployment (impcentral-api.md 3.3, 10, 11). */
import { Hono } from 'hono'
import { can, demand, deviceAction, deviceActionOf } from '../access.ts'
import { isObject, readIdentifier, readObject } from '../body.ts'
import { noContent, type Core, type Env, type RouteContext } from '../core.ts'
import { isSameSecret } from '../../program/secret.ts'
import { ApiFault, invalid, missing, notFound, type ApiError } from '../errors.ts'
import type { Account, Device } from '../model.ts'
import { checkAssignment, checkMinimum, checkUnassignment } from '../rules.ts'
import { groupInPath, managedGroup } from './devicegroups.ts'

/** The device by id, MAC address or agent ID, if the account may see it. */
export function findDevice(core: Core, account: Account, text: string): Device | undefined {
  const { devices } = core.store
  const device = devices.find(text) ?? devices.find(text.toLowerCase())
  return device && can(core.store, account, device.owner, deviceAction(device)) ? device : undefined
}

export function assignmentRoutes(core: Core, checkUnbondRate: (account: Account) => void): Hono<Env> {
  const { store, platform } = core

  /** Does the act for each device that it can be done for, and throws 400 with an entry for each other one. */
  const forEachDevice = async (c: RouteContext, act: (device: Device) => void) => {
    const { data } = await readObject(c)
    if (!Array.isArray(data) || data.length === 0)
      throw invalid('Invalid Body', 'The request body must have an array "data" of devices.')
    const identifiers = data.map((item, i) => readIdentifier(item, `data[${i}]`))
    const wrong = identifiers.find(({ type }) => type !== 'device')
    if (wrong) throw invalid('Invalid Type', `"${wrong.type}" is not "device".`)
    const errors: ApiError[] = []
    let outer = 400
    for (const { id } of identifiers) {
      const device = findDevice(core, c.get('account'), id)
      if (!device) {
        errors.push(missing('Device', id))
        continue
      }
      try {
        act(device)
      } catch (error) {
        if (!(error instanceof ApiFault)) throw error
        errors.push(...error.errors)
        if (identifiers.length === 1) outer = error.status
      }
    }
    if (errors.length > 0) throw new ApiFault(outer, errors)
    return noContent(c)
  }
  const hasUnbondKey = (c: RouteContext, owner: string) => {
    const key = c.req.header('x-electricimp-key')
    const account = store.accounts.get(owner)
    if (key === undefined || !account || !can(store, c.get('account'), owner, 'unbless')) return false
    return isSameSecret(key, account.unbondKey)
  }
  const devicesPath = '/devicegroups/:id/relationships/devices'

  return new Hono<Env>()
    .post(devicesPath, (c) => {
      const group = groupInPath(core, c)
      demand(store, c.get('account'), group.owner, deviceActionOf(group.type))
      const unbond = hasUnbondKey(c, group.owner)
      return forEachDevice(c, (device) => {
        checkAssignment(device, group, unbond)
        platform.behaviour.setCoverage?.(device.id, c.req.header('x-impt-coverage') === 'on')
        platform.assign(device, group)
        // A test run need not wait for what its device only waits for.
        if (c.req.header('x-impt-time') === 'fast') platform.behaviour.setTime?.('fast', device.id)
      })
    })
    .delete(devicesPath, (c) => {
      const group = groupInPath(core, c)
      demand(store, c.get('account'), group.owner, deviceActionOf(group.type))
      if (group.type === 'production_devicegroup') checkUnbondRate(c.get('account'))
      const unbond = hasUnbondKey(c, group.owner)
      return forEachDevice(c, (device) => {
        // 404 inside, 400 outside, also for one device (more-facts.md 5).
        if (device.group?.id !== group.id) throw new ApiFault(400, [missing('Device', device.id)])
        checkUnassignment(device, unbond)
        platform.unassign(device)
      })
    })
    .post('/devicegroups/:id/restart', (c) => {
      const group = groupInPath(core, c)
      demand(store, c.get('account'), group.owner, deviceActionOf(group.type))
      for (const device of store.devices.where('group', group.id)) platform.restart(device)
      return noContent(c)
    })
    .post('/devicegroups/:id/conditional_restart', (c) => {
      const group = groupInPath(core, c)
      demand(store, c.get('account'), group.owner, deviceActionOf(group.type))
      for (const device of store.devices.where('group', group.id)) platform.conditionalRestart(device)
      return noContent(c)
    })
    .put('/devicegroups/:id/relationships/min_supported_deployment', async (c) => {
      const group = managedGroup(core, c)
      const { data } = await readObject(c)
      if (!isObject(data)) throw invalid('Invalid Body', 'The request body must have an object "data".')
      const { type, id } = readIdentifier(data, 'data')
      if (type !== 'deployment') throw invalid('Invalid Type', `"${type}" is not "deployment".`)
      const deployment = store.deployments.get(id)
      if (!deployment || deployment.owner !== group.owner) throw notFound('Deployment', id)
      checkMinimum(group, deployment, store.deployments.get(group.minDeployment ?? ''))
      store.groups.update(group, { minDeployment: deployment.id, updated: core.now() })
      platform.minimumMoved(group)
      return noContent(c)
    })
}
