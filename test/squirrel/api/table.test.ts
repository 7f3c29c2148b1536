import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedCode } from '../../../src/squirrel/api/install.ts'
import { apiHelp } from '../../../src/squirrel/api/help.ts'
import { samplerCode } from '../../../src/squirrel/api/sampler.ts'
import { API, constant, rowOf, rowsFor, signatureOf } from '../../../src/squirrel/api/table/rows.ts'
import { IMP_TYPES } from '../../../src/squirrel/api/table/types.ts'
import { connectReasons, policies, sendErrors } from '../../../src/squirrel/connection.ts'
import { wakeReasons } from '../../../src/squirrel/device-state.ts'
import { SqTable } from '../../../src/squirrel/language/values/table.ts'
import { toText } from '../../../src/squirrel/language/values/text.ts'
import { Bench, deviceLog, agentLog } from '../running.ts'

test('every row says in one line what it is, and stands once for a side', () => {
  const seen = new Set<string>()
  for (const row of API) {
    assert.match(row.doc, /^.{10,160}\.$/, row.path)
    for (const side of row.side === 'both' ? ['device', 'agent'] : [row.side]) {
      assert.ok(!seen.has(`${side} ${row.path}`), row.path)
      seen.add(`${side} ${row.path}`)
    }
  }
})

test('what the table says is there has code, and all code is in the table', () => {
  const code = new Set([...sharedCode, ...samplerCode()].map(({ path }) => path))
  const methods = API.filter(({ kind }) => kind === 'method')
  assert.deepEqual(
    methods
      .filter(({ path, state }) => (state === 'full') !== code.has(path))
      .map(({ path, state }) => `${path} ${state}`),
    [],
  )
})

for (const side of ['device', 'agent'] as const)
  test(`the ${side} of every type finds exactly what the table says`, () => {
    for (const type of side === 'agent' ? IMP_TYPES.slice(0, 1) : IMP_TYPES) {
      const bench = new Bench({ device: '', agent: '', impType: type.name })
      const root = bench.world[side]?.vm.root as SqTable
      const expected = new Set<string>()
      const classes = API.filter(({ kind }) => kind === 'class').map(({ path }) => `${path}.`)
      const lacking = API.filter((row) => row.types && !row.types.includes(type.name)).map(
        ({ path }) => `${path}.`,
      )
      for (const { path, kind } of rowsFor(side, type.name))
        if (kind !== 'class' && ![...classes, ...lacking].some((prefix) => path.startsWith(prefix)))
          expected.add(path)
      const found = new Set<string>()
      const language = new Set(languageNames())
      for (const [key, value] of root.entries()) {
        if (language.has(toText(key))) continue
        found.add(toText(key))
        if (value instanceof SqTable && key !== 'nv' && key !== '__EI') collect(toText(key), value, found)
      }
      const parts = [
        ...type.pins.map((pin) => `hardware.pin${pin}`),
        ...type.uart.map((bus) => `hardware.uart${bus}`),
      ]
      parts.push(
        ...type.i2c.map((bus) => `hardware.i2c${bus}`),
        ...type.spi.map((bus) => `hardware.spi${bus}`),
        ...(type.pwmpair ?? []).map((pair) => `hardware.pwmpair${pair}`),
      )
      if (side === 'device') for (const part of parts) expected.add(part)
      assert.deepEqual([...found].toSorted(), [...expected].toSorted(), type.name)
    }
  })

function collect(path: string, table: SqTable, found: Set<string>): void {
  for (const [key, value] of table.entries()) {
    const inner = `${path}.${toText(key)}`
    if (path === 'imp.configparams') return
    found.add(inner)
    if (value instanceof SqTable) collect(inner, value, found)
  }
}

/** What the language itself puts into the root table. */
function languageNames(): string[] {
  return 'getroottable assert print error array type callee dummy collectgarbage format split strip lstrip rstrip clock time date math RAND_MAX PI _version_ _charsize_ _intsize_ _floatsize_ blob regexp'.split(
    ' ',
  )
}

test('constants that the program itself uses have the value of the table', () => {
  for (const [name, value] of Object.entries({
    ...connectReasons,
    ...sendErrors,
    ...policies,
    ...wakeReasons,
  }))
    assert.equal(constant(name), value, name)
})

test('signatures read as a person writes them', () => {
  assert.equal(
    signatureOf(rowOf('imp.wakeup')!),
    'imp.wakeup(seconds: number, callback: function, name?: string) -> timer',
  )
  assert.equal(
    signatureOf(rowOf('http.get', 'agent')!),
    'http.get(url: string, headers?: table|null) -> httprequest',
  )
})

test('arguments are checked by the table', () => {
  assert.deepEqual(
    deviceLog(
      'foreach (f in [@() imp.wakeup("1", @() null), @() imp.wakeup(1), @() imp.sleep(1, 2)]) try { f() } catch (e) { server.log(e) }',
    ),
    [
      "parameter 1 has an invalid type 'string' ; expected: 'integer|float'",
      'wrong number of parameters',
      'wrong number of parameters',
    ],
  )
})

test('documented members of agents and devices are there', () => {
  const device = `foreach (f in [@() imp.setsendbuffersize(8192), @() imp.configure("n", [], []), @() BLINKUP_FAST | BLINKUP_ACTIVEHIGH,
      @() imp.onunhandledexception(null), @() server.expectonlinein(60), @() imp.setpoweren(true),
      @() hardware.bluetooth, @() imp.net.getcellinfo(@(r) null), @() hardware.pinYG, @() WAKEREASON_PIN1])
    try { f(); server.log("ok"); } catch (e) { server.log("FAIL " + e); }
    server.log(imp.setsendbuffersize(99999) + " " + imp.setsendbuffersize(1) + " " + imp.configparams.deviceid.len())`
  assert.deepEqual(deviceLog(device, { impType: 'imp006' }), [
    'ok',
    'imp.configure() has no effect any more.',
    ...Array.from({ length: 9 }, () => 'ok'),
    '8192 30000 16',
  ])
  assert.deepEqual(
    agentLog(
      'imp.sleep(1); server.log(imp.configparams.deviceid.len() + " " + (imp.getmemoryfree() > 0) + " " + crypto.RSASSA_PKCS1_SHA256); server.log(typeof mqtt.createclient())',
    ),
    ['16 true 1', 'mqttclient'],
  )
})

test('SPI, UART and I2C constants have the documented values', () => {
  assert.deepEqual(
    deviceLog(
      'server.log([SIMPLEX_RX, SIMPLEX_TX, CLOCK_IDLE_HIGH, CLOCK_IDLE_LOW, CLOCK_2ND_EDGE, MSB_FIRST, LSB_FIRST, NO_SCLK, USE_CS_L].reduce(@(a, b) a + " " + b)); server.log(READ_READY + " " + LINE_IDLE + " " + NOT_ENABLED)',
    ),
    ['1 2 4 0 8 0 16 32 64', '1 64 -13'],
  )
})

test('what another type has is told with the types that have it', () => {
  assert.deepEqual(
    deviceLog('try { hardware.pinA } catch (e) { server.log(e) } server.log("pinA" in hardware)', {
      impType: 'imp001',
    }),
    [
      "the index 'pinA' does not exist: this is an imp001, and only imp002, imp003, imp004m, imp005, imp006, impC001 have it",
      'false',
    ],
  )
  assert.deepEqual(deviceLog('try { hardware.nothing } catch (e) { server.log(e) }', { impType: 'imp006' }), [
    "the index 'nothing' does not exist",
  ])
  assert.deepEqual(
    deviceLog('try { hardware.pinA.configure(ANALOG_IN) } catch (e) { server.log(e) }', {
      impType: 'imp005',
    }),
    ['pinA cannot be an analogue input: no pin of an imp005 can'],
  )
})

test('members of old do nothing, say so once, and exist only where they did', () => {
  assert.deepEqual(
    deviceLog(
      'server.log(imp.configure("n", [], [])); imp.configure("n", [], []); server.show(1); hardware.configure(I2C_89)',
      { impType: 'imp001' },
    ),
    [
      'imp.configure() has no effect any more.',
      'n',
      'server.show() has no effect any more.',
      'hardware.configure() has no effect any more.',
    ],
  )
  for (const name of ['imp.configure', 'hardware.configure', 'I2C_89'])
    assert.match(deviceLog(name, { impType: 'impC001' })[0] ?? '', /does not exist/, name)
  for (const name of ['InputPort', 'OutputPort']) assert.match(deviceLog(name)[0] ?? '', /does not exist/)
})

test('an error that imp.onunhandledexception takes does not restart the device', () => {
  assert.deepEqual(
    deviceLog(
      'imp.onunhandledexception(@(e) server.log("caught " + e)); imp.wakeup(1, function() { throw "oops" }); imp.wakeup(2, @() server.log("still here"))',
    ),
    ['caught oops', 'still here'],
  )
})

test('an error that imp.onunhandledexception takes on an agent is not in its log', () => {
  const agent =
    'imp.onunhandledexception(@(e) server.log("caught " + e)); imp.wakeup(1, function() { throw "oops" })'
  const bench = new Bench({ agent })
  assert.deepEqual(bench.texts('agent.log'), ['caught oops'])
  assert.deepEqual(bench.texts('agent.error'), [])
})

test('agents may name their timers, and cancel them by name as long as they run', () => {
  const agent = `
    imp.wakeup(1, @() server.log("one"), "first")
    imp.wakeup(3, @() server.log("never"), "second")
    imp.wakeup(2, function() {
      imp.cancelwakeup("second")
      foreach (name in ["first", "second", "unknown"])
        try { imp.cancelwakeup(name) } catch (e) { server.log(e) }
    })`
  const device =
    'try { imp.wakeup(1, @() null, "name") } catch (e) { server.log(e) } imp.cancelwakeup("name")'
  const bench = new Bench({ agent, device })
  const missing = ['first', 'second', 'unknown'].map((name) => `there is no timer '${name}'`)
  assert.deepEqual(bench.texts('agent.log'), ['one', ...missing])
  assert.deepEqual(bench.texts('server.log'), ['wrong number of parameters'])
})

test('an agent has facts about its device', () => {
  const agent = `
    local function tell() { local i = device.info(); server.log(i.id + " " + i.isconnected + " " + i.ipaddress) }
    imp.wakeup(1, tell); imp.wakeup(3, tell)`
  const bench = new Bench({ agent, device: 'imp.wakeup(2, @() server.disconnect())' })
  assert.deepEqual(bench.texts('agent.log'), [
    '5000d8c46a56cfca true 198.51.100.1',
    '5000d8c46a56cfca false 198.51.100.1',
  ])
})

test('of two handlers for an idle device only the last is called, and null forgets it', () => {
  assert.deepEqual(
    deviceLog(`
      imp.onidle(@() server.log("first")); imp.onidle(@() server.log("second"))
      imp.wakeup(1, function() { imp.onidle(@() server.log("never")); imp.onidle(null) })
      imp.wakeup(2, @() imp.onidle(@() server.log("third")))`),
    ['second', 'third'],
  )
})

test('help tells about a member, lists what a word means, and knows nothing else', () => {
  assert.equal(
    apiHelp('imp.wakeup'),
    `imp.wakeup(seconds: number, callback: function, name?: string) -> timer
  Calls a function once, so many seconds from now. Gives a timer for imp.cancelwakeup, which on agents takes its name too.
  Devices and agents.
`,
  )
  assert.match(
    apiHelp('hardware.spiflash') ?? '',
    /^ {2}hardware\.spiflash .*\n {2}hardware\.spiflash\.enable /,
  )
  assert.match(apiHelp('CLOCK_2ND') ?? '', /value 8/)
  assert.match(apiHelp('base64') ?? '', /base64decode/)
  assert.match(apiHelp(undefined) ?? '', /^ {2}imp +The imp that/)
  assert.equal(apiHelp('nothing.such'), undefined)
})
