import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { squirrelBehaviour, squirrelCheck } from '../../src/sandbox/squirrel.ts'
import { createRunner, type Runner } from './runner.ts'

/** The demo group "Pump Lab", with one device that is online. */
export const PUMP_LAB = 'fa560bf1-b7c7-134a-9fd2-fd90da7e538b'

export interface SquirrelWorld extends Runner {
  readonly sandbox: Sandbox
  /** Writes a test configuration for the Pump Lab. */
  config(changes?: Readonly<Record<string, unknown>>): Promise<void>
}

/** A sandbox of its own whose devices run real Squirrel, and an empty directory. */
export async function openSquirrelWorld(): Promise<SquirrelWorld & AsyncDisposable> {
  const sandbox = await startSandbox({
    behaviour: squirrelBehaviour({ wakeAfter: 0 }),
    check: squirrelCheck(),
  })
  const directory = await mkdtemp(join(tmpdir(), 'impt-squirrel-'))
  const runner = createRunner({ directory, endpoint: sandbox.url, accessToken: sandbox.tokenFor('demo') })
  return {
    ...runner,
    sandbox,
    config: (changes) => runner.testConfig(PUMP_LAB, changes),
    async [Symbol.asyncDispose]() {
      await sandbox.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
