import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { CommandRow } from '../../src/commands/row.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { openWorld, type World } from './world.ts'

/** What each required option and word gets that is not in question. */
const GIVEN: Readonly<Record<string, string>> = {
  product: 'Thermostat',
  dg: 'Pump Lab',
  from: 'Pump Lab',
  to: 'Pump Lab',
  build: 'v1',
  device: 'Kitchen',
  lk: 'x',
  wh: 'x',
  name: 'x',
  descr: 'x',
  url: 'http://example.com/x',
  event: 'blinkup',
  mime: 'json',
  reason: 'x',
  DIR: 'pulled',
  NAME: 'x',
  A: 'v1',
}
/** What it gets in these commands instead. */
const GIVEN_TO: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'project create': { product: 'Water Pump' },
  'dg update': { dg: 'Thermostat Factory Line' },
}
/** More that a command needs before it looks at the name. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  'dg create': ['--dg-type=factory', '--dut=Thermostat Under Test', '--target=Thermostat Field'],
  'project create': ['--pre-factory', '--dut=Pump Tests', '--target=Pump Pilot'],
  new: ['folder', '--product=x', '--dg=x', '--example=plain'],
  'release start': ['--reason=x'],
  'sandbox device': ['--power=on'],
  dashboard: ['--no-open'],
}
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
    world = await openWorld()
    await mkdir(join(world.directory, 'empty'))
    await writeFile(join(world.directory, 'device.nut'), 'server.log("d")\n')
    await writeFile(join(world.directory, 'agent.nut'), 'server.log("a")\n')
    for (const words of [
      ['build', 'deploy', '-g', 'Pump Lab', '-x', 'device.nut', '-y', 'agent.nut', '-t', 'v1'],
      ['dg', 'create', '-p', 'Water Pump', '-n', 'Pump Tests', '-y', 'pre-dut'],
      ['pull', 'pulled'],
      ['project', 'link', '-g', 'Pump Lab'],
      ['test', 'create', '-g', 'Pump Lab', '-f', 'x.test.nut'],
    ]) {
      const { code, stdout } = await world.run(words)
      assert.equal(code, 0, stdout)
    }
  })
  after(() => world.close())

  for (const command of commands)
    for (const { label, words } of callsOf(command)) {
      if (Object.hasOwn(FREE, label)) continue
      test(label, async () => {
        // What goes on in spite of it is ended, and found out by that.
        const patience = AbortSignal.timeout(20_000)
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
  const given = (name: string) =>
    GIVEN_TO[line]?.[name] ?? GIVEN[name] ?? assert.fail(`${line}: a value for ${name}`)
  const call = (label: string, wrong: string) => ({
    label,
    words: [
      ...line.split(' '),
      ...words.flatMap((word) =>
        word.name === wrong ? ['nosuch'] : word.optional === true && wrong !== 'B' ? [] : [given(word.name)],
      ),
      ...options.flatMap((option) =>
        option.name === wrong
          ? [`--${option.name}=nosuch`]
          : option.required === true ||
              (option.required === 'project' &&
                !options.some(({ name }) => name === wrong && name === option.unless))
            ? [`--${option.name}=${given(option.name)}`]
            : [],
      ),
      ...(MORE[line] ?? []).filter((word) => !word.startsWith(`--${wrong}=`)),
      ...(options.some(({ name }) => name === 'confirmed') ? ['--confirmed'] : []),
    ],
  })
  return [
    ...words.flatMap(({ name, identifies }) => (identifies ? [call(`${line} ${name}`, name)] : [])),
    ...options.flatMap(({ name, identifies }) => (identifies ? [call(`${line} --${name}`, name)] : [])),
  ]
}
