import { cannotOpen } from './folder.ts'
import { squirrelBehaviour, squirrelCheck } from '../../sandbox/squirrel.ts'
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { environmentLibraries } from '../../squirrel/environment-libraries.ts'
import { flagOf, numberOf } from '../options.ts'
import { portFault } from '../port.ts'
import type { OptionValues } from '../row.ts'
import { fleetOf, switchesOf } from './switches.ts'

/** Starts the server of a folder with the switches of the options; `libraries`: where `#require` looks, those of IMPT_LIBRARIES if absent. Throws FILE when the folder or the port cannot be had. */
export async function openServer(
  folder: string,
  options: OptionValues,
  libraries: readonly string[] = environmentLibraries(),
): Promise<Sandbox> {
  const fleet = fleetOf(options)
  const port = numberOf(options, 'port') ?? 0
  try {
    return await startSandbox({
      behaviour: squirrelBehaviour({ wakeAfter: 0, libraries }),
      check: squirrelCheck(libraries),
      dir: folder,
      port,
      open: flagOf(options, 'open'),
      ...switchesOf(options),
      ...(fleet ? { fleet } : {}),
    })
  } catch (error) {
    throw portFault(error, port) ?? cannotOpen(folder, error)
  }
}

/** Does something with the folder of a sandbox. Throws FILE when the folder is in use or cannot be read or written. */
export function opening<T>(folder: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw cannotOpen(folder, error)
  }
}
