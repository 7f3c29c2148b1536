import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callSchema } from '../../../src/commands/schema/call.ts'
import { documentOf, documentOfMany } from '../../../src/commands/schema/document.ts'
import { commandLine, commands } from '../../../src/commands/table/index.ts'
import { assertConforms, compile } from '../schemas.ts'
import { openWorld } from '../world.ts'

describe('impt schema', () => {
  test('gives every command a schema that a stock validator takes, alone and with all others', async () => {
    for (const command of commands) compile(await documentOf(command))
    compile(await documentOfMany('all', commands))
  })

  test('prints the schema of a command, of a group and of all, and a part alone', async () => {
    const world = await openWorld()
    try {
      const device = JSON.parse((await world.run(['schema', 'device', 'list'])).stdout)
      assert.equal(device.title, 'impt device list')
      assert.deepEqual(JSON.parse((await world.run(['schema', 'device list'])).stdout), device)
      const group = JSON.parse((await world.run(['schema', 'product'])).stdout)
      assert.equal(group.oneOf.length, 5)
      const all = JSON.parse((await world.run(['schema'])).stdout)
      assert.equal(all.oneOf.length, commands.length)
      const result = JSON.parse((await world.run(['schema', 'device', 'list', '--of', 'result'])).stdout)
      const validate = compile(result)
      assert.ok(validate(await world.json(['device', 'list'])))
      assert.ok(!validate([{ Device: { name: 'without an id' } }]))
      assert.deepEqual(
        world.requests().filter((request) => request.includes('schema')),
        [],
      )
    } finally {
      await world.close()
    }
  })

  test('refuses what is no command, and a part of more than one', async () => {
    const world = await openWorld()
    try {
      for (const [words, message] of [
        [
          ['device', 'lisst'],
          /There is no command "device lisst"[\s\S]*did you mean "impt schema device list"/,
        ],
        [['nothing'], /There is no command "nothing"/],
        [['--of', 'result'], /needs one command/],
        [['device', '--of', 'result'], /needs one command/],
        [['device', 'list', 'more'], /There is no command "device list more"/],
      ] as const) {
        const { code, stdout } = await world.run(['schema', ...words])
        assert.equal(code, 2, stdout)
        assert.match(stdout, message)
      }
    } finally {
      await world.close()
    }
  })

  test('says what a failure looks like', async () => {
    const world = await openWorld()
    try {
      await assertConforms('device info', await world.json(['device', 'info', '-d', 'nobody']), 'error')
      await assertConforms('dg info', await world.json(['dg', 'info', '-g', 'Thermostat']), 'error')
    } finally {
      await world.close()
    }
  })

  test('calls the options of each command by their names, and credentials write-only', () => {
    for (const command of commands) {
      const { properties } = callSchema(command) as { properties: Record<string, { writeOnly?: true }> }
      for (const { name, secret } of command.options)
        if (!['output', 'help', 'wide'].includes(name))
          assert.equal(properties[name]?.writeOnly, secret, commandLine(command))
    }
  })
})
