import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { transcript } from './run.ts'

const folder = join(import.meta.dirname, 'conformance')

for (const name of readdirSync(folder).filter((file) => file.endsWith('.nut'))) {
  test(`conformance program ${name} gives its transcript`, () => {
    const source = readFileSync(join(folder, name), 'latin1')
    const expected = readFileSync(join(folder, name.replace(/nut$/, 'txt')), 'latin1')
    assert.equal(transcript(source, name), expected)
  })
}
