/** `device` on the agent, `agent` on the device: messages and the state of the connection. */
import { native } from '../language/library/native.ts'
import { charge } from '../language/run/state.ts'
import type { SqValue } from '../language/values/values.ts'
import { currentSide, type Side } from '../side.ts'
import type { NativeMember } from './natives.ts'

/** Instructions a message counts for. */
const messageCost = 1_000

const both: NativeMember[] = [
  native('on', 'sc|o', (_self, name: string, handler: SqValue) => {
    const side = currentSide()
    side.world.channel.on(side, name, handler)
    return null
  }),
  native('send', 's.', (_self, name: string, value: SqValue) => {
    charge(messageCost)
    const side = currentSide()
    return side.world.channel.send(side, name, value)
  }),
]

const onAgent: NativeMember[] = [
  native('isconnected', '', () => currentSide().world.linked),
  native('onconnect', 'c|o', (_self, handler: SqValue) => {
    currentSide().world.channel.onConnect = handler
    return null
  }),
  native('ondisconnect', 'c|o', (_self, handler: SqValue) => {
    currentSide().world.channel.onDisconnect = handler
    return null
  }),
]

/** Members of the object for the other side. */
export function messageMembers(side: Side): NativeMember[] {
  return side.kind === 'agent' ? [...both, ...onAgent] : both
}
