import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { API, constant, rowOf } from '../../../src/squirrel/api/table/rows.ts'
import { IMP_TYPES } from '../../../src/squirrel/api/table/types.ts'
import { agentLog, deviceLog } from '../running.ts'
import { documentedConstants, documentedMembers } from './documented.ts'

test('every documented member is in the table on its side, those that are missing here too', () => {
  assert.deepEqual(
    documentedMembers.filter(({ side, path }) => rowOf(path, side) === undefined),
    [],
  )
})

test('every documented constant has its value', () => {
  for (const [name, value] of documentedConstants) assert.equal(constant(name), value, name)
})

/** The types whose pins have letters. */
const letters = IMP_TYPES.filter(({ pins }) => pins.includes('A')).map(({ name }) => name)

const missing = API.filter(({ kind, state }) => kind === 'method' && state === 'absent')

test('the guide lists what is missing here: no more and no less than the table', () => {
  const guide = readFileSync('src/help/sandbox.md', 'utf8')
  const [, list = ''] =
    /What the imp API has and virtual devices lack:([^.]*(?:\.[^\s.][^.]*)*)\.\s/s.exec(guide) ?? []
  assert.deepEqual(
    [...list.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '').toSorted(),
    missing.map(({ path }) => path).toSorted(),
  )
})

test('what is missing is there by name and raises when it is called, on each side and type that has it', () => {
  for (const { path, side, types, params } of missing) {
    const args = params
      .filter(({ optional }) => !optional)
      .map(({ type }) => (type === 'table' ? '{}' : type === 'function' ? '@() 0' : '"x"'))
    const code = `try { ${path}(${args.join(', ')}); server.log("no error") } catch (e) { server.log(e) }`
    const expected = [`${path} is not available on virtual devices`]
    const readable = path.replace(/^hardware\.pin\./, 'hardware.pinA.')
    const call = code.replace(`${path}(`, `${readable}(`)
    if (side !== 'device') assert.deepEqual(agentLog(call), expected)
    if (side === 'agent') continue
    const owner = rowOf(path.slice(0, path.lastIndexOf('.')), 'device')
    const on = types ?? owner?.types ?? letters
    for (const impType of on) assert.deepEqual(deviceLog(call, { impType }), expected, `${path} ${impType}`)
  }
})

test('a pulse output has a period and a share of time, other pins have none', () => {
  assert.deepEqual(
    deviceLog(
      `local p = hardware.pin1; p.configure(PWM_OUT, 0.5, 0.25); server.log(p.getperiod() + " " + p.getdutycycle()); p.write(0.75); server.log(p.getdutycycle());
      p.configure(DIGITAL_OUT, 1); server.log(p.read()); try { p.getperiod() } catch (e) { server.log(e) }`,
      { impType: 'imp001' },
    ),
    ['0.5 0.25', '0.75', '1', 'pin1 is not a pulse output'],
  )
})
