import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScriptWorld } from './script-world.ts'

const DRY = { options: { dryRun: true } }

test('--json takes a record or a list of a script, spelled in either way, and text as before', async (t) => {
  const world = await openScriptWorld(t)
  const sends = (json: string) =>
    `would run: agent call --device Kitchen --json ${JSON.stringify(json)} PUT /state\n`
  const call = (json: string) => `agent call -d Kitchen ${json} PUT /state\n`
  for (const [written, sent] of [
    ['--json {on: true, "a b": [1, null, "ä"]}', '{"on":true,"a b":[1,null,"ä"]}'],
    ['--json [1, {x: 2}]', '[1,{"x":2}]'],
    ['--json \'{"on": true}\'', '{"on": true}'],
    ['--json $value', '{"deep":{"list":[]}}'],
    ['--json=$value', '{"deep":{"list":[]}}'],
  ] as const) {
    const { stdout, code } = await world.run(`let value = {deep: {list: []}}\n${call(written)}`, DRY)
    assert.deepEqual([code, stdout], [0, sends(sent)], written)
  }
  const answered = await world.run(
    'let r = (agent call -d Kitchen --json {on: true})\nprint ("status" in $r)',
  )
  assert.doesNotMatch(answered.stderr, /BUG_/)
})

test('a secret in a value for --json is refused, and so is a record for any other option', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stderr } = await world.run('agent call -d Kitchen --json {key: (secret "s3cret")}')
  assert.equal(code, 1)
  assert.match(stderr, /BUG_TYPE.*--json has a secret in it/)
  assert.doesNotMatch(stderr.replace(/^.*\|.*$/gm, ''), /s3cret/)
  assert.match(
    (await world.run('agent call -d Kitchen --body ({a: 1})', DRY)).stderr,
    /BUG_TYPE.*--body is a record/,
  )
})

test('environment variables of a group may be a record of a script', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stderr } = await world.run(
    'dg update -g "Thermostat Field" --env-variable {limit: 3, mode: "x"}',
  )
  assert.deepEqual([code, stderr], [0, ''])
  assert.deepEqual(world.group('Thermostat Field').envVars, { limit: 3, mode: 'x' })
})

test('a dry run shows the names of headers, and values only of those that hold no secret', async (t) => {
  const world = await openScriptWorld(t)
  const { stdout } = await world.run(
    `let token = (secret "t0ken-9")
agent call -d Kitchen --header "Authorization: Bearer t0ken-9" --header "Content-Type: text/csv" --header X-Key:t0ken-9 --header $token --header=$token --body x
agent call -d Kitchen --header "Accept: $token"`,
    DRY,
  )
  assert.equal(
    stdout.split('\n')[0],
    'would run: agent call --device Kitchen --body x --header "Authorization: ***" --header "Content-Type: text/csv" --header "X-Key: ***" --header *** --header ***',
  )
  assert.doesNotMatch(stdout, /t0ken/)
})
