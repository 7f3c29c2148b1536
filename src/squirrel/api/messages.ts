/** `device` on the agent, `agent` on the device: messages and the state of the connection. */
import { charge } from '../language/run/state.ts'
import { tableOf } from '../language/values/table.ts'
import type { SqValue } from '../language/values/values.ts'
import { utf8Encode } from '../utf8.ts'
import { currentSide } from '../side.ts'
import { type Implementation, api } from './natives.ts'

/** Where the cloud sees a virtual device: an address that nobody has (RFC 5737). */
const deviceAddress = '198.51.100.1'

/** Instructions a message counts for. */
const messageCost = 1_000

const on = (_self: SqValue, name: string, handler: SqValue) => {
  const side = currentSide()
  side.world.channel.on(side, name, handler)
  return null
}

const send = (_self: SqValue, name: string, value: SqValue) => {
  charge(messageCost)
  const side = currentSide()
  return side.world.channel.send(side, name, value)
}

/** The code of `device` on the agent and `agent` on the device. */
export const messageCode: readonly Implementation[] = [
  api('agent.on', on),
  api('agent.send', send),
  api('device.on', on),
  api('device.send', send),
  api('device.info', () => {
    const { facts, linked, channel } = currentSide().world
    return tableOf([
      ['id', utf8Encode(facts.id)],
      ['isconnected', linked],
      ['ipaddress', channel.deviceSeen ? deviceAddress : ''],
    ])
  }),
  api('device.isconnected', () => currentSide().world.linked),
  api('device.onconnect', (_self, handler: SqValue) => {
    currentSide().world.channel.onConnect = handler
    return null
  }),
  api('device.ondisconnect', (_self, handler: SqValue) => {
    currentSide().world.channel.onDisconnect = handler
    return null
  }),
]
