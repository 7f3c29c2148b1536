import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OptionRow } from '../../../src/commands/row.ts'
import { commandLine, commands } from '../../../src/commands/table/index.ts'
import manual from '../../fixtures/manual-options.json' with { type: 'json' }

/** One option as the Commands Manual gives it: in its usage line (name, value, order) and its option table (the rest). */
interface ManualOption {
  name: string
  value: string
  letter: string
  mandatory: string
  valueRequired: string
  filter: boolean
  repeated: boolean
}

const documented = Object.entries(manual) as [string, ManualOption[]][]

const asManual = (option: OptionRow): ManualOption => ({
  name: option.name,
  value: shape(option),
  letter: option.letter ?? '',
  mandatory: option.required === true ? 'Yes' : option.required === 'project' ? 'Yes/Project' : 'No',
  valueRequired: option.kind === 'text' || option.kind === 'integer' ? 'Yes' : 'No',
  filter: option.filter === true,
  repeated: option.list === true,
})

function shape(option: OptionRow): string {
  if (option.kind === 'flag') return ''
  if (option.kind === 'boolean') return '[true|false]'
  return option.kind === 'optional-text' ? `[<${option.value}>]` : `<${option.value}>`
}

test('the table has the 58 commands of the manual and no other that is not marked as ours', () => {
  const ours = commands.filter((command) => command.own !== true).map(commandLine)
  assert.equal(ours.length, 58)
  assert.deepEqual(
    ours,
    documented.map(([name]) => name),
  )
})

for (const [name, options] of documented) {
  test(`the options of ${name} are those of the manual, in its order`, () => {
    const command = commands.find((row) => commandLine(row) === name)
    const rows = command?.options.filter((option) => option.own !== true).map(asManual)
    // "No/[Project]" of `log stream` is not filled from `use`, so it is no requirement in the table.
    const expected = options.map((row) => ({
      ...row,
      mandatory: row.mandatory === 'No/Project' ? 'No' : row.mandatory,
    }))
    assert.deepEqual(rows, expected)
  })
}
