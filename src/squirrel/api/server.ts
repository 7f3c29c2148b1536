/** `server`: logging, the device's connection, restarts, and what the agent keeps. */
import { raise } from '../language/run/errors.ts'
import { native } from '../language/library/native.ts'
import { charge } from '../language/run/state.ts'
import { SqTable } from '../language/values/table.ts'
import type { SqValue } from '../language/values/values.ts'
import { connectReasons, policies, sendErrors } from '../connection.ts'
import { fromPlain, plainSize, toPlain } from '../plain.ts'
import { currentSide, type Side } from '../side.ts'
import { contentOf, secondsOf } from './arguments.ts'
import { deepSleep, restart, secondsUntil } from './imp.ts'
import type { NativeMember } from './natives.ts'

export const serverConstants = {
  ...connectReasons,
  ...sendErrors,
  ...policies,
  WAIT_TIL_SENT: 0,
  WAIT_FOR_ACK: 1,
  SHUTDOWN_OTHER: 0,
  SHUTDOWN_NEWSQUIRREL: 1,
  SHUTDOWN_NEWFIRMWARE: 2,
} as const

/** Bytes that `server.save` takes. */
const largestSave = 65_536
const longestEntry = 16_384
/** Instructions an entry counts for, so that a loop cannot flood the log. */
const entryCost = 1_000

const both: NativeMember[] = [
  native('log', '.', (_self, value: SqValue) => write(value, 'log')),
  native('error', '.', (_self, value: SqValue) => write(value, 'error')),
]

const agent: NativeMember[] = [
  native('save', 't', (_self, table: SqTable) => {
    const plain = toPlain(table)
    if (plainSize(plain) > largestSave) throw raise('server.save: the table is too large')
    const { world } = currentSide()
    world.state.saved = plain
    world.stateChanged = true
    return 0
  }),
  native('load', '', () => fromPlain(currentSide().world.state.saved) ?? new SqTable()),
]

const device: NativeMember[] = [
  native('isconnected', '', () => currentSide().world.connection.up),
  native('connect', '[c|on', (_self, handler: SqValue = null, timeout: SqValue = 60) => {
    const side = currentSide()
    const { connection } = side.world
    if (handler === null) return connection.connectNow(side, secondsOf(timeout))
    connection.connect(side, handler, secondsOf(timeout))
    return null
  }),
  native('disconnect', '', () => {
    currentSide().world.connection.disconnect()
    return null
  }),
  native('flush', '[n', () => (currentSide().world.connection.up ? 0 : sendErrors.SEND_ERROR_NOT_CONNECTED)),
  native('setsendtimeoutpolicy', 'iin', (_self, policy: number) => {
    currentSide().world.connection.policy = policy
    return null
  }),
  native('onunexpecteddisconnect', 'c|o', (_self, handler: SqValue) => {
    currentSide().world.connection.onUnexpectedDisconnect = handler
    return null
  }),
  native('onshutdown', 'c|o', (_self, handler: SqValue) => {
    const { world } = currentSide()
    world.onShutdown = handler
    world.host.shutdownHandler(handler !== null)
    return null
  }),
  native('restart', '', () => {
    const side = currentSide()
    if (!side.world.shutdownPending) return restart('WAKEREASON_SW_RESTART')
    side.after(0, () => side.world.host.reload())
    return null
  }),
  native('sleepfor', 'n', (_self, seconds: SqValue) => deepSleep(secondsOf(seconds))),
  native('sleepuntil', 'ii[ii', (_self, hours: number, minutes: number, seconds = 0, weekday = -1) =>
    deepSleep(secondsUntil(currentSide().now(), hours, minutes, seconds, weekday)),
  ),
  native('bless', 'b[c|o', (_self, success: boolean, handler: SqValue = null) => {
    const side = currentSide()
    if (success) side.after(0, () => side.world.host.bless())
    if (handler !== null) side.after(side.world.latency, () => side.call('server.bless', handler, success))
    return null
  }),
  native('factoryblinkup', '.*', () => null),
]

/** Members of `server` for a side. */
export function serverMembers(side: Side): NativeMember[] {
  return side.kind === 'agent' ? [...both, ...agent] : [...both, ...device]
}

/** Writes to the log; a device that is not connected may have to connect first, or cannot. */
function write(value: SqValue, kind: 'log' | 'error'): number {
  charge(entryCost)
  const side = currentSide()
  if (side.kind === 'device' && !side.world.connection.ready(side)) return sendErrors.SEND_ERROR_NOT_CONNECTED
  const text = value === null ? 'null' : contentOf(value)
  side.whenConnected(() =>
    side.log(`${side.kind === 'agent' ? 'agent' : 'server'}.${kind}`, text.slice(0, longestEntry)),
  )
  return sendErrors.SEND_ERROR_NONE
}
