import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import stringWidth from 'string-width'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { callOf, openFilledWorld } from './calls.ts'
import type { World } from './world.ts'

/** Commands that show nothing of their own before something else was done, or outside of this process. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'sandbox status': 'a sandbox in a process of its own',
  'release status': 'a release',
  'log get': 'lines of a log are not laid out',
  'loginkey info': 'the id of a key',
  'webhook info': 'the id of a webhook',
  'target info': 'a target',
}
/** Code, text for programs and what a sandbox elsewhere tells. */
const NO_TABLES: readonly string[] = ['squirrel', 'completion', 'schema', 'sandbox']

const WIDTHS = [40, 60, 80]

describe('nothing is wider than the terminal in', () => {
  let world: World
  before(async () => {
    world = await openFilledWorld()
    const { store } = world.sandbox
    const [first, second] = [...store.devices.all()].filter(({ name }) => name !== 'Kitchen')
    assert.ok(first && second)
    store.devices.update(first, {
      name: 'Küche 東京 of the "north" wing, on the left side of the large window',
    })
    store.devices.update(second, { name: `x${'0123456789'.repeat(7)}` })
    assert.equal((await world.run(['fleet', 'snapshot'])).code, 0)
    store.devices.update(first, {
      name: 'Another long name with many words of which none is long',
      online: !first.online,
    })
    assert.equal(
      (await world.run(['target', 'add', 'a-target-with-a-long-name', '--product=Thermostat', '--project']))
        .code,
      0,
    )
  })
  after(() => world.close())

  const reading = commands.filter(
    ({ group, effect, result, run, where }) =>
      effect === 'read' &&
      !NO_TABLES.includes(group) &&
      result !== 'stream' &&
      run !== undefined &&
      where !== 'shell',
  )
  for (const command of reading) {
    const line = commandLine(command)
    if (Object.hasOwn(ELSEWHERE, line)) continue
    for (const width of WIDTHS) {
      test(`${line} at ${width} columns`, async () => {
        // With a word that may be left out, such as the device of doctor, it shows something else.
        const given = (command.words ?? []).flatMap(({ identifies, optional }) =>
          identifies === 'device' && optional ? ['Kitchen'] : [],
        )
        for (const more of given.length > 0 ? [[], given] : [[]])
          await assertShown([...callOf(command), ...more])
      })

      async function assertShown(words: readonly string[]) {
        // What is said in the documented text is a tree whose lines are as long as the values.
        const isLaidOut = command.result === 'list' || command.own === true
        for (const mode of isLaidOut ? (['people', 'table'] as const) : (['table'] as const))
          assertFits(await world.shown(words, mode, width), width, `${words.join(' ')} (${mode})`)
        if (command.own === true)
          assertFits(await world.shown(words, 'default', width), width, words.join(' '))
      }
    }
  }
})

/** No line is wider than the terminal but a single word, which is never cut: people copy it. */
function assertFits(text: string, width: number, what: string): void {
  for (const line of text.split('\n')) {
    // A command to try stays in one line: it is copied too.
    if (line.startsWith('Try: ')) continue
    assert.ok(stringWidth(line) <= width || !line.trim().includes(' '), `${what}: ${line}`)
  }
}
