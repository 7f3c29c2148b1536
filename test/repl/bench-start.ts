import { spawn } from '@lydell/node-pty'
import { figuresOf, type Figures } from './bench-editor.ts'

/** The time from the start of a program in a terminal to the first screen that matches, in ms; the floor is `node -e 0` to its end. */
export async function measureStart(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  pattern: RegExp,
  rounds = 15,
): Promise<{ readonly floor: Figures; readonly prompt: Figures }> {
  const floors: number[] = []
  const prompts: number[] = []
  for (let round = 0; round < rounds; round++) {
    floors.push(await once(['-e', '0'], env, undefined))
    prompts.push(await once(argv, env, pattern))
  }
  return { floor: figuresOf(floors), prompt: figuresOf(prompts) }
}

function once(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  pattern: RegExp | undefined,
): Promise<number> {
  return new Promise((resolve) => {
    const begin = performance.now()
    const child = spawn(process.execPath, [...argv], {
      cols: 100,
      rows: 30,
      cwd: env['HOME'] ?? '/',
      env: { ...env },
    })
    let shown = ''
    let time: number | undefined
    child.onData((data) => {
      shown += data
      if (time !== undefined || !pattern?.test(shown)) return
      time = performance.now() - begin
      child.write('\x04')
    })
    child.onExit(() => resolve(time ?? performance.now() - begin))
  })
}
