import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CommandRow } from '../../src/commands/row.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { callOf, openFilledWorld } from './calls.ts'
import type { World } from './world.ts'

/** Where a name that does not exist is what is wanted, and why. */
const FREE: Readonly<Record<string, string>> = {
  'target add --product': 'a target may be written down before its login is there',
  'target add --dg': 'the same',
  'target update --product': 'the same',
  'target update --dg': 'the same',
  'new --product': 'it is made',
  'new --dg': 'it is made',
  'loginkey delete --lk': 'a key is a secret: it is not repeated',
  'loginkey info --lk': 'the same',
  'loginkey update --lk': 'the same',
  'project update --dut':
    'the group here is no pre-factory one, which is told first; "project create" reads it alike',
  'project update --target': 'the same',
  'sandbox device --device': 'it needs a sandbox in a process of its own',
  'sandbox device --dg': 'the same',
  'release rollback --to': 'it needs a release',
}
/** The documented lists show what there is of what is named (identifiers.md 4). */
const NONE = /^No .* found\.?\nIMPT COMMAND SUCCEEDS\n$/

describe('a name that does not exist is told, by', () => {
  let world: World
  before(async () => {
    world = await openFilledWorld()
  })
  after(() => world.close())

  for (const command of commands)
    for (const { label, words } of callsOf(command)) {
      if (Object.hasOwn(FREE, label)) continue
      test(label, async () => {
        // What goes on in spite of it is ended, and found out by that.
        const patience = AbortSignal.timeout(300_000)
        const { code, stdout, stderr } = await world.run(words, [], patience)
        const told = stdout + stderr
        assert.ok(!patience.aborted, `${words.join(' ')} goes on`)
        if (command.own !== true && NONE.test(told)) return
        assert.notEqual(code, 0, told)
        if (command.effect === 'read') assert.match(stdout, /^Error: /, 'nothing is told before')
        assert.match(told, /"nosuch" is not found|no Device "nosuch"/, words.join(' '))
      })
    }

  test('every command that is said to be free of it is there', () => {
    const labels = commands.flatMap((command) => callsOf(command).map(({ label }) => label))
    assert.deepEqual(
      Object.keys(FREE).filter((label) => !labels.includes(label)),
      [],
    )
  })
})

/** A call of a command for each option and word of it that names an entity, with a name there that does not exist. */
function callsOf(command: CommandRow): readonly { label: string; words: readonly string[] }[] {
  const { options, words = [] } = command
  const line = commandLine(command)
  return [
    ...words.flatMap(({ name, identifies }) =>
      identifies ? [{ label: `${line} ${name}`, words: callOf(command, name) }] : [],
    ),
    ...options.flatMap(({ name, identifies }) =>
      identifies ? [{ label: `${line} --${name}`, words: callOf(command, name) }] : [],
    ),
  ]
}
