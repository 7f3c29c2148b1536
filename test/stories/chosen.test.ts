import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScriptWorld, type ScriptWorld } from './script-world.ts'

/** Two groups of one product, as the words of `with` and of commands name them. */
const rename = (world: ScriptWorld, from: string, to: string) =>
  world.sandbox.store.groups.update(world.group(from), { name: to })

test('with dg refuses a group that is not there before anything runs', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout, stderr } = await world.run('with dg "Pump Lap" { print "ran"; dg restart }')
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /:1:6: error\[NOT_FOUND\]: Device Group "Pump Lap" is not found\./)
  assert.deepEqual(world.writes(), [])
  const product = await world.run('with product Nope { product info }')
  assert.match(product.stderr, /error\[NOT_FOUND\]: Product "Nope" is not found\./)
})

test('what was chosen is kept by its id: a new name is told', async (t) => {
  const world = await openScriptWorld(t)
  const { id } = world.group('Pump Lab')
  const text =
    'with dg "Pump Lab" { dg update --dg "Pump Lab" --name Elsewhere\nlet g = dg info\nprint $g.id $g.name }'
  const { code, stdout, stderr } = await world.run(text)
  assert.equal(code, 0, stderr)
  assert.match(stdout, new RegExp(`${id} Elsewhere\\n$`))
  assert.match(stderr, /Warning: Device Group "Pump Lab" is now called "Elsewhere"/)
})

test('a build never goes to the group that has taken over the name', async (t) => {
  const world = await openScriptWorld(t)
  await world.write('d.nut', '')
  const host = await world.host()
  const group = world.group('Pump Lab')
  const before = [world.builds(group).length, world.builds(world.group('Pump Pilot')).length]
  const text =
    'with dg "Pump Lab" { dg update --dg "Pump Lab" --name Third\ndg update --dg "Pump Pilot" --name "Pump Lab"\nbuild deploy --device-file d.nut }'
  const { code, stderr } = await world.run(text)
  assert.equal(code, 1)
  assert.match(
    stderr,
    /error\[CONFLICT\]: Device Group "Pump Lab" is another one now\. The one that was chosen is now called "Third"\./,
  )
  assert.deepEqual([world.builds(group).length, world.builds(world.group('Pump Lab')).length], before)

  // The same for what `use` of the prompt chose before somebody else renamed.
  const call = {
    settings: settingsOf(world),
    signal: new AbortController().signal,
    where: 'x',
    mayAsk: false,
  }
  const chosen = await (await host.host.chooser(call))('dg', 'Third')
  assert.deepEqual(chosen, { id: group.id, text: 'Third', name: 'Third' })
  rename(world, 'Third', 'Fourth')
  rename(world, 'Pump Lab', 'Third')
  const session = await world.host()
  await assert.rejects(
    session.host.run(await invocation(['build', 'deploy', '-x', 'd.nut']), {
      ...call,
      settings: { ...call.settings, dg: chosen },
    }),
    { code: 'CONFLICT' },
  )
})

test('what was chosen and is gone is not looked up by its name', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stderr } = await world.run(
    'dg create --product "Water Pump" --name G\nwith dg G { dg delete --dg G --confirmed\ndg create --product "Water Pump" --name G\ndg info }',
  )
  assert.equal(code, 1)
  assert.match(stderr, /error\[NOT_FOUND\]: Device Group "G" does not exist anymore\./)
})

async function invocation(words: readonly string[]) {
  const { parseLine } = await import('../../src/commands/argv.ts')
  const line = parseLine(words)
  if (line.kind !== 'invocation') throw new Error('not a command')
  return line.invocation
}

function settingsOf(world: ScriptWorld) {
  const env = { HOME: `${world.folder}/home`, IMPT_ENDPOINT: world.sandbox.url }
  return { directory: world.folder, dryRun: false, confirmed: false, env }
}
