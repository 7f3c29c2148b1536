import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openDesk, type Ended } from './impt.ts'

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

const namesIn = (texts: readonly string[]) =>
  new Set(
    texts.flatMap((text) => [
      ...Array.from(text.matchAll(/env(?:\.|\[")([A-Z][A-Z0-9_]+)/g), ([, name = '']) => name),
      ...Array.from(text.matchAll(/"([A-Z][A-Z0-9_]+)"in env/g), ([, name = '']) => name),
      // Lists of which one is looked for.
      ...Array.from(text.matchAll(/\[((?:"[A-Z][A-Z0-9_]+",?)+)\]\.some/g), ([, list = '']) =>
        list.split(',').map((name) => name.slice(1, -1)),
      ).flat(),
    ]),
  )

/** The embedded impCentral has another port each time. */
const settled = ({ stdout, ...rest }: Ended) => ({ stdout: stdout.replace(/127\.0\.0\.1:\d+/g, ''), ...rest })

/** What the program means to read, and what belongs to Node itself, to the system and to the proxy that a person named. */
const MEANT =
  /^(?:IMPT_|XDG_|NODE_|NO_COLOR|FORCE_COLOR|TERM$|PATH|HOME|USERPROFILE|APPDATA|HTTPS?_PROXY|NO_PROXY)/

const libraries = [...namesIn(filesIn('dist', '.cjs'))].filter(
  (name) => !MEANT.test(name) && !namesIn(filesIn('src', '.ts')).has(name),
)

describe('what libraries read from the environment', () => {
  test('is known', () => {
    for (const name of ['CI', 'GITHUB_ACTIONS', 'TEAMCITY_VERSION', 'COLORTERM'])
      assert.ok(libraries.includes(name))
  })

  for (const words of [
    ['device', 'list'],
    ['device', 'list', '-z', 'table'],
    ['device', 'info', '--device', 'Pump Prototype'],
    ['log', 'get', '--device', 'Pump Prototype', '--page-number', '1'],
    ['product', 'list', '-z', 'csv'],
    ['nosuch'],
    ['help', 'language'],
    ['squirrel', 'run', 'device.nut', '--coverage', '--start', '2026-01-01'],
    ['-c', 'device list | first 2 | to yaml | from yaml | to md'],
  ])
    test(`changes nothing that goes into a pipe: ${words.join(' ')}`, async (t) => {
      const desk = await openDesk(t)
      await writeFile(join(desk.folder, 'device.nut'), 'server.log("reached")\n')
      const all = Object.fromEntries(libraries.map((name) => [name, name === 'DEBUG' ? '*' : '1']))
      const line = ['--sandbox', ...words]
      const [bare, within] = [await desk.run(line), await desk.run(line, '', all)]
      assert.notEqual(bare.stdout, '')
      assert.deepEqual(settled(within), settled(bare))
    })
})
