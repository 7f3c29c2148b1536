/** Which deployment runs on which device, and when (impcentral-api.md 9, 10). */
import type {
  AgentRequest,
  AgentResponse,
  BehaviourFactory,
  BehaviourHost,
  DeviceBehaviour,
  StartCause,
} from './behaviour.ts'
import { groupRef, type Device, type DeviceGroup } from './model.ts'
import {
  blessingTarget,
  currentDeployment,
  factsOf,
  isBehindMinimum,
  programOf,
  runningOn,
} from './programs.ts'
import { agentId, type Bytes } from './random.ts'
import { iso } from './resources.ts'
import type { Store } from './store.ts'
import type { Streams } from './streams.ts'

export type Platform = {
  assign(device: Device, group: DeviceGroup): void
  unassign(device: Device): void
  remove(device: Device): void
  restart(device: Device): void
  conditionalRestart(device: Device): void
  /** To be called after the group's minimum moved. */
  minimumMoved(group: DeviceGroup): void
  /** Brings the link up or down in good order: the API shows it at once. */
  link(device: Device, up: boolean): void
  /** Power: a loss shows in the API only after the lag; return means a new connection. */
  power(device: Device, on: boolean): void
  /** `ts` in milliseconds since 1970; now, if it is not given. */
  log(device: Device, type: string, msg: string, ts?: number): void
  bless(device: Device, group: DeviceGroup): void
  agentRequest(device: Device, request: AgentRequest): Promise<AgentResponse>
  /** The behaviour itself, for switches that only it has. */
  readonly behaviour: DeviceBehaviour
  close(): Promise<void>
}

type PlatformParts = {
  store: Store
  streams: Streams
  now: () => number
  random: Bytes
  /** Milliseconds for which a device that lost its power still shows as online. */
  offlineLag: () => number
  agentUrl: (id: string) => string
  onBless: (device: Device, group: DeviceGroup) => void
  behaviour: BehaviourFactory
}

/** Starts the platform over a store. Devices that the store shows as linked are taken to run their code already. */
export function createPlatform(parts: PlatformParts): Platform {
  const { store, streams, now, agentUrl } = parts
  const timers = new Map<string, NodeJS.Timeout>()

  const log = (device: Device, type: string, msg: string, ts = now()) => {
    const entry = { ts: iso(ts), type, msg }
    store.logs.add(device.id, entry)
    const production = device.group?.type === 'production_devicegroup'
    streams.publish(device.id, entry, production ? 'production' : 'development')
  }
  const show = (device: Device, online: boolean, onlineChanged = now()) => {
    clearTimeout(timers.get(device.id))
    timers.delete(device.id)
    if (device.online !== online) store.devices.update(device, { online, onlineChanged, lostAt: null })
  }
  /** Shows a device that is lost as offline when the lag is over, counted from its loss, whichever process it was lost in. */
  const showLater = (device: Device) => {
    const due = (device.lostAt ?? now()) + parts.offlineLag()
    if (due <= now()) return show(device, false, due)
    clearTimeout(timers.get(device.id))
    timers.set(device.id, setTimeout(() => show(device, false), due - now()).unref())
  }

  const agentOf = (device: Device) => (device.agentId ? {} : { agentId: agentId(parts.random) })
  const launch = (device: Device, cause: StartCause) => {
    const deployment = currentDeployment(store, device)
    if (!deployment) return halt(device)
    const changes = { deviceDeployment: deployment.id, agentDeployment: deployment.id, restartPending: false }
    store.devices.update(device, { ...changes, ...agentOf(device) })
    behaviour.start(factsOf(device, agentUrl), programOf(store, deployment), cause)
  }
  const catchUpAgent = (device: Device) => {
    const deployment = currentDeployment(store, device)
    if (!deployment || !isBehindMinimum(store, device, device.agentDeployment)) return
    store.devices.update(device, { agentDeployment: deployment.id, ...agentOf(device) })
    behaviour.startAgent(factsOf(device, agentUrl), programOf(store, deployment), 'minimum')
  }
  const halt = (device: Device) => {
    store.devices.update(device, { deviceDeployment: null, agentDeployment: null, restartPending: false })
    behaviour.stop(device.id)
  }
  const restart = (device: Device) => {
    if (device.connected) return launch(device, 'restart')
    store.devices.update(device, { restartPending: true })
    catchUpAgent(device)
  }
  const move = (device: Device, group: DeviceGroup) => {
    store.devices.update(device, { group: groupRef(group) })
    if (device.connected) launch(device, 'assign')
    else store.devices.update(device, { restartPending: true })
  }
  const bless = (device: Device, group: DeviceGroup) => {
    move(device, group)
    parts.onBless(device, group)
  }
  const link = (device: Device, up: boolean) => {
    const changes = device.connected !== up
    if (changes) store.devices.update(device, { connected: up, lostAt: null })
    show(device, up)
    if (!changes) return
    if (!up) return behaviour.disconnected(device.id)
    const current = currentDeployment(store, device)
    const reload = device.restartPending || (current?.id ?? null) !== device.deviceDeployment
    behaviour.connected(factsOf(device, agentUrl), reload && current !== undefined)
    if (reload) launch(device, 'reconnect')
  }

  const withDevice = (id: string, act: (device: Device) => void) => {
    const device = store.devices.get(id)
    if (device) act(device)
  }
  const host: BehaviourHost = {
    now,
    log: (id, type, msg, ts) => withDevice(id, (device) => log(device, type, msg, ts)),
    report: (id, values) => withDevice(id, (device) => store.devices.update(device, values)),
    agentRunning: (id, agentRunning) =>
      withDevice(id, (device) => {
        if (device.agentRunning === agentRunning) return
        store.devices.update(device, { agentRunning, agentChanged: now() })
      }),
    idle: (id) => streams.announce(id, 'idle'),
    link: (id, up) => withDevice(id, (device) => link(device, up)),
    reload: (id) => withDevice(id, restart),
    running(id) {
      const device = store.devices.get(id)
      return device && runningOn(store, device, agentUrl)
    },
    *deviceIds() {
      for (const device of store.devices.all()) if (device.agentDeployment !== null) yield device.id
    },
    save(key, value) {
      const saved = store.saved.get(key)
      if (saved) store.saved.update(saved, { value })
      else store.saved.insert({ id: key, seq: store.nextSeq(), value })
    },
    load: (key) => store.saved.get(key)?.value,
    bless(id) {
      const device = store.devices.get(id)
      const target = device && blessingTarget(store, device)
      if (target) bless(device, target)
      return target !== undefined
    },
  }
  const behaviour = parts.behaviour(host)
  // The timers of an earlier process are gone; its devices without power still have to be shown as offline.
  for (const device of store.devices.all()) if (device.online && !device.connected) showLater(device)

  return {
    assign: move,
    unassign(device) {
      store.devices.update(device, { group: null })
      halt(device)
    },
    remove(device) {
      show(device, false)
      behaviour.stop(device.id)
      store.logs.drop(device.id)
      store.devices.remove(device)
    },
    restart,
    conditionalRestart(device) {
      const asks = device.connected && !isBehindMinimum(store, device, device.deviceDeployment)
      if (!asks || !behaviour.shutdown(device.id)) restart(device)
    },
    minimumMoved(group) {
      for (const device of store.devices.where('group', group.id)) if (!device.connected) catchUpAgent(device)
    },
    link,
    power(device, on) {
      behaviour.power(device.id, on)
      if (on) return link(device, true)
      if (!device.connected) return
      store.devices.update(device, { connected: false, lostAt: now() })
      showLater(device)
    },
    log,
    bless,
    agentRequest: (device, request) => behaviour.agentRequest(device.agentId ?? '', device.id, request),
    behaviour,
    async close() {
      for (const timer of timers.values()) clearTimeout(timer)
      await behaviour.close()
    },
  }
}
