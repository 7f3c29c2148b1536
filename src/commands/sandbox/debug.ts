import { debugRemote } from '../../debugging/remote.ts'
import type { Debuggee } from '../../debugging/debuggee.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import type { SandboxState } from '../../sandbox/background.ts'
import type { Context } from '../context.ts'
import { flagOf, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { inTerminal, serveEditor } from '../squirrel/debug.ts'
import { idOf } from './device.ts'

/** `impt sandbox device debug`: attaches a debugger to a device of a sandbox that runs. */
export async function debugDevice(
  context: Context,
  state: SandboxState,
  options: OptionValues,
): Promise<Result> {
  const attach = async (device: string): Promise<Debuggee> => {
    const id = await idOf(context, state, 'device', device)
    const wait = flagOf(options, 'wait') ? '?wait' : ''
    const url = `${new URL(state.url).origin.replace(/^http/, 'ws')}/sandbox/devices/${id}/debug${wait}`
    return debugRemote(url, state.adminToken, context.directory, context.signal)
  }
  const device = textOf(options, 'device')
  const port = numberOf(options, 'port')
  if (flagOf(options, 'dap') || port !== undefined)
    return serveEditor(context, port, {
      launch: () =>
        Promise.reject(new Error('"launch" is for files: impt squirrel debug; here "attach" is meant')),
      attach: (named) => {
        const chosen = named ?? device
        return chosen === undefined
          ? Promise.reject(new Error('"device" is missing: the device to attach to'))
          : attach(chosen)
      },
    })
  if (device === undefined)
    throw new ImptError('USAGE', 'Missing required argument: device', {
      hint: 'Name the device to debug with --device',
    })
  const debuggee = await attach(device).catch((error: unknown) => {
    if (error instanceof ImptError) throw error
    throw new ImptError('CONFLICT', `The device cannot be debugged: ${(error as Error).message}.`, {
      cause: error,
    })
  })
  return inTerminal(context, options, debuggee, null, () => undefined)
}
