import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'

const lines = [...readFileSync('README.md', 'utf8').matchAll(/```console\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.split('\n'))
  .filter((line) => line.startsWith('$ '))
  .map((line) => line.slice(2))

describe('the command lines of the README', () => {
  let home: string
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'impt-readme-'))
    mkdirSync(join(home, 'bin'))
    symlinkSync(join(process.cwd(), 'dist/impt.cjs'), join(home, 'bin/impt'))
  })
  after(() => rmSync(home, { recursive: true, force: true }))

  test('are there', () => assert.ok(lines.length >= 10))

  for (const line of lines) {
    // In the order of the page: later lines use what earlier ones made.
    test(`${line} works`, () => {
      const env = {
        ...process.env,
        HOME: home,
        PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH}`,
        IMPT_SANDBOX_DIR: join(home, 'sandbox'),
      }
      const { status, stdout, stderr } = spawnSync('bash', ['-c', line], {
        env,
        encoding: 'utf8',
        input: '',
        timeout: 60_000,
      })
      assert.equal(status, 0, `${stdout}\n${stderr}`)
      assert.notEqual(stdout, '')
    })
  }
})
