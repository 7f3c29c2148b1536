/** `imp`: timers, sleep, and facts of the device. */
import { framesOf, raise } from '../language/run/errors.ts'
import { instantiate } from '../language/library/native.ts'
import { type Implementation, api, classOf } from './natives.ts'
import { constant } from './table/rows.ts'
import { allocate, charge, state } from '../language/run/state.ts'
import { tableOf } from '../language/values/table.ts'
import { SqInstance } from '../language/values/class.ts'
import { SqArray, type SqValue } from '../language/values/values.ts'
import { newBlob } from '../language/values/blob.ts'
import { utf8Encode } from '../utf8.ts'
import { valueAt } from '../device-script.ts'
import { sleepText } from '../platform-texts.ts'
import type { Event } from '../event-queue.ts'
import { currentSide, type Side } from '../side.ts'
import type { World } from '../world.ts'
import { bytesOf, secondsOf } from './arguments.ts'
import { freeMemory } from './memory.ts'

/** Milliseconds: code that sets a timer of 0 again and again must not stop time. */
const shortestTimer = 1
const timerCost = 20
/** At most what a timer, its event and its place among those that wait take. */
const timerBytes = 300

/** Frames that imp.lasttrace gives. */
const MOST_FRAMES = 16

/** The code of `imp` and `imp.net`. */
export const impCode: readonly Implementation[] = [
  api('imp.lasttrace', () => {
    const frames = state.caught === null ? [] : framesOf(state.caught)
    allocate(64 * frames.length)
    return new SqArray(frames.slice(0, MOST_FRAMES).map(({ name, file, line }) => `${name}:${file}:${line}`))
  }),
  api('imp.wakeup', (_self, seconds: SqValue, handler: SqValue, name?: string) => {
    const side = currentSide()
    // Only agents know names (developer.electricimp.com/node/2425).
    if (name !== undefined && side.kind === 'device') throw raise('wrong number of parameters')
    const delay = secondsOf(seconds) * 1000
    const rounded = side.kind === 'device' ? Math.round(delay / 10) * 10 : delay
    const due = Math.max(shortestTimer, rounded)
    charge(timerCost)
    allocate(timerBytes)
    const timer = instantiate(classOf(side, 'timer', noMethods))
    const forget = name === undefined ? undefined : nameTimer(side, name, timer)
    timer.native = side.after(due, () => {
      timer.native = null
      forget?.()
      side.call('imp.wakeup', handler)
    })
    return timer
  }),
  api('imp.cancelwakeup', (_self, given: SqValue) => {
    const side = currentSide()
    let timer: SqValue = given
    if (typeof given === 'string' && side.kind === 'agent') {
      const named = timerNames.get(side)?.get(given)
      if (!named?.native) throw raise(`there is no timer '${given.slice(0, 50)}'`)
      timer = named
    }
    if (timer instanceof SqInstance && timer.cls === classOf(side, 'timer', noMethods)) {
      const event = timer.native as Event | null
      if (event) event.act = null
      timer.native = null
    }
    return null
  }),
  api('imp.environment', () => {
    const { kind, world } = currentSide()
    if (kind === 'agent') return constant('ENVIRONMENT_AGENT')
    return /^imp00[12]$/.test(world.facts.impType)
      ? constant('ENVIRONMENT_CARD')
      : constant('ENVIRONMENT_MODULE')
  }),
  api('imp.sleep', (_self, seconds: SqValue) => {
    currentSide().spend(secondsOf(seconds) * 1000)
    return null
  }),
  api('imp.onidle', (_self, handler: SqValue) => {
    const side = currentSide()
    const before = idle.get(side)
    if (before) before.act = null
    if (handler !== null)
      idle.set(
        side,
        side.after(0, () => side.call('imp.onidle', handler)),
      )
    return null
  }),
  api('imp.deepsleepfor', (_self, seconds: SqValue) => deepSleep(secondsOf(seconds))),
  api('imp.deepsleepuntil', (_self, hours: number, minutes: number, seconds = 0, weekday = -1) =>
    deepSleep(secondsUntil(currentSide().now(), hours, minutes, seconds, weekday)),
  ),
  api('imp.reset', () => restart('WAKEREASON_SW_RESET')),
  api('imp.getmacaddress', () => currentSide().world.facts.mac.replaceAll(':', '').toLowerCase()),
  api('imp.getssid', () => networkName),
  api('imp.getbssid', () => accessPoint),
  api('imp.rssi', () => rssiOf(currentSide().world)),
  api('imp.getrssi', () => rssiOf(currentSide().world)),
  api('imp.getmemoryfree', () => freeMemory(currentSide())),
  api('imp.getsoftwareversion', () => utf8Encode(currentSide().world.facts.swversion)),
  api('imp.info', () =>
    tableOf([
      ['type', utf8Encode(currentSide().world.facts.impType)],
      ['devid', currentSide().world.facts.id],
    ]),
  ),
  api('imp.setpowersave', (_self, on: boolean) => (powerSave.set(currentSide(), on), null)),
  api('imp.getpowersave', () => powerSave.get(currentSide()) ?? false),
  api('imp.getcountry', () => 0),
  api('imp.scanwifinetworks', (_self, handler: SqValue = null) => {
    const side = currentSide()
    const list = () => new SqArray([wifiNetwork(side)])
    if (handler === null) return list()
    side.after(2000, () => side.call('imp.scanwifinetworks', handler, list()))
    return null
  }),
  api('imp.setuserconfiguration', (_self, data: SqValue) => {
    const { world } = currentSide()
    world.stateChanged = true
    if (data === null) delete world.state.userConfiguration
    else world.state.userConfiguration = Buffer.from(bytesOf(data), 'latin1').toString('base64')
    return null
  }),
  api('imp.getuserconfiguration', () => {
    const kept = currentSide().world.state.userConfiguration
    return kept === undefined ? null : newBlob(new Uint8Array(Buffer.from(kept, 'base64')))
  }),
  api('imp.onunhandledexception', (_self, handler: SqValue) => {
    currentSide().onException = handler
    return null
  }),
  api('imp.setsendbuffersize', (_self, bytes: number) => {
    const side = currentSide()
    const before = sendBuffers.get(side) ?? firstSendBuffer
    sendBuffers.set(side, Math.max(0, Math.min(bytes, largestSendBuffer)))
    return before
  }),
  api('imp.configure', (_self, name: string) => legacy('imp.configure', name)),
  api('imp.net.getcellinfo', (_self, handler: SqValue) => {
    const side = currentSide()
    side.after(100, () => side.call('imp.net.getcellinfo', handler, ''))
    return null
  }),
  api('imp.net.info', () => {
    const { facts } = currentSide().world
    const station = tableOf([
      ['type', 'wifi'],
      ['macaddress', facts.mac.replaceAll(':', '').toLowerCase()],
      ['active', true],
      [
        'connectedwifi',
        tableOf([
          ['ssid', networkName],
          ['bssid', accessPoint],
          ['channel', channel],
          ['rssi', rssiOf(currentSide().world)],
          ['security', 'wpa2'],
        ]),
      ],
    ])
    const ipv4 = tableOf([
      ['address', '192.168.1.2'],
      ['netmask', '255.255.255.0'],
      ['gateway', '192.168.1.1'],
      ['dnsservers', new SqArray(['192.168.1.1'])],
    ])
    station.set('ipv4', ipv4)
    return tableOf([
      ['active', 0],
      ['ipv4', ipv4],
      ['interface', new SqArray([station])],
    ])
  }),
]

/** What waits for a side to be idle: the last that was given, and nothing else (developer.electricimp.com/api/imp/onidle). */
const idle = new WeakMap<Side, Event>()
/** Timers by the names that agents give them. */
const timerNames = new WeakMap<Side, Map<string, SqInstance>>()

/** Gives a timer a name, which another one may take over; what it gives takes the name back. */
function nameTimer(side: Side, name: string, timer: SqInstance): () => void {
  const names = timerNames.get(side) ?? new Map<string, SqInstance>()
  timerNames.set(side, names.set(name, timer))
  return () => void (names.get(name) === timer && names.delete(name))
}

const powerSave = new WeakMap<Side, boolean>()
const networkName = 'virtual'
const accessPoint = '020000000001'
const channel = 6

const noMethods = () => []
/** Bytes that `imp.setsendbuffersize` begins with, and the most it takes. */
const firstSendBuffer = 3_072
const largestSendBuffer = 30_000
const sendBuffers = new WeakMap<Side, number>()
const warned = new WeakMap<Side, Set<string>>()

/** A member of old that has no effect: says so once. */
export function legacy<T extends SqValue>(path: string, result: T): T {
  const side = currentSide()
  const told = warned.get(side) ?? new Set<string>()
  warned.set(side, told)
  if (!told.has(path))
    side.log(side.kind === 'agent' ? 'agent.log' : 'server.log', `${path}() has no effect any more.`)
  told.add(path)
  return result
}

/** What the code finds in `imp.configparams`. */
export function configurationOf(side: Side): SqValue {
  return tableOf([['deviceid', utf8Encode(side.world.facts.id)]])
}

/** `imp.deepsleepfor` and `server.sleepfor`: ends the code, which begins again after a while. */
export function deepSleep(seconds: number): null {
  const side = currentSide()
  const { world } = side
  side.log('server.sleep', sleepText(Math.round(seconds)))
  side.after(0, () => world.rebootDevice(seconds * 1000, 'WAKEREASON_TIMER', false))
  return null
}

/** Seconds from a moment to a time of day (UTC), of a day of the week where 0 is Sunday. */
export function secondsUntil(
  now: number,
  hours: number,
  minutes: number,
  seconds: number,
  weekday: number,
): number {
  for (let days = 0; days <= 7; days++) {
    const target = new Date(now)
    target.setUTCDate(target.getUTCDate() + days)
    target.setUTCHours(hours, minutes, seconds, 0)
    const fits = weekday < 0 || target.getUTCDay() === weekday
    if (fits && target.getTime() > now) return (target.getTime() - now) / 1000
  }
  throw raise('wrong time or day of the week')
}

/** Begins the device's code anew when the running call is over. */
export function restart(reason: 'WAKEREASON_SW_RESET' | 'WAKEREASON_SW_RESTART'): null {
  const side = currentSide()
  side.after(0, () => side.world.rebootDevice(100, reason, true))
  return null
}

/** Signal strength of a world's device in dBm, 0 without a network. */
export function rssiOf(world: World): number {
  const { connection, script, device, clock } = world
  if (!connection.network) return 0
  const seconds = device === null ? 0 : (clock.read() - world.scriptBegin(device)) / 1000
  return Math.round(valueAt(script.rssi, seconds, -55))
}

function wifiNetwork(side: Side): SqValue {
  return tableOf([
    ['ssid', networkName],
    ['bssid', accessPoint],
    ['channel', channel],
    ['rssi', rssiOf(side.world)],
    ['open', false],
  ])
}
