import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cellText } from '../../src/output/cell.ts'
import { wantsColour } from '../../src/output/colour.ts'
import { exitCodeOf, ImptError } from '../../src/output/error.ts'
import { renderLogEntry } from '../../src/output/log-line.ts'
import * as messages from '../../src/output/messages.ts'
import { visible } from '../../src/output/visible.ts'
import { character, fc } from '../properties.ts'

describe('colour', () => {
  const on = (env: NodeJS.ProcessEnv, isTerminal: boolean, option?: boolean) =>
    wantsColour({ env, isTerminal, ...(option === undefined ? {} : { option }) })

  test('is on for terminals only', () => {
    assert.equal(on({}, true), true)
    assert.equal(on({ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, false), false)
  })

  test('is decided by the option, then NO_COLOR, then FORCE_COLOR, then TERM', () => {
    assert.equal(on({ NO_COLOR: '1' }, true, true), true)
    assert.equal(on({ FORCE_COLOR: '1' }, true, false), false)
    assert.equal(on({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false)
    assert.equal(on({ FORCE_COLOR: '1', TERM: 'dumb' }, false), true)
    assert.equal(on({ TERM: 'dumb' }, true), false)
  })

  test('takes empty variables as unset and FORCE_COLOR=0 as no', () => {
    assert.equal(on({ NO_COLOR: '', FORCE_COLOR: '' }, true), true)
    assert.equal(on({ FORCE_COLOR: '0' }, true), false)
    assert.equal(on({ FORCE_COLOR: 'false' }, true), false)
  })
})

describe('visible text', () => {
  test('shows what would move the cursor, recolour or reorder text', () => {
    assert.equal(visible('a\x1b[31mb\r\nc\u0007\u009b1m\u202ed'), 'a\\e[31mb\\r\\nc\\x07\\x9b1m\\u{202e}d')
    assert.equal(visible('a\tb é 厨 👩‍🚒'), 'a\tb é 厨 👩‍🚒')
  })

  test('keeps line ends where they are wanted', () => assert.equal(visible('a\nb\r', true), 'a\nb\\r'))

  test('is one line without control characters, whatever comes in', () =>
    fc.assert(
      fc.property(fc.string({ unit: character }), (text) =>
        assert.doesNotMatch(visible(text), /[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/),
      ),
    ))
})

describe('a log entry', () => {
  const entry = { ts: '2024-01-15T10:00:03.000Z', type: 'agent.log', msg: 'hello' }

  test('is one line, with the device in streams', () => {
    assert.equal(renderLogEntry(entry), '2024-01-15T10:00:03.000Z [agent.log] hello\n')
    assert.equal(
      renderLogEntry({ ...entry, device_id: 'dev-1' }),
      '[dev-1] 2024-01-15T10:00:03.000Z [agent.log] hello\n',
    )
  })

  test('of several lines is a block', () => {
    assert.equal(
      renderLogEntry({ ...entry, msg: 'msg 3\nsecond line' }),
      '"""\n  2024-01-15T10:00:03.000Z [agent.log] msg 3\n  second line\n"""\n',
    )
  })

  test('cannot write to the terminal', () =>
    assert.equal(
      renderLogEntry({ ...entry, msg: '\x1b[2J' }),
      '2024-01-15T10:00:03.000Z [agent.log] \\e[2J\n',
    ))
})

describe('a cell', () => {
  test('is one line', () => {
    assert.equal(cellText('a\nb'), 'a\\nb')
    assert.equal(cellText(['a', 1, null]), 'a, 1, ')
    assert.equal(cellText({ a: '\x1b' }), '{"a":"\\u001b"}')
    assert.equal(cellText(null), '')
    assert.equal(cellText(false), 'false')
  })
})

describe('messages', () => {
  const product = messages.named('Product', 'Thermo')

  test('have the documented texts (messages.md 1)', () => {
    assert.equal(messages.created(product), 'Product "Thermo" is created successfully.')
    assert.equal(messages.updated(product), 'Product "Thermo" is updated successfully.')
    assert.equal(messages.deleted(product), 'Product "Thermo" is deleted successfully.')
    assert.equal(messages.alreadyDeleted(product), 'Product "Thermo" is already deleted.')
    assert.equal(messages.removed('Device "x"'), 'Device "x" is removed successfully.')
    assert.equal(messages.unassigned('Device "x"'), 'Device "x" is unassigned successfully.')
    assert.equal(messages.notFound('Device Group', 'x'), 'Device Group "x" is not found.')
    assert.equal(messages.noIdentifier('Deployment'), 'No Deployment Identifier is specified.')
    assert.equal(messages.noneFound('Device Group'), 'No Device Groups are found.')
    assert.equal(messages.listHeading('Product', 1), 'Product list (1 items):')
    assert.equal(messages.andMore(2, 'Device'), 'And 2 more Device(s).')
    assert.equal(
      messages.overwritten('The Global Auth File already exists.'),
      'The Global Auth File already exists. It will be overwritten.',
    )
    assert.equal(messages.noDevices('Device Group "x"'), 'Device Group "x" does not have assigned Devices.')
    assert.equal(
      messages.outdated('Device Group "x"', 'Project'),
      'Device Group "x", saved in Project File, does not exist anymore.',
    )
    assert.equal(messages.SUCCEEDS, 'IMPT COMMAND SUCCEEDS')
    assert.equal(messages.FAILS, 'IMPT COMMAND FAILS')
  })

  test('show control characters in names', () =>
    assert.equal(messages.named('Product', '\x1b[1m'), 'Product "\\e[1m"'))
})

describe('an error', () => {
  test('has the exit code of its kind, unless it says another', () => {
    const codes = {
      USAGE: 2,
      AUTH: 3,
      CANCELLED: 4,
      CONFIRM: 4,
      NO_TTY: 4,
      ASSERT: 5,
      TIMEOUT: 124,
      NOT_FOUND: 1,
      NETWORK: 1,
    } as const
    for (const [code, exit] of Object.entries(codes))
      assert.equal(exitCodeOf(code as keyof typeof codes), exit)
    assert.equal(new ImptError('CANCELLED', 'x', { exit: 130 }).exit, 130)
  })
})
