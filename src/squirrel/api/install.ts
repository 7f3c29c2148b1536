/** Puts the imp API into the root table of a side. */
import { nativeTable } from '../language/library/native.ts'
import { wakeReasons } from '../device-state.ts'
import type { Side } from '../side.ts'
import { cryptoConstants, cryptoTable } from './crypto.ts'
import { hardwareConstants, hardwareTable } from './hardware.ts'
import { clientConstants, clientMembers } from './http-client.ts'
import { codecMembers, hashMembers } from './http-codec.ts'
import { serverSideMembers } from './http-server.ts'
import { impConstants, impMembers } from './imp.ts'
import { messageMembers } from './messages.ts'
import type { NativeMember } from './natives.ts'
import { nvTable } from './nv.ts'
import { regexp2Class } from './regexp2.ts'
import { serverConstants, serverMembers } from './server.ts'

/** Must run inside the side's machine. */
export function installApi(side: Side): null {
  const { root } = side.vm
  const { kind } = side
  root.set('imp', nativeTable(impMembers(side, nativeTable)))
  root.set('server', nativeTable(serverMembers(side)))
  root.set(kind === 'agent' ? 'device' : 'agent', nativeTable(messageMembers(side)))
  const http: NativeMember[] = [...codecMembers, ['hash', nativeTable(hashMembers)]]
  if (kind === 'agent') http.push(...clientMembers, ...serverSideMembers)
  root.set('http', nativeTable(http))
  root.set('crypto', cryptoTable(side))
  if (kind === 'device') root.set('hardware', hardwareTable(side))
  else root.set('regexp2', regexp2Class(side))
  const own = kind === 'agent' ? clientConstants : { ...wakeReasons, ...hardwareConstants }
  const constants = [impConstants, serverConstants, cryptoConstants, own]
  for (const table of constants) for (const [name, value] of Object.entries(table)) root.set(name, value)
  if (kind === 'device') root.set('nv', nvTable(side))
  return null
}
