import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { writeState } from '../../src/sandbox/background.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Device } from '../../src/sandbox/model.ts'
import { play, type StoryOptions, type TerminalStory } from './terminal.ts'

/** A home with settings (so that no welcome is said) and an impCentral of the story's own, which `impt --sandbox` joins. */
export interface World {
  readonly home: string
  readonly sandbox: Sandbox
  play(
    story: (terminal: TerminalStory) => Promise<void>,
    options?: StoryOptions & { readonly argv?: readonly string[] },
  ): Promise<void>
}

/** Makes a world for one story and takes it away afterwards. */
export async function withWorld(
  story: (world: World) => Promise<void>,
  options: Parameters<typeof startSandbox>[0] = {},
): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'impt-world-'))
  const folder = join(home, 'sandbox')
  await mkdir(folder)
  await mkdir(join(home, '.config/impt'), { recursive: true })
  await writeFile(join(home, '.config/impt/settings.json'), '{}')
  const sandbox = await startSandbox({ port: 0, ...options })
  writeState(folder, sandbox, '3.0.0', 'server')
  try {
    await story({
      home,
      sandbox,
      play: (inner, { argv = ['--sandbox'], ...rest } = {}) => play(argv, inner, { home, ...rest }),
    })
  } finally {
    await sandbox.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Waits until the prompt is there and knows who is logged in. */
export async function ready(terminal: TerminalStory): Promise<void> {
  await terminal.until(/demo@sandbox [^›]*› ?$/)
}

/** A device of the demo account, by its name. */
export function deviceNamed({ store }: Sandbox, name: string): Device {
  const device = [...store.devices.all()].find((one) => one.name === name)
  if (!device) throw new Error(`no device ${name}`)
  return device
}

/** Bounds a hang, in ms. */
const PATIENCE_MS = 180_000

/** Waits for something that the screen does not show. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never true: ${holds.toString()}`)
    await delay(20)
  }
}
