/** `imp`: timers, sleep, and facts of the device. */
import { raise } from '../language/run/errors.ts'
import { instantiate, native } from '../language/library/native.ts'
import { type NativeMember, classOf } from './natives.ts'
import { allocate, charge } from '../language/run/state.ts'
import { tableOf } from '../language/values/table.ts'
import { SqInstance } from '../language/values/class.ts'
import { SqArray, type SqValue } from '../language/values/values.ts'
import { newBlob } from '../language/values/blob.ts'
import { utf8Encode } from '../language/values/text.ts'
import { valueAt } from '../device-script.ts'
import { sleepText } from '../platform-texts.ts'
import type { Event } from '../event-queue.ts'
import { currentSide, type Side } from '../side.ts'
import type { World } from '../world.ts'
import { bytesOf, secondsOf } from './arguments.ts'

const environments = { ENVIRONMENT_CARD: 0, ENVIRONMENT_MODULE: 1, ENVIRONMENT_AGENT: 2 } as const

/** Bytes of free memory that a device reports, before its code takes any. */
export const freeMemory = 84_720
/** Milliseconds: code that sets a timer of 0 again and again must not stop time. */
const shortestTimer = 1
const timerCost = 20

const common: NativeMember[] = [
  native('wakeup', 'n.', (_self, seconds: SqValue, handler: SqValue) => {
    const side = currentSide()
    const delay = secondsOf(seconds) * 1000
    const rounded = side.kind === 'device' ? Math.round(delay / 10) * 10 : delay
    const due = Math.max(shortestTimer, rounded)
    charge(timerCost)
    allocate(256)
    const timer = instantiate(classOf(side, 'timer', []))
    timer.native = side.after(due, () => {
      timer.native = null
      side.call('imp.wakeup', handler)
    })
    return timer
  }),
  native('cancelwakeup', '.', (_self, timer: SqValue) => {
    if (timer instanceof SqInstance && timer.cls === classOf(currentSide(), 'timer', [])) {
      const event = timer.native as Event | null
      if (event) event.act = null
      timer.native = null
    }
    return null
  }),
  native('environment', '', () => {
    const { kind, world } = currentSide()
    if (kind === 'agent') return environments.ENVIRONMENT_AGENT
    return /^imp00[12]$/.test(world.facts.impType)
      ? environments.ENVIRONMENT_CARD
      : environments.ENVIRONMENT_MODULE
  }),
]

const device: NativeMember[] = [
  native('sleep', 'n', (_self, seconds: SqValue) => {
    currentSide().spend(secondsOf(seconds) * 1000)
    return null
  }),
  native('onidle', 'c|o', (_self, handler: SqValue) => {
    const side = currentSide()
    if (handler !== null) side.after(0, () => side.call('imp.onidle', handler))
    return null
  }),
  native('deepsleepfor', 'n', (_self, seconds: SqValue) => deepSleep(secondsOf(seconds))),
  native('deepsleepuntil', 'ii[ii', (_self, hours: number, minutes: number, seconds = 0, weekday = -1) =>
    deepSleep(secondsUntil(currentSide().now(), hours, minutes, seconds, weekday)),
  ),
  native('reset', '', () => restart('WAKEREASON_SW_RESET')),
  native('getmacaddress', '', () => currentSide().world.facts.mac.replaceAll(':', '').toLowerCase()),
  native('getssid', '', () => networkName),
  native('getbssid', '', () => accessPoint),
  native('rssi', '', () => rssiOf(currentSide().world)),
  native('getrssi', '', () => rssiOf(currentSide().world)),
  native('getmemoryfree', '', () => freeMemory),
  native('getsoftwareversion', '', () => utf8Encode(currentSide().world.facts.swversion)),
  native('info', '', () =>
    tableOf([
      ['type', utf8Encode(currentSide().world.facts.impType)],
      ['devid', currentSide().world.facts.id],
    ]),
  ),
  native('setpowersave', 'b', (_self, on: boolean) => (powerSave.set(currentSide(), on), null)),
  native('getpowersave', '', () => powerSave.get(currentSide()) ?? false),
  native('enableblinkup', 'b', () => null),
  native('setwificonfiguration', 's|os|o', () => null),
  native('clearconfiguration', '[i', () => null),
  native('setcountry', 'i', () => null),
  native('getcountry', '', () => 0),
  native('setproxy', '.*', () => null),
  native('clearproxy', '', () => null),
  native('setstaticnetworkconfiguration', '.*', () => null),
  native('scanwifinetworks', '[c|o', (_self, handler: SqValue = null) => {
    const side = currentSide()
    const list = () => new SqArray([wifiNetwork(side)])
    if (handler === null) return list()
    side.after(2000, () => side.call('imp.scanwifinetworks', handler, list()))
    return null
  }),
  native('setuserconfiguration', '.', (_self, data: SqValue) => {
    const { world } = currentSide()
    world.stateChanged = true
    if (data === null) delete world.state.userConfiguration
    else world.state.userConfiguration = Buffer.from(bytesOf(data), 'latin1').toString('base64')
    return null
  }),
  native('getuserconfiguration', '', () => {
    const kept = currentSide().world.state.userConfiguration
    return kept === undefined ? null : newBlob(new Uint8Array(Buffer.from(kept, 'base64')))
  }),
]

const powerSave = new WeakMap<Side, boolean>()
const networkName = 'virtual'
const accessPoint = '020000000001'
const channel = 6

const net = [
  native('info', '', () => {
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

/** Members of `imp` for a side. */
export function impMembers(side: Side, table: (members: readonly NativeMember[]) => SqValue): NativeMember[] {
  if (side.kind === 'agent') return common
  const configuration = tableOf([])
  return [...common, ...device, ['net', table(net)], ['configparams', configuration]]
}

export const impConstants = environments

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
