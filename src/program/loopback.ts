import type { Server } from 'node:net'

/** Listens on the port of 127.0.0.1; 0 for any free one. Rejects with the error of the port. */
export function listenOnLoopback(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}
