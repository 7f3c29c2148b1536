/** `server`: logging, the device's connection, restarts, and what the agent keeps. */
import { raise } from '../language/run/errors.ts'
import { charge } from '../language/run/state.ts'
import { SqTable } from '../language/values/table.ts'
import type { SqValue } from '../language/values/values.ts'
import { sendErrors } from '../connection.ts'
import { fromPlain, plainSize, toPlain } from '../plain.ts'
import { texts } from '../platform-texts.ts'
import { currentSide } from '../side.ts'
import { contentOf, secondsOf } from './arguments.ts'
import { deepSleep, legacy, restart, secondsUntil } from './imp.ts'
import { type Implementation, api } from './natives.ts'

/** Bytes that `server.save` takes. */
const largestSave = 65_536
const longestEntry = 16_384
/** Milliseconds from `server.restart()` on an agent to its next start. */
const agentRestart = 100
/** Instructions an entry counts for, so that a loop cannot flood the log. */
const entryCost = 1_000

/** The code of `server`. */
export const serverCode: readonly Implementation[] = [
  api('server.log', (_self, value: SqValue) => write(value, 'log')),
  api('server.error', (_self, value: SqValue) => write(value, 'error')),
  api('server.save', (_self, table: SqTable) => {
    const plain = toPlain(table)
    if (plainSize(plain) > largestSave) throw raise('server.save: the table is too large')
    const { world } = currentSide()
    world.state.saved = plain
    world.stateChanged = true
    return 0
  }),
  api('server.load', () => fromPlain(currentSide().world.state.saved) ?? new SqTable()),
  api('server.isconnected', () => currentSide().world.connection.up),
  api('server.connect', (_self, handler: SqValue = null, timeout: SqValue = 60) => {
    const side = currentSide()
    const { connection } = side.world
    if (handler === null) return connection.connectNow(side, secondsOf(timeout))
    connection.connect(side, handler, secondsOf(timeout))
    return null
  }),
  api('server.disconnect', () => {
    currentSide().world.connection.disconnect()
    return null
  }),
  api('server.flush', () => (currentSide().world.connection.up ? 0 : sendErrors.SEND_ERROR_NOT_CONNECTED)),
  api('server.setsendtimeoutpolicy', (_self, policy: number) => {
    currentSide().world.connection.policy = policy
    return null
  }),
  api('server.onunexpecteddisconnect', (_self, handler: SqValue) => {
    currentSide().world.connection.onUnexpectedDisconnect = handler
    return null
  }),
  api('server.onshutdown', (_self, handler: SqValue) => {
    const { world } = currentSide()
    const isHeard = (world.onShutdown === null) === (handler === null)
    world.onShutdown = handler
    // The host is told what changes: code may set its handler in a loop.
    if (!isHeard) world.host.shutdownHandler(handler !== null)
    return null
  }),
  api('server.restart', () => {
    const side = currentSide()
    if (side.kind === 'agent') {
      side.after(0, () => side.world.rebootAgent(agentRestart, texts.agentRestarted))
      return null
    }
    if (!side.world.shutdownPending) return restart('WAKEREASON_SW_RESTART')
    side.after(0, () => side.world.host.reload())
    return null
  }),
  api('server.sleepfor', (_self, seconds: SqValue) => deepSleep(secondsOf(seconds))),
  api('server.sleepuntil', (_self, hours: number, minutes: number, seconds = 0, weekday = -1) =>
    deepSleep(secondsUntil(currentSide().now(), hours, minutes, seconds, weekday)),
  ),
  api('server.bless', (_self, success: boolean, handler: SqValue = null) => {
    const side = currentSide()
    if (success) side.after(0, () => side.world.host.bless())
    if (handler !== null) side.after(side.world.latency, () => side.call('server.bless', handler, success))
    return null
  }),
  api('server.show', () => legacy('server.show', null)),
]

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
