import { spawnSync } from 'node:child_process'
import { fstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Says on disk that this process has a terminal in raw mode. */
export interface RawMarker {
  /** Called when raw mode begins. */
  readonly set: () => void
  /** Called when the terminal is as it was. */
  readonly clear: () => void
}

/**
 * Repairs a terminal that a killed session left in raw mode, and makes the marker by which the next start will know. `fd` is the terminal.
 * Nothing happens, and the marker does nothing, where the folder cannot be written or there is no terminal.
 */
export function repairTerminal(stateFolder: string, fd: number): RawMarker {
  const path = markerPath(stateFolder, fd)
  if (path === undefined) return { set: () => undefined, clear: () => undefined }
  if (isLeftOver(path)) {
    // What raw mode took away can only be given back by the terminal's own tool; without it nothing is worse than before.
    spawnSync('stty', ['sane'], { stdio: [fd, 'ignore', 'ignore'] })
    quietly(() => rmSync(path, { force: true }))
  }
  return {
    set: () =>
      quietly(() => {
        mkdirSync(join(stateFolder, 'raw'), { recursive: true, mode: 0o700 })
        writeFileSync(path, String(process.pid), { mode: 0o600 })
      }),
    clear: () => quietly(() => rmSync(path, { force: true })),
  }
}

/** One file for each terminal; its device number tells terminals apart. */
function markerPath(stateFolder: string, fd: number): string | undefined {
  if (process.platform === 'win32') return undefined
  try {
    const { rdev } = fstatSync(fd)
    return rdev === 0 ? undefined : join(stateFolder, 'raw', String(rdev))
  } catch {
    return undefined
  }
}

function isLeftOver(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'))
    return !Number.isSafeInteger(pid) || pid <= 0 || !isRunning(pid)
  } catch {
    return false
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function quietly(task: () => void): void {
  try {
    task()
  } catch {
    // A folder that cannot be written must not keep anybody from working.
  }
}
