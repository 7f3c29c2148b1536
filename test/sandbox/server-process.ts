// A sandbox in a process of its own, for tests that kill it: `server-process DIR` prints one JSON line when it listens.
import { removeState, writeState } from '../../src/sandbox/background.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'

const dir = process.argv[2] ?? ''
const sandbox = await startSandbox({ dir })
writeState(dir, sandbox, 'test', 'server')
process.once('SIGTERM', () => {
  removeState(dir)
  void sandbox.close()
})
console.log(JSON.stringify({ url: sandbox.url, token: sandbox.tokenFor('demo') }))
