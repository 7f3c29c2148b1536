/** A port of this process that leads to whichever process holds the sandbox at the moment. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { peerOf, tellsPeers } from './peer.ts'

type Door = {
  port: number
  close: () => Promise<void>
}

/**
 * Opens a port on 127.0.0.1 whose connections lead to the port that `holder` resolves to, asked anew for each connection. A
 * connection is closed without an answer while `holder` throws.
 */
export async function openDoor(holder: () => Promise<number>): Promise<Door> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // What goes wrong shows as the end of the connection.
    socket.on('error', () => undefined)
  }
  const server = createServer((guest) => {
    keep(guest)
    // Behind the door, everybody would look like this process.
    const isOwn = !tellsPeers() || peerOf(guest) === 'owner'
    if (!isOwn) guest.destroy()
    else
      void reach(holder).then(
        (host) => {
          keep(host)
          guest.on('close', () => host.destroy())
          host.on('close', () => guest.destroy())
          if (guest.destroyed) host.destroy()
          else guest.pipe(host).pipe(guest)
        },
        () => guest.destroy(),
      )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // The command decides how long the process lives, not its door.
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A connection to the holder. One that ends just now is asked for once more: nothing has been sent to it yet. */
async function reach(holder: () => Promise<number>): Promise<Socket> {
  try {
    return await connected(await holder())
  } catch {
    return connected(await holder())
  }
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}
