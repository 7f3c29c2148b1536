import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IMP_TYPES, type ImpType, impTypeOf } from '../../src/squirrel/api/table/types.ts'
import { checkProgram } from '../../src/squirrel/check.ts'
import { checkedScript } from '../../src/squirrel/checked-script.ts'
import { createPrompt } from '../../src/squirrel/prompt.ts'
import { runFile, type RunOptions } from '../../src/squirrel/run-file.ts'

async function run(source: string, options: Partial<RunOptions> = {}) {
  const texts: string[] = []
  const result = await runFile({ source, side: 'device', ...options }, ({ text }) => void texts.push(text))
  return { texts, ...result }
}

test('a file runs until nothing is left to do', async () => {
  const { texts, failure, errors } = await run('server.log("begin"); imp.wakeup(1000, @() server.log("end"))')
  assert.deepEqual([texts, failure, errors], [['begin', 'end'], undefined, []])
})

test('an agent file has the API of agents', async () => {
  assert.deepEqual(
    (await run('server.log(imp.environment() == ENVIRONMENT_AGENT)', { side: 'agent' })).texts,
    ['true'],
  )
})

test('a run-time error of a device ends the run, with its trace', async () => {
  const { texts, failure } = await run('imp.wakeup(1, function() { imp.sleep(5); nothing() })')
  assert.deepEqual(texts, ["ERROR: the index 'nothing' does not exist", 'ERROR:   at unknown:device_code:1'])
  assert.deepEqual(failure, {
    side: 'device',
    reason: 'error',
    callback: 'imp.wakeup',
    place: { file: 'device_code', line: 1 },
    message: "the index 'nothing' does not exist",
    frames: [{ name: 'unknown', file: 'device_code', line: 1 }],
  })
})

test('a file with a compile error does not run', async () => {
  const { texts, errors } = await run('server.log("x")\nlocal = 3')
  assert.deepEqual(texts, [])
  assert.deepEqual(
    [errors[0]?.row, errors[0]?.column, errors[0]?.file, errors[0]?.type],
    [2, 7, 'device_code', 'error'],
  )
})

test('code that the imp has no room for fails with both sizes, and an agent has room for it', async () => {
  // Some 200 kB: more than an imp001 takes, less than an imp006 does.
  const lines = Array.from({ length: 4000 }, (_, i) => `server.log("a text of its own: ${i}")\n`).join('')
  const source = `server.log("begins")\nif (time() == 0) {\n${lines}}`
  const { texts, failure, errors } = await run(source, { type: 'imp001' })
  assert.deepEqual([texts, errors, failure?.reason, failure?.side], [[], [], 'room', 'device'])
  assert.match(
    failure?.message ?? '',
    /^the code does not start: it takes [\d,]+ bytes, and an imp001 has room for 131,072$/,
  )
  for (const options of [{ type: 'imp006' }, { type: 'imp001', side: 'agent' as const }]) {
    const fits = await run(source, options)
    assert.deepEqual([fits.texts, fits.failure], [['begins'], undefined])
  }
})

test('a signal ends a program that would run forever', async () => {
  const abort = new AbortController()
  const running = runFile(
    {
      source: 'function tick() { server.log("tick"); imp.wakeup(1, tick) } tick()',
      side: 'device',
      time: { kind: 'real' },
      signal: abort.signal,
    },
    () => abort.abort(),
  )
  assert.equal((await running).failure, undefined)
})

test('a run that was stopped before it began ends, also under a debugger', async () => {
  const stopped = { source: 'imp.wakeup(1, @() 1)', side: 'device', signal: AbortSignal.abort() } as const
  assert.deepEqual((await run(stopped.source, stopped)).failure, undefined)
  const silent = (): void => undefined
  const ready = (): void => assert.fail('there is nothing to debug')
  assert.deepEqual(
    (await runFile(stopped, silent, { listener: { event: silent, log: silent }, entry: false, ready }))
      .errors,
    [],
  )
})

test('a script for the surroundings reaches the code', async () => {
  const source =
    'imp.wakeup(1, function() { hardware.pinA.configure(DIGITAL_IN); server.log(hardware.pinA.read()) })'
  assert.deepEqual((await run(source, { script: { pins: { pinA: 1 } } })).texts, ['1'])
})

test('a program without errors has none, for both sides and with constants of the platform', () => {
  assert.deepEqual(checkProgram('server.log(__EI.PRODUCT_ID + http.agenturl())', 'agent_code'), [])
  assert.equal(checkProgram('local x = ;', 'agent_code').length, 1)
})

test('the prompt shows values, keeps declarations and asks for more', async () => {
  const texts: string[] = []
  const prompt = createPrompt({ onLog: ({ text }) => void texts.push(text) })
  const shown: [string, string][] = [
    ['1 + 1', '2'],
    ['3.0', '3.0'],
    ['"é" + 1', '"é1"'],
    ['lamp <- {on = true, levels = [1, 2.5]}', '{on = true, levels = [1, 2.5]}'],
    ['lamp.levels.len()', '2'],
    ['function twice(a) { return a * 2 }', 'null'],
    ['twice(21)', '42'],
    ['const LIMIT = 5', 'null'],
    ['LIMIT', '5'],
    ['blob(2)', 'blob of 2: 0000'],
    ['null', 'null'],
    ['', 'null'],
  ]
  for (const [line, value] of shown)
    assert.deepEqual(await prompt.evaluate(line, 'device'), { kind: 'value', text: value }, line)
  assert.deepEqual(await prompt.evaluate('function f() {', 'device'), { kind: 'incomplete' })
  assert.deepEqual(await prompt.evaluate('1 +', 'device'), { kind: 'incomplete' })
  assert.deepEqual(await prompt.evaluate('nothing', 'device'), {
    kind: 'error',
    lines: ["the index 'nothing' does not exist", '  at main:prompt:1'],
  })
  assert.equal((await prompt.evaluate('local = 1', 'device')).kind, 'error')
  assert.equal((await prompt.evaluate('while (true) {}', 'device')).kind, 'error')
  assert.deepEqual(await prompt.evaluate('server.log("hi")', 'device'), { kind: 'value', text: '0' })
  assert.deepEqual(texts, ['hi'])
  await prompt.close()
})

test('a device script is checked where it comes in', () => {
  const good = {
    pins: { pin1: 1, pinA: [{ at: 1, value: 0 }] },
    i2c: { i2c89: { '30': { registers: { '0F': '33 44' }, reads: ['01'] } } },
    uart: {
      uart12: [
        { at: 1, send: { text: 'x' } },
        { on: { hex: '0d' }, send: { hex: '0a' }, every: 2 },
      ],
    },
    rssi: -60,
  }
  assert.equal(checkedScript(good), good)
  const bad: [unknown, RegExp][] = [
    [[], /an object at script/],
    [null, /an object at script/],
    [{ pin: {} }, /unknown member "pin" at script; known are pins/],
    [{ pins: { pin1: 'high' } }, /a list at script\.pins\.pin1/],
    [{ pins: { pin1: [{ at: 1 }] } }, /an object with "value" at script\.pins\.pin1\[0\]/],
    [{ i2c: { i2c89: { xx: {} } } }, /two hex digits at script\.i2c\.i2c89/],
    [{ i2c: { i2c89: { '30': { reads: ['0'] } } } }, /pairs of hex digits/],
    [{ uart: { uart12: [{ send: { text: 'x' } }] } }, /either "at" or "on"/],
    [{ rssi: Infinity }, /a number at script\.rssi/],
    [{ rssi: 12 }, /a number from -150 to 0 at script\.rssi/],
    [{ pins: { pin1: 7 } }, /0 or 1 at script\.pins\.pin1/],
    [{ pins: { pin1: [{ at: 0, value: 2 }] } }, /0 or 1 at script\.pins\.pin1\[0\]\.value/],
    [{ analog: { pin1: 5 } }, /a number from 0 to 1 at script\.analog\.pin1/],
    [{ light: -3 }, /a number from 0 to 65535 at script\.light/],
    [{ voltage: 230 }, /a number from 0 to 6 at script\.voltage/],
    [
      { uart: { uart12: [{ at: 1, send: { txt: 'x' } }] } },
      /unknown member "txt" at script\.uart\.uart12\[0\]\.send; known are hex, text/,
    ],
    [{ uart: { uart12: [{ at: 1, send: { hex: '00', text: 'x' } }] } }, /either "hex" or "text"/],
    [{ uart: { uart12: [{ at: 1, every: 0, send: { hex: '00' } }] } }, /a number above 0/],
    [{ pins: { pin99: 1 } }, /no "pin99" on any imp, at script\.pins/],
  ]
  for (const [script, pattern] of bad) assert.throws(() => checkedScript(script), pattern)
})

test('a device script names pins, buses and analogue inputs that its imp has, of every type', () => {
  const accepts = (script: unknown, type: ImpType) => {
    try {
      checkedScript(script, type)
      return true
    } catch (error) {
      assert.match((error as Error).message, new RegExp(`an ${type.name}\\b`))
      return false
    }
  }
  const all = (kind: 'pins' | 'uart' | 'i2c' | 'spi') => new Set(IMP_TYPES.flatMap((type) => type[kind]))
  for (const type of IMP_TYPES) {
    for (const pin of all('pins')) {
      assert.equal(
        accepts({ pins: { [`pin${pin}`]: 1 } }, type),
        type.pins.includes(pin),
        `${type.name} ${pin}`,
      )
      assert.equal(
        accepts({ analog: { [`pin${pin}`]: 1 } }, type),
        type.adc.includes(pin),
        `${type.name} ${pin}`,
      )
    }
    for (const bus of all('uart'))
      assert.equal(accepts({ uart: { [`uart${bus}`]: [] } }, type), type.uart.includes(bus))
    for (const bus of all('i2c')) {
      assert.equal(accepts({ i2c: { [`i2c${bus}`]: {} } }, type), type.i2c.includes(bus))
      const models = [{ bus: `i2c${bus}`, address: '32', use: 'lis3dh' }]
      assert.equal(accepts({ models }, type), type.i2c.includes(bus))
    }
    for (const bus of all('spi')) {
      assert.equal(accepts({ spi: { [`spi${bus}`]: [] } }, type), type.spi.includes(bus))
      const models = [{ bus: `spi${bus}`, use: 'spi-flash' }]
      assert.equal(accepts({ models }, type), type.spi.includes(bus))
    }
  }
})

test('a model is refused where it would never answer, and what it does not know is no option of it', () => {
  const counter =
    'class Counter { function read(register, length) { return format("%c", host.options.first) } }'
  const open = 'class Open { function write(b) { foreach (k, v in host.options) host.log(k); return true } }'
  const json = (model: object) => JSON.stringify({ model: 1, ...model })
  const i2c = { bus: 'i2c89', address: '30' }
  const good = [
    { ...i2c, use: 'lis3dh', with: { '28': 0.5, '0F': '33' } },
    { ...i2c, use: 'tmp102', with: { celsius: 21, drift: 1, alert: 'pin1' } },
    { bus: 'spi257', use: 'spi-flash', with: { size: 4096, busy: 0 } },
    { bus: 'uart12', use: 'modem' },
    { ...i2c, use: 'c.nut', source: counter, with: { first: 1 } },
    { ...i2c, use: 'o.nut', source: open, with: { anything: 1 } },
    { bus: 'uart12', use: 's.json', source: json({ start: [{ after: 1, do: [{ send: { text: 'x' } }] }] }) },
  ]
  for (const model of good) checkedScript({ models: [model] }, impTypeOf('imp001'))
  const bad: [object, RegExp][] = [
    [{ ...i2c, use: 'modem' }, /modem is not for i2c89, at script\.models\[0\]/],
    [{ bus: 'uart12', use: 'lis3dh' }, /lis3dh is not for uart12/],
    [{ bus: 'spi257', use: 'tmp102' }, /tmp102 is not for spi257/],
    [{ ...i2c, use: 'spi-flash' }, /spi-flash is not for i2c89/],
    [{ bus: 'spi257', use: 'c.nut', source: counter }, /c\.nut is not for spi257/],
    [{ ...i2c, use: 'c.nut', source: counter, with: { last: 1 } }, /c\.nut has no "last", .*: it has first/],
    [
      { ...i2c, use: 'tmp102', with: { celsiu: 3 } },
      /no "celsiu", at script.*: it has alert, celsius, drift/,
    ],
    [
      { ...i2c, use: 'tmp102', with: { alert: 'pinA' } },
      /no "pinA" on an imp001 \([^)]*\), at script.*with\.alert/,
    ],
    [{ ...i2c, use: 'lis3dh', with: { celsiu: 3 } }, /"celsiu" is no register of the model lis3dh/],
    [{ ...i2c, use: 'lis3dh', with: { '0F': 3 } }, /quotes; measurements are 28, 2A, 2C, at script/],
    [{ ...i2c, use: 'lis3dh', with: { '0F': true } }, /pairs of hex digits, or the value of a measurement/],
    [{ bus: 'uart12', use: 'modem', with: { '0F': '33' } }, /modem has nothing to set/],
    [{ bus: 'spi257', chipSelect: 'pinA', use: 'spi-flash' }, /no "pinA" on an imp001/],
    [
      {
        ...i2c,
        use: 'p.json',
        source: json({ registers: { '00': '00' }, start: [{ pin: 'pinA', level: 1 }] }),
      },
      /no "pinA" on an imp001 \([^)]*\), at script\.models\[0\] \(p\.json\)/,
    ],
  ]
  for (const [model, pattern] of bad)
    assert.throws(() => checkedScript({ models: [model] }, impTypeOf('imp001')), pattern)
  const twice = [
    { ...i2c, use: 'lis3dh' },
    { ...i2c, use: 'tmp102' },
  ]
  assert.throws(() => checkedScript({ models: twice }), /no second model at i2c89 address 30/)
})
