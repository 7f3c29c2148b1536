import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('squirrel check warns of what compiles and is probably wrong', () => {
  let world: World
  const file = (name: string, text: string) => writeFile(join(world.directory, name), text)
  before(async () => {
    world = await openWorld()
    await mkdir(join(world.directory, 'libs'))
    await file(
      'libs/Sensor.lib.nut',
      'class Sensor { static VERSION = "1.2.0"; function read(pin) { return pin.reed() } }\nlocal spare = 1\n',
    )
    await file(
      'device.nut',
      [
        '#require "Sensor.lib.nut:1.2.0"',
        'function main() {',
        '  local spare = 1',
        '  local used = Sensor()',
        '  server.errror(used)',
        '  imp.wakeup(1)',
        '  imp.configure("x", [], [])',
        '  http.get("x")',
        '  count = 2',
        '  missing()',
        '}',
        'main()',
        '',
      ].join('\n'),
    )
    await file('part.nut', 'server.errror("part")\n')
    await file(
      'built.nut',
      '@include "part.nut"\nfunction f() { local off = 1\n@if 0\nserver.log(off)\n@end\n}\n',
    )
    await file('good.nut', 'server.log("x")\n')
  })
  beforeEach(() => file('.impt.project', '{"deviceGroupId":"x"}'))
  after(() => world.close())
  const check = async (...words: string[]) => {
    const { code, stdout, stderr } = await world.run(['squirrel', 'check', '--libraries', 'libs', ...words])
    return {
      code,
      stdout,
      warnings: stderr
        .trimEnd()
        .split('\n')
        .map((line) => line.replace('Warning: ', '')),
    }
  }
  const always = [
    'device.nut:3:9: "spare" is never used (SQ_UNUSED)',
    'device.nut:5:10: "server" has no "errror"; did you mean "error"? (SQ_API)',
    'device.nut:6:3: "imp.wakeup" takes 2 to 3 arguments, not 1 (SQ_ARGUMENTS)',
    /^device\.nut:7:7: "imp\.configure" is old: .* \(SQ_DEPRECATED\)$/,
    'device.nut:8:8: only agents have "http.get" (SQ_API)',
  ]
  const same = (found: readonly string[], wanted: readonly (string | RegExp)[]) => {
    assert.equal(found.length, wanted.length, found.join('\n'))
    for (const [at, one] of wanted.entries())
      if (typeof one === 'string') assert.equal(found[at], one)
      else assert.match(found[at] ?? '', one)
  }

  test('of names that are nowhere in the sources of the Project alone', async () => {
    const part = await check('device.nut')
    assert.equal(part.code, 0)
    same(part.warnings, always)
    assert.match(part.stdout, /^device\.nut compiles: /)
    await file('.impt.project', '{"deviceGroupId":"x","deviceFile":"device.nut"}')
    same((await check('device.nut')).warnings, [
      ...always,
      /^device\.nut:9:3: "count" is declared nowhere: .* \(SQ_NEW_SLOT\)$/,
      'device.nut:10:3: "missing" is declared nowhere (SQ_UNDECLARED)',
    ])
  })

  test('--strict takes none: exit code 1, in JSON too', async () => {
    const { code, stdout } = await check('good.nut', 'device.nut', '--strict')
    assert.deepEqual([code, /Error: 5 warnings, and --strict takes none\.\n/.test(stdout)], [1, true])
    assert.equal((await check('good.nut', '--strict')).code, 0)
    const json = await check('good.nut', 'device.nut', '--strict', '-z', 'json')
    assert.equal(json.code, 1)
    const { files } = JSON.parse(json.stdout) as {
      files: { file: string; warnings: { file: string; row: number; column: number; code: string }[] }[]
    }
    assert.deepEqual(
      files.map(({ file: name, warnings }) => [name, warnings.length]),
      [
        ['good.nut', 0],
        ['device.nut', 5],
      ],
    )
    const { file: at, row, column, code: kind } = files[1]?.warnings[1] ?? {}
    assert.deepEqual([at, row, column, kind], ['device.nut', 5, 10, 'SQ_API'])
  })

  test('at the line of the file that was included', async () => {
    same((await check('built.nut', '--preprocess')).warnings, [
      'part.nut:1:8: "server" has no "errror"; did you mean "error"? (SQ_API)',
    ])
  })

  test('of pins that another type has only where a type is asked for', async () => {
    await file('pins.nut', 'hardware.pin1.configure(DIGITAL_IN)\n')
    same((await check('pins.nut')).warnings, [''])
    assert.match(
      (await check('pins.nut', '--type', 'imp006')).warnings[0] ?? '',
      /^pins\.nut:1:10: an imp006 has no "pin1" \(SQ_API\)$/,
    )
  })
})
