import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BUILT_INS } from '../../src/language/builtins/index.ts'
import { KEYWORDS } from '../../src/language/syntax/keywords.ts'
import { ImptError } from '../../src/output/error.ts'
import { entity, type FakeOptions, newFolder, run } from './fake-host.ts'

const guide = readFileSync(new URL('../../src/help/language.md', import.meta.url), 'utf8')

const devices = [
  entity('Device', 'd1', { name: 'lab-1', device_online: true, swversion: '3.1' }),
  entity('Device', 'd2', {
    name: 'lab-2',
    device_online: false,
    device_state_changed_at: '2026-01-31T10:00:00.000Z',
    swversion: '3.1',
  }),
  entity('Device', 'd3', { name: 'lab-3', device_online: true, swversion: '3.0' }),
]

const answers: FakeOptions['answers'] = {
  'device list': () => ({ kind: 'entities', of: 'Device', items: devices }),
  'build list': () => ({ kind: 'entities', of: 'Deployment', items: builds }),
  'device info': ({ options }) => {
    const found = devices.find((device) => device.attributes['name'] === options['device'])
    if (found === undefined)
      throw new ImptError('NOT_FOUND', `Device "${String(options['device'])}" is not found.`)
    return { kind: 'entity', form: 'info', entity: found }
  },
}

const builds = [
  entity('Deployment', 'b1', { created_at: '2026-01-30T10:00:00.000Z' }),
  entity('Deployment', 'b2', { created_at: '2026-01-31T10:00:00.000Z' }),
]

const examples = [...guide.matchAll(/```(imptsh|imptsh-error)\n([^]*?)```(?:\n+```text\n([^]*?)```)?/g)]

test('the guide has examples, and every code block is one or the output of one', () => {
  assert.ok(examples.length >= 15)
  const blocks = guide.match(/^```/gm)?.length ?? 0
  const known = examples.reduce((sum, [, , , output]) => sum + (output === undefined ? 2 : 4), 0)
  assert.equal(blocks, known)
})

/** An example that begins with `# NAME.imptsh` is a file that later ones import. */
const modules = examples.flatMap(([, , script = '']) => {
  const name = /^# (\S+\.imptsh)\n/.exec(script)?.[1]
  return name === undefined ? [] : [{ name, script }]
})

for (const [, kind = '', script = '', output = ''] of examples) {
  test(`the example "${script.split('\n', 1)[0] ?? ''}" of the guide gives what the guide says`, async () => {
    const fails = kind === 'imptsh-error'
    const args = script.includes('param group') ? ['line-1'] : []
    const directory = newFolder()
    for (const module of modules) writeFileSync(join(directory, module.name), module.script)
    const { out, err, exit } = await run(script, { answers, args, directory, name: 'tour.imptsh' })
    const expected = script.includes('param group') ? 'would wait 30s for line-1\n' : output
    assert.equal(fails ? err : out, expected, err)
    assert.equal(exit === 0, !fails)
  })
}

test('the guide names every keyword, built-in and error code', () => {
  for (const word of [...KEYWORDS, ...BUILT_INS.map(({ name }) => name)])
    assert.ok(guide.includes(word), word)
})
