import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeState } from '../../src/sandbox/background.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { figuresOf, type Figures } from './bench-editor.ts'

/** `device info --device NAME` as a one-shot in an account of so many devices, without and with a served session; latency in ms for each request. */
export async function measureShared(
  program: string,
  devices = 10_000,
  rounds = 7,
  latency = 20,
): Promise<{ readonly alone: Figures; readonly shared: Figures }> {
  const home = await mkdtemp(join(tmpdir(), 'impt-bench-'))
  const folder = join(home, 'sandbox')
  await mkdir(folder)
  const sandbox = await startSandbox({
    port: 0,
    latency,
    fleet: { products: 5, groups: 20, devices, seed: 1 },
  })
  writeState(folder, sandbox, '3.0.0', 'server')
  const env = { PATH: process.env['PATH'], HOME: home, IMPT_SANDBOX_DIR: folder }
  const names = [...sandbox.store.devices.all()].flatMap((device) =>
    device.name === null ? [] : [device.name],
  )
  const name = names[names.length - 3] ?? ''
  const run = (...options: string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      const begin = performance.now()
      const child = spawn(
        process.execPath,
        [program, '--sandbox', ...options, 'device', 'info', '--device', name],
        { env, stdio: 'ignore' },
      )
      child.on('close', (code) =>
        code === 0 ? resolve(performance.now() - begin) : reject(new Error(`exit ${code}`)),
      )
    })
  const server = spawn(process.execPath, [program, '--sandbox', 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    await new Promise<void>((resolve) =>
      server.stdout.on('data', (data: Buffer) => data.includes('open') && resolve()),
    )
    const alone: number[] = []
    const shared: number[] = []
    // The first shared one reads the names.
    await run()
    for (let round = 0; round < rounds; round++) {
      alone.push(await run('--no-session'))
      shared.push(await run())
    }
    return { alone: figuresOf(alone), shared: figuresOf(shared) }
  } finally {
    server.kill('SIGINT')
    await new Promise((resolve) => server.once('close', resolve))
    await sandbox.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}
