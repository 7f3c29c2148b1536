import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { renderScreens } from '../../src/main/screens.ts'
import { helpFor } from '../../src/main/help.ts'

const screens = renderScreens()

test('the help that the build keeps is the one that would be made for the same line', () => {
  for (const [line, screen] of Object.entries(screens))
    assert.equal(screen, helpFor(line === '' ? ['-h'] : [...line.split(' '), '--help'], undefined), line)
})

test('every line that the help of the program names has its screen', () => {
  const named = [...(screens[''] ?? '').matchAll(/^ *impt (\w\S*)/gm)].map(([, word]) => word ?? '')
  assert.ok(named.length > 20)
  assert.deepEqual(
    named.filter((word) => screens[word] === undefined),
    [],
  )
})

test('the built program shows the kept help, and makes the help of every other line', () => {
  const help = (...words: string[]) =>
    execFileSync(process.execPath, ['dist/impt.cjs', ...words], { encoding: 'utf8' })
  assert.equal(help('device', 'list', '--help'), screens['device list'])
  assert.equal(help('-h'), screens[''])
  assert.equal(help('device', '--help', 'list', '--owner', 'me'), screens['device list'])
})
