import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IMP_TYPES } from '../../../src/squirrel/api/table/types.ts'
import { deviceLog } from '../running.ts'

/**
 * What other pages of the vendor than the pin mux say: pins in all, and the buses of each class of the API. Two figures are those of the pin
 * mux, with which the page of the class does not agree: 28 pins of an imp005, and 54 of an imp006 (which it names up to YN).
 */
const documented: Readonly<Record<string, { pins: number; uart: string; i2c: string; spi: string }>> = {
  imp001: { pins: 6, uart: 'uart12 uart1289 uart57', i2c: 'i2c12 i2c89', spi: 'spi189 spi257' },
  imp003: {
    pins: 23,
    uart: 'uartDM uartFG uartQRPW uartUVGD uartWJ',
    i2c: 'i2cAB i2cFG',
    spi: 'spiEBCA spiLGDK',
  },
  imp004m: {
    pins: 18,
    uart: 'uartBCAW uartFGJH uartHJ uartQ',
    i2c: 'i2cNM i2cQP',
    spi: 'spiAHSR spiGJKL',
  },
  imp005: { pins: 27, uart: 'uart0 uart1 uart2', i2c: 'i2c0 i2cJK', spi: 'spi0 spiBCAD' },
  imp006: {
    pins: 55,
    uart: 'uartABCD uartPQRS uartXEFGH uartXJKLM uartYABCD uartYEFGH uartYJKLM',
    i2c: 'i2cJK i2cLM i2cTU',
    spi: 'spiEFGH spiXABCD spiXPQRS spiXTUVW',
  },
  impC001: {
    pins: 44,
    uart: 'uartDCAB uartEVMT uartHJKL uartNU uartPQSR uartXBADC uartYABCD',
    i2c: 'i2cJH i2cKL i2cXBA i2cXDC',
    spi: 'spiDCAB spiEVMT spiPQRS spiYJTHU spiYRFES',
  },
}

const list = `local found = []; foreach (name, value in hardware) if (name.find(KIND) == 0 && name != "spiflash") found.push(name)
  found.sort(); server.log(found.reduce(@(a, b) a + " " + b))`

for (const [impType, { pins, ...buses }] of Object.entries(documented))
  test(`an ${impType} finds its own pins and buses, and nobody else's`, () => {
    const [names = ''] = deviceLog(list.replace('KIND', '"pin"'), { impType })
    assert.equal(names.split(' ').length, pins)
    for (const [kind, expected] of Object.entries(buses))
      assert.deepEqual(deviceLog(list.replace('KIND', `"${kind}"`), { impType }), [expected])
    assert.deepEqual(deviceLog('server.log(imp.info().type)', { impType }), [impType])
    // All letters of a bus with a name in letters are pins of the type.
    for (const type of IMP_TYPES.filter(({ name }) => name === impType))
      for (const list of ['adc', 'dac', 'pwm', 'wake'] as const)
        assert.deepEqual(
          type[list].filter((pin) => !type.pins.includes(pin)),
          [],
          list,
        )
  })

/** Calls that a type does not have: what the code finds in the error. */
const refused: readonly (readonly [impType: string, call: string, error: RegExp])[] = [
  ['imp001', 'hardware.pinA.write(1)', /'pinA' does not exist: this is an imp001, and only imp002, imp003/],
  [
    'imp001',
    'hardware.pin2.configure(DIGITAL_IN_WAKEUP)',
    /pin2 cannot be a wake-up pin: of an imp001, pin1 can/,
  ],
  [
    'imp001',
    'hardware.pin2.configure(ANALOG_OUT, 0.5)',
    /pin2 cannot be an analogue output: of an imp001, pin1 and pin5 can/,
  ],
  ['imp001', 'hardware.spiflash.enable()', /'spiflash' does not exist/],
  ['imp003', 'hardware.pin1.read()', /'pin1' does not exist: this is an imp003, and only imp001, imp002/],
  ['imp003', 'hardware.pinS.configure(ANALOG_IN)', /pinS cannot be an analogue input/],
  ['imp003', 'hardware.pinB.configure(ANALOG_OUT, 0)', /of an imp003, pinA and pinC can/],
  ['imp004m', 'hardware.sampler.start()', /'sampler' does not exist/],
  ['imp004m', 'hardware.pinA.configure(ANALOG_OUT, 0)', /no pin of an imp004m can/],
  ['imp004m', 'nv.x <- 1', /'nv' does not exist/],
  ['imp005', 'hardware.pinA.configure(PWM_OUT, 0.1, 0.5)', /of an imp005, pinE and pinF and pinG and pinS/],
  ['imp005', 'hardware.fixedfrequencydac.start()', /'fixedfrequencydac' does not exist/],
  ['imp005', 'hardware.pinW.configure(DIGITAL_IN_WAKEUP)', /no pin of an imp005 can/],
  ['imp006', 'hardware.uart57.flush()', /'uart57' does not exist: this is an imp006/],
  ['imp006', 'hardware.pinA.configure(DIGITAL_IN_WAKEUP)', /of an imp006, pinV and pinW can/],
  ['imp006', 'hardware.usb.configure(@(a, b) 0)', /'usb' does not exist/],
  ['impC001', 'hardware.pinXE.read()', /'pinXE' does not exist: this is an impC001/],
  ['impC001', 'hardware.pinB.configure(PWM_OUT, 0.1, 0.5)', /pinB cannot be a pulse output/],
  ['impC001', 'hardware.fixedfrequencydac.start()', /'fixedfrequencydac' does not exist/],
]

test('a call that a type does not have raises, and says which types or pins have it', () => {
  for (const [impType, call, error] of refused) {
    const [line = '', ...rest] = deviceLog(
      `try { ${call}; server.log("no error") } catch (e) { server.log(e) }`,
      {
        impType,
      },
    )
    assert.match(line, error, `${impType} ${call}`)
    assert.deepEqual(rest, [])
  }
})

test('the same calls work on the types that have them', () => {
  for (const [impType, call] of [
    ['imp001', 'hardware.pin1.configure(DIGITAL_IN_WAKEUP, @() 0)'],
    ['imp001', 'hardware.pin9.configure(ANALOG_IN)'],
    ['imp003', 'hardware.pinC.configure(ANALOG_OUT, 0.5)'],
    ['imp003', 'hardware.pinW.configure(DIGITAL_IN_WAKEUP)'],
    ['imp004m', 'hardware.fixedfrequencydac.configure(hardware.pwmpairKD, 8000, [blob(800)], @(b) 0)'],
    ['imp005', 'hardware.pinE.configure(PWM_OUT, 0.1, 0.5)'],
    ['imp006', 'hardware.fixedfrequencydac.configure(hardware.pinXC, 8000, [blob(800)], @(b) 0)'],
    ['impC001', 'hardware.pinW.configure(DIGITAL_IN_WAKEUP)'],
  ] as const)
    assert.deepEqual(deviceLog(`${call}; server.log("ok")`, { impType }), ['ok'], call)
})

test('free memory is that of the type less what the code holds, and comes back', () => {
  const code = `data <- null; local first = imp.getmemoryfree(); data = []; for (local i = 0; i < 1000; i++) data.push("text number " + i);
    local second = imp.getmemoryfree(); data = blob(4096); local third = imp.getmemoryfree(); data = null;
    server.log(first + " " + (first - second) + " " + (first - third) + " " + (imp.getmemoryfree() == first))`
  const measured = (impType: string) => (deviceLog(code, { impType })[0] ?? '').split(' ').map(Number)
  const [small = 0, texts = 0, bytes = 0] = measured('imp001')
  assert.ok(small > 80_000 && small < 87_040, String(small))
  assert.ok(texts > 30_000 && texts < 60_000, String(texts))
  assert.ok(bytes >= 4096 && bytes < 4500, String(bytes))
  assert.ok((measured('imp006')[0] ?? 0) > 1_000_000)
  assert.deepEqual(deviceLog(code)[0]?.endsWith('true'), true)
})

test('pins of an imp005 have their level at the start', () => {
  assert.deepEqual(
    deviceLog('server.log(hardware.pinB.read() + " " + hardware.pinE.read())', { impType: 'imp005' }),
    ['1 0'],
  )
})

test('the sampler takes several pins, one sample of each in turn, as the script plays them', () => {
  assert.deepEqual(
    deviceLog(
      `hardware.sampler.configure([hardware.pin1, hardware.pin2], 10, [blob(8), blob(8)], function(b, n) {
        server.log(b.readn('w') + " " + b.readn('w') + " " + b.readn('w') + " " + n); hardware.sampler.stop() })
      hardware.sampler.start()`,
      {
        impType: 'imp001',
        script: {
          analog: {
            pin1: [
              { at: 0, value: 0 },
              { at: 0.1, value: 1 },
            ],
            pin2: 0.5,
          },
        },
      },
    ),
    ['65535 32768 65535 8'],
  )
  assert.deepEqual(
    deviceLog(
      'try { hardware.fixedfrequencydac.configure(hardware.pin9, 8000, [blob(8)], @(b) 0) } catch (e) { server.log(e) }',
      { impType: 'imp001' },
    ),
    ['pin9 cannot be an analogue output: of an imp001, pin1 and pin5 can'],
  )
})
