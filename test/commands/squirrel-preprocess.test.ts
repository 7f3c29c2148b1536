import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('squirrel check and run follow the Project file', () => {
  let world: World
  const file = (name: string, text: string) => writeFile(join(world.directory, name), text)
  before(async () => {
    world = await openWorld()
    await file('part.nut', 'server.log("@{NAME}");\n')
    await file('main.nut', '@include "part.nut"\n')
    await file('bad.nut', '@include "broken.nut"\n')
    await file('broken.nut', '// one\nlocal = 2\n')
  })
  beforeEach(() => file('.impt.project', '{"deviceGroupId":"x"}'))
  after(() => world.close())
  const check = (...words: string[]) => world.run(['squirrel', 'check', ...words])

  test('with --preprocess, or where the Project says so', async () => {
    assert.equal((await check('main.nut', '--preprocess', '--define', 'NAME=x')).code, 0)
    await file('.impt.project', '{"deviceGroupId":"x","preprocess":true}')
    assert.equal((await check('main.nut')).code, 0)
    const { stdout } = await check('bad.nut')
    assert.match(stdout, /\nbroken\.nut:2:\d+: .*\n {2}2 \| local = 2\n/)
    assert.equal((await check('main.nut', '--preprocess', 'false')).code, 1)
  })

  test('an @include that is met without preprocessing says so', async () => {
    const { code, stdout } = await check('main.nut')
    assert.equal(code, 1)
    assert.match(stdout, /"main\.nut" has @include in line 1 and was not preprocessed: add --preprocess/)
  })

  test('options without effect are usage errors that name the cure', async () => {
    for (const [option, value] of [
      ['define', 'A=1'],
      ['mirror', 'm'],
      ['lock', 'l'],
      ['lib', 'l.js'],
    ] as const) {
      const { code, stdout } = await check('main.nut', `--${option}`, value)
      assert.equal(code, 2)
      assert.match(
        stdout,
        new RegExp(`Error: Option "--${option}" has no effect without preprocessing\\.\nAdd --preprocess`),
      )
    }
  })

  test('project link keeps preprocess and keys that it does not know', async () => {
    await file(
      '.impt.project',
      '{"deviceGroupId":"old","deviceFile":"old.nut","preprocess":true,"mine":{"a":1}}',
    )
    const { code, stdout } = await world.run(['project', 'link', '-g', 'Pump Lab', '-x', 'main.nut', '-q'])
    assert.equal(code, 0, stdout)
    const { deviceGroupId, ...rest } = JSON.parse(
      await readFile(join(world.directory, '.impt.project'), 'utf8'),
    )
    assert.notEqual(deviceGroupId, 'old')
    assert.deepEqual(rest, {
      deviceFile: 'main.nut',
      agentFile: 'agent.nut',
      preprocess: true,
      mine: { a: 1 },
    })
  })
})
