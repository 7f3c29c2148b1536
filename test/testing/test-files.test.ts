import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { findTestFiles, testFileOf } from '../../src/testing/test-files.ts'

async function withFiles(
  names: readonly string[],
  check: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'impt-files-'))
  try {
    for (const name of names) {
      await mkdir(dirname(join(directory, name)), { recursive: true })
      await writeFile(join(directory, name), '')
    }
    await check(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const pathsOf = async (patterns: readonly string[], directory: string) =>
  (await findTestFiles(patterns, directory)).map(({ path }) => path)

test('files come in the order of the patterns, alphabetically within one, and each once', async () => {
  await withFiles(
    [
      'b.test.nut',
      'a.test.nut',
      'tests/d.test.nut',
      'tests/deep/c.test.nut',
      'tests/.hidden.test.nut',
      'tests/other.nut',
    ],
    async (directory) => {
      assert.deepEqual(await pathsOf(['*.test.nut', 'tests/**/*.test.nut'], directory), [
        'a.test.nut',
        'b.test.nut',
        'tests/d.test.nut',
        'tests/deep/c.test.nut',
      ])
      assert.deepEqual(await pathsOf(['b.test.nut', '*.test.nut'], directory), ['b.test.nut', 'a.test.nut'])
      assert.deepEqual(await pathsOf(['./a.test.nut', 'a.test.nut', '{a,b}.test.nut'], directory), [
        'a.test.nut',
        'b.test.nut',
      ])
      assert.deepEqual(await pathsOf(['[a].test.nut', '?.test.nut'], directory), ['a.test.nut', 'b.test.nut'])
      assert.deepEqual(await pathsOf(['none*'], directory), [])
      assert.deepEqual(await pathsOf(['tests'], directory), [])
    },
  )
})

test('a file whose name has brackets is found by its name', async () => {
  await withFiles(['tests/x[1].test.nut'], async (directory) => {
    assert.deepEqual(await pathsOf(['tests/x[1].test.nut'], directory), ['tests/x[1].test.nut'])
  })
})

test('the side comes from the last such word of the name, then from the folder', () => {
  const sides = {
    'tests/a.test.nut': 'device',
    'tests/a.agent.test.nut': 'agent',
    'tests/my_agent.test.nut': 'agent',
    'tests/Agent-start.test.nut': 'agent',
    'tests/agents.test.nut': 'device',
    'tests/reagent.test.nut': 'device',
    'agent/x.test.nut': 'agent',
    'agent/x.device.test.nut': 'device',
    'device/x.agent.test.nut': 'agent',
    'tests/agent_messages.device.test.nut': 'device',
    'my-agent-lib/x.test.nut': 'agent',
  } as const
  for (const [path, side] of Object.entries(sides))
    assert.equal(testFileOf(path, () => false).side, side, path)
})

test('a partner belongs to names that end in .agent.test.nut or .device.test.nut and is beside the test file', () => {
  const there = (path: string) =>
    ['tests/x.device.nut', 'tests/x.agent.nut', 'tests/agent.device.nut'].includes(path)
  assert.equal(testFileOf('tests/x.agent.test.nut', there).partner, 'tests/x.device.nut')
  assert.equal(testFileOf('tests/x.device.test.nut', there).partner, 'tests/x.agent.nut')
  assert.equal(testFileOf('tests/y.agent.test.nut', there).partner, undefined)
  assert.equal(testFileOf('tests/x.test.nut', there).partner, undefined)
})
