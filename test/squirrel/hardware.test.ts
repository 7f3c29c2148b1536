import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceLog } from './running.ts'

test('clocks agree: millis and micros count from the start, time and date are those of the world', () => {
  const device = `
    imp.sleep(1.5)
    server.log(hardware.millis() + " " + (hardware.micros() / 1000) + " " + time())
    local d = date(); server.log(d.year + "-" + d.month + "-" + d.day + " " + d.hour + ":" + d.min + ":" + d.sec + " " + (d.time == time()) + " " + ("usec" in d))
    imp.wakeup(60, @() server.log(hardware.millis()))`
  assert.deepEqual(deviceLog(device, { seconds: 100 }), [
    '1500 1500 1767225601',
    '2026-0-1 0:0:1 true true',
    '61500',
  ])
})

test('timers have centiseconds on the device, and can be cancelled', () => {
  const device = `
    local start = hardware.millis()
    imp.wakeup(0.013, @() server.log(hardware.millis() - start))
    local timer = imp.wakeup(1, @() server.log("no"))
    imp.cancelwakeup(timer); imp.cancelwakeup(timer); imp.cancelwakeup(null)
    imp.wakeup(2, @() server.log("end"))`
  assert.deepEqual(deviceLog(device), ['10', 'end'])
})

test('a loop that waits for the clock ends', () => {
  assert.deepEqual(
    deviceLog(
      'local t = hardware.millis(); while (hardware.millis() - t < 500); server.log(hardware.millis() - t)',
    ),
    ['500'],
  )
})

test('flash is erased to ones, and writing only clears bits', () => {
  const device = `
    local flash = hardware.spiflash
    try { flash.read(0, 1) } catch (e) { server.log(e) }
    flash.enable()
    server.log(flash.size() % 4096)
    server.log(flash.write(4094, "\\x0f\\xf0\\x55") + " " + flash.read(4093, 5)[1])
    server.log(flash.write(4094, "\\xf1", SPIFLASH_POSTVERIFY) == SPIFLASH_POSTVERIFY)
    server.log(flash.read(4094, 1)[0] + " " + (flash.write(4096, "\\xff", SPIFLASH_PREVERIFY) == SPIFLASH_PREVERIFY))
    flash.erasesector(0)
    server.log(flash.read(4095, 2)[0] + " " + flash.read(4095, 2)[1])
    try { flash.erasesector(10) } catch (e) { server.log(e) }
    try { flash.read(flash.size() - 1, 2) } catch (e) { server.log(e) }`
  assert.deepEqual(deviceLog(device, { impType: 'imp003' }), [
    'spiflash is not enabled',
    '0',
    '0 15',
    'true',
    '1 true',
    '255 85',
    'spiflash: the address of a sector must be a multiple of 4096',
    'spiflash: address out of range',
  ])
})

test('the content of the flash is part of the state', () => {
  const state = {}
  deviceLog('hardware.spiflash.enable(); hardware.spiflash.write(8192, "kept")', { state, impType: 'imp003' })
  const kept = JSON.parse(JSON.stringify(state)) as object
  const device = 'hardware.spiflash.enable(); server.log(hardware.spiflash.read(8192, 4).tostring())'
  assert.deepEqual(deviceLog(device, { state: kept, impType: 'imp003' }), ['kept'])
})

test('pins follow the script and tell about changes', () => {
  const script = {
    pins: {
      pin1: [
        { at: 2, value: 1 },
        { at: 5, value: 0 },
      ],
    },
    analog: { pin2: 0.5 },
  }
  const device = `
    local button = hardware.pin1, level = hardware.pin2, led = hardware.pin9
    button.configure(DIGITAL_IN_PULLDOWN, @() server.log(hardware.millis() / 1000 + ": " + button.read()))
    level.configure(ANALOG_IN); server.log(level.read())
    led.configure(DIGITAL_OUT, 0); led.write(1); server.log(led.read())
    try { hardware.pin5.write(1) } catch (e) { server.log(e) }`
  assert.deepEqual(deviceLog(device, { script }), ['32768', '1', 'pin5 is not configured', '2: 1', '5: 0'])
})

test('devices on an I2C bus have registers', () => {
  const script = {
    i2c: { i2c89: { '30': { registers: { '0F': '33', '28': '0102 0304' } }, '40': { reads: ['aa', 'bb'] } } },
  }
  const device = `
    local i2c = hardware.i2c89; i2c.configure(CLOCK_SPEED_400_KHZ)
    server.log(i2c.read(0x30, "\\x0f", 1)[0])
    server.log(i2c.read(0x30, "\\x28", 4)[3] + " " + i2c.write(0x30, "\\x20\\x77") + " " + i2c.read(0x30, "\\x20", 1)[0])
    server.log(i2c.read(0x40, "", 1)[0] + " " + i2c.read(0x40, "", 1)[0])
    server.log(i2c.read(0x50, "\\x00", 1) + " " + i2c.write(0x50, "\\x00") + " " + i2c.readerror())`
  assert.deepEqual(deviceLog(device, { script }), ['51', '4 0 119', '170 187', '(null : 0x0) -1 -1'])
})

test('a UART delivers lines and answers', () => {
  const script = {
    uart: {
      uart12: [
        { at: 1, send: { text: 'GPS' }, every: 10 },
        { on: { text: 'AT\r' }, send: { text: 'OK' } },
      ],
    },
  }
  const device = `
    local uart = hardware.uart12
    uart.configure(9600, 8, PARITY_NONE, 1, NO_CTSRTS, @() server.log(hardware.millis() / 1000 + " " + uart.readstring()))
    imp.wakeup(5, @() uart.write("AT\\r"))`
  assert.deepEqual(deviceLog(device, { script, seconds: 15 }), ['1 GPS', '5 OK', '11 GPS'])
})

test('an SPI bus answers by the script, zeros otherwise', () => {
  const script = { spi: { spi257: [{ on: { hex: '9F' }, send: { hex: '00 EF 40' } }] } }
  const device = `
    local spi = hardware.spi257; spi.configure(CLOCK_IDLE_LOW, 1000)
    local r = spi.writeread("\\x9f\\x00\\x00"); server.log(r[1] + " " + r[2] + " " + typeof r)
    server.log(spi.readblob(2)[0])`
  assert.deepEqual(deviceLog(device, { script }), ['239 64 string', '0'])
})

test('module types have letters for pins', () => {
  const device = 'server.log(("pinA" in hardware) + " " + ("pin1" in hardware) + " " + imp.environment())'
  assert.deepEqual(deviceLog(device, { impType: 'imp006' }), ['true false 1'])
})

test('measurements come from the script', () => {
  const script = { light: 123, voltage: 2.5, rssi: [{ at: 10, value: -80 }] }
  const device =
    'server.log(hardware.lightlevel() + " " + hardware.voltage() + " " + imp.rssi()); imp.wakeup(11, @() server.log(imp.rssi()))'
  assert.deepEqual(deviceLog(device, { script }), ['123 2.5 -55', '-80'])
})

test('a sampler that is stopped and started again goes on at its rate; one that is not configured does not start', () => {
  const device = `
    try { hardware.sampler.start() } catch (e) { server.log(e) }
    local function take(buffer, length) {
      server.log(hardware.millis() + " " + length)
      if (hardware.millis() > 4000) hardware.sampler.reset()
    }
    foreach (buffers in [[2000, -5], [2000, 3], [2000, "x"]])
      try { hardware.sampler.configure(hardware.pin2, 1000, buffers, take) } catch (e) { server.log(e) }
    hardware.sampler.configure(hardware.pin2, 1000, [2000, 2000], take)
    hardware.sampler.start()
    hardware.sampler.start()
    imp.wakeup(1.5, function() { hardware.sampler.stop(); hardware.sampler.start() })
    imp.wakeup(6, function() { try { hardware.sampler.start() } catch (e) { server.log(e) } })`
  assert.deepEqual(deviceLog(device), [
    'not configured',
    'wrong buffers or rate',
    'wrong buffers or rate',
    'wrong buffers or rate',
    '1000 2000',
    '2500 2000',
    '3500 2000',
    '4500 2000',
    'not configured',
  ])
})

test('the sampler fills buffers at its rate', () => {
  const device = `
    local count = 0
    hardware.sampler.configure(hardware.pin2, 1000, [blob(2000), blob(2000)], function(buffer, length) {
      server.log(hardware.millis() / 1000 + " " + length + " " + buffer.readn('w'))
      if (++count == 2) hardware.sampler.stop()
    })
    hardware.sampler.start()`
  assert.deepEqual(deviceLog(device, { script: { analog: { pin2: 1 } } }), ['1 2000 65535', '2 2000 65535'])
})
