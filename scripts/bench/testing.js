// impt test run in the sandbox, against the same assertions in node:test.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { compare, home, impt, median, quiet, row, runOnce } from './measure.js'

export const title = 'Test runs'

/** The group of the sandbox's demo account with one device that is online. */
const GROUP = 'fa560bf1-b7c7-134a-9fd2-fd90da7e538b'

export async function* rows() {
  const { writeImpSuite, writeNodeSuite } = await import('../../test/testing/suite-generator.ts')
  const size = { files: 20, tests: 20 }
  const imp = mkdtempSync(join(home, 'imp-suite-'))
  const node = mkdtempSync(join(home, 'node-suite-'))
  await writeImpSuite(imp, GROUP, size)
  const files = await writeNodeSuite(node, size)
  const suite = await compare(
    {
      node: () => void spawnSync(process.execPath, ['--test', ...files], { cwd: node, env: quiet }),
      impt: () => runOnce([impt, '--sandbox', 'test', 'run', '-z', 'minimal'], { cwd: imp }).ms,
    },
    3,
  )
  yield row('20 files with 400 tests in the sandbox / node:test', suite.impt / suite.node, 6)

  const one = mkdtempSync(join(home, 'one-'))
  mkdirSync(join(one, 'tests'))
  await writeImpSuite(one, GROUP, { files: 1, tests: 1 })
  writeFileSync(join(one, 'empty'), '')
  const first = []
  const bare = []
  for (let i = 0; i < 7; i++) {
    bare.push(runOnce(['-e', '0']).ms)
    first.push(await timeToFirstResult(one))
  }
  yield row('start of a run to the first result: over node -e 0', median(first) - median(bare), 400, 'ms')
}

function timeToFirstResult(cwd) {
  return new Promise((resolve, reject) => {
    const begin = performance.now()
    const child = spawn(process.execPath, [impt, '--sandbox', 'test', 'run', '-z', 'minimal'], {
      cwd,
      env: quiet,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      if (/ test\] Success/.test(text)) resolve(performance.now() - begin)
    })
    child.on('close', () => reject(new Error(`no result: ${text.slice(-500)}`)))
  })
}
