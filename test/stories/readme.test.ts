import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'

/** The command lines, each with what the page shows under it. */
const lines = [...readFileSync('README.md', 'utf8').matchAll(/```console\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.split(/^\$ /m).slice(1))
  .map((part) => {
    const [line = '', ...shown] = part.trimEnd().split('\n')
    return { line, shown }
  })

/** Output without what differs from run to run: times that passed, and spaces at the ends of lines. */
const settled = (text: string) => text.replace(/\[\+[\d.]+\/[\d.]+s /g, '[').replace(/ +$/gm, '')

describe('the command lines of the README', () => {
  let home: string
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'impt-readme-'))
    mkdirSync(join(home, 'bin'))
    symlinkSync(join(process.cwd(), 'dist/impt.cjs'), join(home, 'bin/impt'))
  })
  after(() => rmSync(home, { recursive: true, force: true }))

  test('are there', () => assert.ok(lines.length >= 10))

  for (const { line, shown } of lines) {
    // In the order of the page: later lines use what earlier ones made.
    test(`${line} works, and prints what stands under it`, () => {
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
        timeout: 300_000,
      })
      assert.equal(status, 0, `${stdout}\n${stderr}`)
      assert.notEqual(stdout, '')
      let rest = settled(stdout)
      // A line `...` stands for what is left out.
      for (const piece of settled(shown.join('\n')).split(/^\.{3}\n/m)) {
        assert.ok(rest.includes(piece), `the README shows\n${piece}\nbut this is printed:\n${stdout}`)
        rest = rest.slice(rest.indexOf(piece) + piece.length)
      }
    })
  }
})
