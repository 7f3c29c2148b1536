/**
 * Whose process is at the other end of a connection on this machine. A port of 127.0.0.1 is open to every user of it; the table of
 * connections of the system (proc(5), `/proc/net/tcp`) tells which of them a connection belongs to.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { endianness } from 'node:os'

/** `unknown`: the system does not say, or the other end is gone by now. */
type Peer = 'owner' | 'stranger' | 'unknown'

type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'>

const known = new WeakMap<object, Peer>()

/** Whose process is at the other end: this user's (or the administrator's), or another's. Asked of the system once a connection. */
export function peerOf(socket: Ends): Peer {
  const before = known.get(socket)
  if (before) return before
  const peer = findPeer(socket, readTable, process.getuid?.())
  known.set(socket, peer)
  return peer
}

/** Whether the system can tell at all. */
export const tellsPeers = (): boolean => process.getuid !== undefined && readTable('tcp') !== ''

/** As peerOf, for the tables `tcp` and `tcp6` of `read` and the user `own`. */
export function findPeer(socket: Ends, read: (name: string) => string, own: number | undefined): Peer {
  const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
  if (own === undefined) return 'unknown'
  const ends = [endOf(remoteAddress, remotePort), endOf(localAddress, localPort)]
  // A client may use a socket of either family: Java's are of the second.
  const pairs = { tcp: ends.join(' '), tcp6: ends.map((end) => MAPPED + end).join(' ') }
  for (const [name, pair] of Object.entries(pairs)) {
    const table = read(name)
    const at = table.indexOf(` ${pair} `)
    if (at < 0) continue
    // Of a socket that was closed, the user is gone, and shows as 0.
    const [, , , , , , user, , inode] = table.slice(at + 1, table.indexOf('\n', at)).split(/ +/)
    if (inode === undefined || inode === '0') return 'unknown'
    return user === String(own) || user === '0' ? 'owner' : 'stranger'
  }
  return 'unknown'
}

const isLittle = endianness() === 'LE'

/** `::ffff:0:0` as the table spells it. */
const MAPPED = `0000000000000000${isLittle ? 'FFFF0000' : '0000FFFF'}`

/** `127.0.0.1` and 80 as `0100007F:0050`: the address in the byte order of the machine. */
function endOf(address: string, port: number): string {
  const bytes = address
    .replace(/^::ffff:/, '')
    .split('.')
    .map(Number)
  const digits = (number: number, count: number) => number.toString(16).toUpperCase().padStart(count, '0')
  return `${(isLittle ? bytes.reverse() : bytes).map((byte) => digits(byte, 2)).join('')}:${digits(port, 4)}`
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, 'latin1')
  } catch {
    return ''
  }
}
