import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { entity, type FakeOptions, run } from './fake-host.ts'

const folder = new URL('golden/', import.meta.url)
const answers: FakeOptions['answers'] = {
  'device info': ({ options }) => {
    if (options['device'] === 'a1') return { kind: 'entity', form: 'info', entity: entity('Device', 'a1') }
    if (options['device'] === 'twice') {
      const candidates = [
        entity('Device', 'd1', { name: 'twice' }),
        entity('Device', 'd2', { name: 'twice' }),
      ]
      throw new ImptError('AMBIGUOUS', 'Multiple Devices "twice" are found:', { candidates })
    }
    throw new ImptError('NOT_FOUND', `Device "${String(options['device'])}" is not found.`, {
      hint: 'see "impt device list"',
    })
  },
}

/** The cases of a file: a title and a script each. */
function casesOf(text: string): { title: string; script: string }[] {
  return text
    .split(/^#--- /m)
    .slice(1)
    .map((part) => ({ title: part.slice(0, part.indexOf('\n')), script: part.slice(part.indexOf('\n') + 1) }))
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.imptsh'))) {
  test(`the errors of ${name} are as recorded, with their carets`, async () => {
    const cases = casesOf(readFileSync(new URL(name, folder), 'utf8'))
    assert.ok(cases.length > 10)
    let text = ''
    for (const { title, script } of cases) {
      const result = await run(script, { name: 'x.imptsh', answers })
      assert.notEqual(result.exit, 0, `${title}: the script must fail`)
      assert.ok(
        result.error === undefined || (result.error as Error).name === 'ScriptError',
        `${title}: ${String(result.error)}`,
      )
      const out = result.out === '' ? '' : `${result.out.trimEnd()}\n`
      text += `#--- ${title} (exit ${result.exit})\n${out}${result.err}`.replaceAll(
        result.host.directory,
        '/dir',
      )
    }
    const recorded = new URL(name.replace('.imptsh', '.txt'), folder)
    if (process.env['IMPT_RECORD'] === '1') writeFileSync(recorded, text)
    assert.equal(text, readFileSync(recorded, 'utf8'))
  })
}
