import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openClient } from './client.ts'

describe('diagnostics', () => {
  test('of a script are those of impt check, with their places in UTF-16', async (t) => {
    const client = await openClient(t)
    client.open('a.imptsh', 'let x = "😀"; print $y\ndevice lst\n')
    const found = await client.diagnostics('a.imptsh')
    assert.deepEqual(
      found.map(({ code, range, severity }) => ({ code, range, severity })),
      [
        {
          code: 'UNKNOWN_VARIABLE',
          range: { start: { line: 0, character: 20 }, end: { line: 0, character: 22 } },
          severity: 1,
        },
        {
          code: 'UNKNOWN_COMMAND',
          range: { start: { line: 1, character: 0 }, end: { line: 1, character: 10 } },
          severity: 1,
        },
      ],
    )
    assert.equal(await client.end(), 0)
  })

  test('of Squirrel tell all that is wrong, one a line', async (t) => {
    const client = await openClient(t)
    client.open('a.nut', 'local a = ;\nfunction f() {\n  return )\n}\nlocal b = 3 4\nlocal ok = "x"\n')
    assert.deepEqual(
      (await client.diagnostics('a.nut')).map(({ range, message }) => [range.start.line, message]),
      [
        [0, 'expression expected'],
        [2, 'expression expected'],
        [4, 'end of statement expected (; or lf)'],
      ],
    )
    client.replace('a.nut', 2, 'local a = 1\n')
    assert.deepEqual(await client.diagnostics('a.nut', 2), [])
  })
})
