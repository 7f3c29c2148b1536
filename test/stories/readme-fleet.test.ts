import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { play, PROGRAM } from './terminal.ts'

const [, section = ''] =
  /^## An account is a folder\n([\s\S]*?)^## /m.exec(readFileSync('README.md', 'utf8')) ?? []
const lines = [...section.matchAll(/```bash\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.trimEnd().split('\n'))
  .map((line) => line.replace(/ +#.*$/, ''))

/** What a reader answers to what a line asks, and how it ends. */
const ANSWERS: readonly {
  readonly line: RegExp
  readonly asks?: readonly (readonly [RegExp, string])[]
  readonly shows?: RegExp
  readonly code: number
}[] = [
  { line: /pull backup$/, shows: /28 new files/, code: 0 },
  { line: /^echo/, code: 0 },
  { line: /plan backup$/, shows: /build +current v1\.0 -> device\.nut \+\d+ -\d+/, code: 6 },
  { line: /apply backup$/, asks: [[/'n' \(no\):$/, 'y']], shows: /1 changed/, code: 0 },
  {
    line: /release start/,
    asks: [
      [/'n' \(no\):$/, 'y'],
      [/Type its name to go on:$/, 'Thermostat Field'],
      [/Leave it paused[^]*:$/, '1'],
    ],
    shows: /the index 'sensor' does not exist/,
    code: 7,
  },
  { line: /release status$/, shows: /paused/, code: 0 },
  {
    line: /release rollback/,
    asks: [
      [/'n' \(no\):$/, 'y'],
      [/Type its name to go on:$/, 'Thermostat Field'],
    ],
    shows: /rollback \S+: done/,
    code: 0,
  },
  { line: /release history$/, shows: /rolled-back/, code: 0 },
]

test('a reader of the README alone backs up, breaks, sees the release stop, and rolls back', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'impt-readme-fleet-'))
  t.after(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }))
  mkdirSync(join(home, 'bin'))
  symlinkSync(PROGRAM, join(home, 'bin/impt'))
  const env = {
    PATH: `${join(home, 'bin')}${delimiter}${process.env['PATH']}`,
    IMPT_SANDBOX_DIR: join(home, 'sandbox'),
    PS1: 'ready> ',
  }
  assert.equal(lines.length, ANSWERS.length, lines.join('\n'))
  await play(
    ['--norc', '--noprofile', '-i'],
    async (terminal) => {
      await terminal.until(/ready> ?$/)
      for (const [i, { line, asks = [], shows, code }] of ANSWERS.entries()) {
        const typed = lines[i] ?? ''
        assert.match(typed, line)
        const since = (screen: string) =>
          screen.slice(i === 0 ? 0 : screen.search(`step ${i - 1} ended with \\d`))
        terminal.send(`${typed}; echo "step ${i} ended with $?"\r`)
        for (const [question, answer] of asks) {
          await terminal.until((screen) => question.test(since(screen).trimEnd()), `the question of ${typed}`)
          terminal.send(`${answer}\r`)
        }
        await terminal.until(new RegExp(`^step ${i} ended with \\d+$`, 'm'), `the end of ${typed}`)
        const screen = since(terminal.screen(true))
        if (shows) assert.match(screen, shows)
        assert.match(screen, new RegExp(`^step ${i} ended with ${code}$`, 'm'), screen)
      }
    },
    { program: 'bash', home, directory: home, env, columns: 150, rows: 60 },
  )
})
