import { spawn, spawnSync } from 'node:child_process'
import { fstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from '../../program/alive.ts'

/** Says on disk that this process has a terminal in raw mode. */
interface RawMarker {
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
  // A shell with a line editor of its own has repaired it already.
  let mustRepair = isLeftOver(path) && isRaw(fd)
  if (mustRepair) spawnSync('stty', ['sane'], { stdio: [fd, 'ignore', 'ignore'] })
  quietly(() => rmSync(path, { force: true }))
  return {
    set: () =>
      quietly(() => {
        mkdirSync(join(stateFolder, 'raw'), { recursive: true, mode: 0o700 })
        writeFileSync(path, String(process.pid), { mode: 0o600 })
      }),
    clear() {
      quietly(() => rmSync(path, { force: true }))
      if (mustRepair) quietly(() => repairAfterExit(fd))
      mustRepair = false
    },
  }
}

function isRaw(fd: number): boolean {
  return (
    spawnSync('stty', ['-a'], { stdio: [fd, 'pipe', 'ignore'], encoding: 'utf8' }).stdout?.includes(
      '-icanon',
    ) ?? false
  )
}

const WAIT_AND_REPAIR =
  'i=0; while kill -0 "$1" 2>/dev/null && [ $i -lt 250 ]; do sleep 0.02; i=$((i+1)); done; stty sane < "$2"'

/** When it exits, Node gives the terminal the modes that it found at its start: the raw ones. So another process repairs it afterwards. */
function repairAfterExit(fd: number): void {
  const path = spawnSync('tty', { stdio: [fd, 'pipe', 'ignore'], encoding: 'utf8' }).stdout.trim()
  spawn('sh', ['-c', WAIT_AND_REPAIR, 'sh', String(process.pid), path], {
    detached: true,
    stdio: 'ignore',
  }).unref()
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
    return !Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)
  } catch {
    return false
  }
}

function quietly(task: () => void): void {
  try {
    task()
  } catch {
    // A folder that cannot be written must not keep anybody from working.
  }
}
