import { ImptError } from '../output/error.ts'

/** Why a port of 127.0.0.1 cannot be listened on, and what to do; undefined for an error of another kind. */
export function portFault(error: unknown, port: number): ImptError | undefined {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ImptError('FILE', `Port ${port} of 127.0.0.1 is in use.`, { hint: 'Give another --port' })
    case 'EACCES':
      return port > 0 && port < 1024
        ? new ImptError('FILE', `Port ${port} is for administrators only.`, {
            hint: 'Give a --port above 1023',
          })
        : undefined
    case 'ERR_SOCKET_BAD_PORT':
      return new ImptError('USAGE', `There is no port ${port}.`, { hint: 'Give a --port from 0 to 65535' })
    default:
      return undefined
  }
}
