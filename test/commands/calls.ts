import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandRow } from '../../src/commands/row.ts'
import { commandLine } from '../../src/commands/table/index.ts'
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
/** A world in which everything is there that `callOf` names. */
export async function openFilledWorld(): Promise<World> {
  const world = await openWorld()
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
  return world
}

/** A call of a command with what it needs; the option or word `wrong` names what is not there. */
export function callOf(command: CommandRow, wrong?: string): readonly string[] {
  const { options, words = [] } = command
  const line = commandLine(command)
  const given = (name: string) =>
    GIVEN_TO[line]?.[name] ?? GIVEN[name] ?? assert.fail(`${line}: a value for ${name}`)
  return [
    ...line.split(' '),
    ...words.flatMap((word) =>
      word.name === wrong ? ['nosuch'] : word.optional === true && wrong !== 'B' ? [] : [given(word.name)],
    ),
    ...options.flatMap((option) => {
      if (option.name === wrong) return [`--${option.name}=nosuch`]
      const isNeeded =
        option.required === true ||
        (option.required === 'project' &&
          !options.some(({ name }) => name === wrong && name === option.unless))
      return isNeeded ? [`--${option.name}=${given(option.name)}`] : []
    }),
    ...(MORE[line] ?? []).filter((word) => !word.startsWith(`--${wrong}=`)),
    ...(options.some(({ name }) => name === 'confirmed') ? ['--confirmed'] : []),
  ]
}
