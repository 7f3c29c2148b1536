import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkedScript } from '../../../src/squirrel/checked-script.ts'
import type { ModelUse } from '../../../src/squirrel/models/peripheral.ts'
import { shippedModel, shippedModels } from '../../../src/squirrel/models/shipped.ts'
import { Bench, deviceLog } from '../running.ts'

const log = (device: string, models: ModelUse[], situation: object = {}) =>
  deviceLog(device, { script: checkedScript({ models }), ...situation })

const described = (source: object, rest: Partial<ModelUse> = {}): ModelUse[] => [
  { bus: 'i2c89', address: '40', use: 'own.json', source: JSON.stringify({ model: 1, ...source }), ...rest },
]
const programmed = (source: string, rest: Partial<ModelUse> = {}): ModelUse[] => [
  { bus: 'i2c89', address: '40', use: 'own.nut', source, ...rest },
]

const i2c = `bus <- hardware.i2c89; bus.configure(CLOCK_SPEED_100_KHZ);
  function hex(s) { if (s == null) return "null"; local t = ""; foreach (c in s) t += format("%02X", c); return t }
  function get(register, n = 1) { return hex(bus.read(0x40, register, n)) }\n`

test('registers are read and written, one after the other, as far as they allow', () => {
  const registers = {
    '00': 'A1B2',
    '02': { value: '11', access: 'r' },
    '03': { value: 'F0', mask: '0F' },
    '04': { value: '77', access: 'w' },
  }
  assert.deepEqual(
    log(
      `${i2c}server.log(get("\\x00", 5)); bus.write(0x40, "\\x01\\xFF\\xFF\\xAB\\x99"); server.log(get("\\x00", 6) + " " + bus.readerror())
      server.log(bus.write(0x42, "\\x00") < 0); server.log(bus.read(0x42, "\\x00", 1) == null && bus.readerror() < 0)`,
      described({ registers }),
    ),
    ['A1B211F000', 'A1FF11FB0000 0', 'true', 'true'],
  )
})

test('a register may stay, and go on by a bit of its number; numbers may have two bytes', () => {
  const registers = { '0F': '33', '10': '44', '0110': 'EE' }
  const read = (text: string) => `${i2c}server.log(get("${text}", 2))`
  assert.deepEqual(log(read('\\x0F'), described({ registers, increment: 'never' })), ['3333'])
  assert.deepEqual(log(read('\\x0F'), described({ registers, increment: 'bit7' })), ['3333'])
  assert.deepEqual(log(read('\\x8F'), described({ registers, increment: 'bit7' })), ['3344'])
  assert.deepEqual(log(read('\\x01\\x10'), described({ registers, addressBytes: 2 })), ['EE00'])
})

test('measurements follow their course, and queues give one after the other', () => {
  const registers = {
    '00': {
      course: [
        { at: 0, value: 1.5 },
        { at: 2, value: -1 },
      ],
      scale: 256,
      bytes: 2,
    },
    '02': { course: 2, scale: 3, bytes: 2, order: 'little' },
    '10': { queue: ['01', '02', '03'] },
  }
  assert.deepEqual(
    log(
      `${i2c}server.log(get("\\x00", 4)); imp.wakeup(3, @() server.log(get("\\x00", 2))); foreach (i in [1, 2, 3, 4]) server.log(get("\\x10"))`,
      described({ registers }),
    ),
    ['01800600', '01', '02', '03', '03', 'FF00'],
  )
  assert.deepEqual(
    log(`${i2c}server.log(get("\\x02", 2))`, described({ registers }, { with: { '02': 100 } })),
    ['2C01'],
  )
})

test('a write sets off what the model says: registers now and later, and pins that call the code', () => {
  const on = [
    {
      write: '20',
      bits: '80',
      do: [
        { set: '20', value: '00' },
        {
          after: 2,
          do: [
            { set: '21', value: '5A' },
            { pin: 'pin1', level: 1 },
          ],
        },
      ],
    },
  ]
  assert.deepEqual(
    log(
      `${i2c}hardware.pin1.configure(DIGITAL_IN, @() server.log("pin " + hardware.pin1.read() + " " + get("\\x21") + " " + time()))
      local begin = time(); bus.write(0x40, "\\x20\\x01"); server.log(get("\\x20")); bus.write(0x40, "\\x20\\x81"); server.log(get("\\x20", 2))`,
      described({ registers: { '20': '00', '21': '00' }, on }),
    ).map((line) => line.replace(/ 17\d+$/, '')),
    ['01', '0000', 'pin 1 5A'],
  )
})

test('an SPI model has registers behind a bit that says which way, one transfer a selection', () => {
  const source = JSON.stringify({ model: 1, registers: { '0F': '33', '10': '44' } })
  const models = [{ bus: 'spi257', chipSelect: 'pin8', use: 'own.json', source }]
  assert.deepEqual(
    log(
      `spi <- hardware.spi257; spi.configure(CLOCK_IDLE_LOW, 1000); cs <- hardware.pin8; cs.configure(DIGITAL_OUT, 1)
      function go(s) { cs.write(0); local r = spi.writeread(s); cs.write(1); return format("%02X %02X", r[1] & 255, r[2] & 255) }
      server.log(go("\\x8F\\x00\\x00")); go("\\x0F\\x77\\x78"); server.log(go("\\x8F\\x00\\x00"));
      cs.write(0); spi.write("\\x8F"); local one = spi.readstring(1); cs.write(1); server.log(format("%02X", one[0]))
      local r = spi.writeread("\\x8F\\x00\\x00"); server.log(r[1])`,
      models,
    ),
    ['33 44', '77 78', '77', '0'],
  )
})

test('a serial model answers patterns, also in pieces, and speaks at its start', () => {
  const source = JSON.stringify({
    model: 1,
    start: [{ after: 1, do: [{ send: { text: 'hello' } }] }],
    on: [{ receive: { text: 'AT\r' }, do: [{ send: { text: 'OK' } }] }],
  })
  assert.deepEqual(
    log(
      `local u = hardware.uart57; u.configure(9600, 8, PARITY_NONE, 1, NO_CTSRTS, @() server.log(u.readstring()));
      imp.wakeup(2, function() { u.write("A"); u.write('T'); u.write("\\r") })`,
      [{ bus: 'uart57', use: 'own.json', source }],
    ),
    ['hello', 'OK'],
  )
})

test('a model in Squirrel is a class whose methods the bus calls, with a clock, pins and a log', () => {
  const source = `class Sensor {
    n = 0
    constructor() { host.log("made for " + host.options.who); host.after(1, function() { n = 40; host.pin("pin1", true) }.bindenv(this)) }
    function write(bytes) { n += bytes.len(); return bytes[0] != 0xFF }
    function read(register, length) { return register == null ? null : format("%c", n) }
  }`
  assert.deepEqual(
    log(
      `${i2c}hardware.pin1.configure(DIGITAL_IN, @() server.log("pin1 " + get("\\x00")))
      server.log(bus.write(0x40, "abc") + " " + (bus.write(0x40, "\\xFF") < 0) + " " + get("\\x00", 2) + " " + get("")); `,
      programmed(source, { with: { who: 'tests' } }),
    ),
    ['model own.nut: made for tests', '0 true 0400 null', 'pin1 28'],
  )
})

test('a model cannot reach the imp, the network or the code of the device', () => {
  const source = `return class { function read(r, n) {
    local found = ""; foreach (name in ["imp", "server", "http", "hardware", "agent", "device", "nv", "secret"]) if (name in getroottable()) found += name
    return found + "." } }`
  assert.deepEqual(log(`secret <- 1\n${i2c}server.log(bus.read(0x40, "a", 1))`, programmed(source)), ['.'])
})

for (const [what, body, told] of [
  ['throws', 'throw "broken"', /^\[server\.error\] ERROR: model own\.nut: broken$/],
  ['never ends', 'while (true) {}', /took more than 5,000,000 ticks/],
  ['takes all memory', 'local a = []; while (true) a.push([1, 2, 3])', /out of memory/],
  ['recurses', 'return this.read(r, n) + ""', /stack overflow/],
  ['plans without end', 'while (true) host.after(1, @() 0)', /too many functions wait for their time/],
  ['floods the log', 'while (true) host.log("x")', /took more than 5,000,000 ticks/],
  ['floods a pin', 'local l = 0; while (true) host.pin("pin1", l = 1 - l)', /took more than 5,000,000 ticks/],
  ['answers nonsense', 'return {}', /a model answers with a string, a blob or a byte/],
] as const)
  test(`a model that ${what} does not acknowledge, is told, and leaves the code alone`, () => {
    const source = `class Bad { function read(r, n) { ${body} } }`
    const lines = log(`${i2c}server.log("before " + get("\\x00")); server.log("after")`, programmed(source))
    assert.ok(
      lines.some((line) => told.test(line)),
      lines.join('\n'),
    )
    assert.deepEqual(
      lines
        .filter((line) => !line.startsWith('[') && !line.startsWith('model '))
        .map((line) => line.replace(/ (null|00)$/, '')),
      ['before', 'after'],
    )
  })

test('reading a model in a loop is work like any other', () => {
  const models = described({ registers: { '00': '01' } })
  assert.match(
    log(`${i2c}while (true) bus.read(0x40, "\x00", 60000)`, models, { onFailure: 'end' }).join(' '),
    /took more than 50,000,000 ticks/,
  )
})

test('a model that fails ends a run that is to end', () => {
  const bench = new Bench({
    device: `${i2c}get("\\x00"); imp.wakeup(5, @() server.log("never"))`,
    script: checkedScript({ models: programmed('class A { function read(r, n) { throw "no" } }') }),
    onFailure: 'end',
  })
  assert.deepEqual(
    bench.events.filter((event) => event.startsWith('failed')),
    ['failed device error'],
  )
  assert.deepEqual(bench.texts('server.log'), [])
})

test('a model begins anew with the power, not with the code', () => {
  const source = 'class A { n = 0; function read(r, n_) { return format("%c", ++n) } }'
  const bench = new Bench({
    device: `${i2c}server.log(get("\\x00")); imp.wakeup(1, @() throw_ ())`.replace(
      '@() throw_ ()',
      'function() { throw "x" }',
    ),
    script: checkedScript({ models: programmed(source) }),
    seconds: 4,
  })
  assert.deepEqual(bench.texts('server.log').slice(0, 2), ['01', '02'])
  bench.world.setPower(false)
  bench.world.setPower(true)
  bench.world.setNetwork(true)
  bench.run(1)
  assert.equal(bench.texts('server.log').at(-1), '01')
})

test('wrong models are refused with their place', () => {
  for (const [model, told] of [
    [{ bus: 'can1', use: 'lis3dh' }, /a bus, such as i2cJK.* at script\.models\[0\]\.bus/],
    [{ bus: 'i2c89', use: 'lis3dh' }, /an "address" for a model on an I2C bus/],
    [{ bus: 'uart57', address: '32', use: 'modem' }, /no "address" on this bus/],
    [{ bus: 'i2c89', address: '32', use: 'nothing' }, /lis3dh, tmp102, modem, spi-flash/],
    [{ bus: 'i2c89', address: '32', use: 'a.json' }, /the text of a\.json/],
    [{ bus: 'i2c89', address: '32', use: 'a.json', source: '{' }, /a\.json is no JSON/],
    [
      { bus: 'i2c89', address: '32', use: 'a.json', source: '{"model": 2}' },
      /There must be 1 at a\.json\.model/,
    ],
    [
      { bus: 'i2c89', address: '32', use: 'a.json', source: '{"model": 1, "registers": {"0G": "1"}}' },
      /hex digits at a\.json\.registers/,
    ],
    [
      { bus: 'i2c89', address: '32', use: 'a.json', source: '{"model": 1, "on": [{"when": 1}]}' },
      /what sets it off: "write", "command" or "receive" at a\.json\.on\[0\]/,
    ],
    [{ bus: 'spi257', chipSelect: '8', use: 'spi-flash' }, /the name of a pin/],
    [{ bus: 'i2c89', address: '32', use: 'lis3dh', file: '/etc/passwd' }, /unknown member "file"/],
  ] as const)
    assert.throws(() => checkedScript({ models: [model] }), told)
})

test('a model that does not compile is told when the device starts', () => {
  assert.match(
    log('server.log("runs")', programmed('class A { function read(r, n) {')).join('\n'),
    /ERROR: model own\.nut: .*\(own\.nut:1\)[^]*runs/,
  )
})

test('each built-in model has a line and a text', () => {
  assert.deepEqual(shippedModels(), ['lis3dh', 'tmp102', 'modem', 'spi-flash'])
  for (const name of shippedModels()) assert.match(shippedModel(name)?.summary ?? '', /^An? .{10,150}\.$/)
})

test('lis3dh: identity, three axes in g, a reset that takes its time', () => {
  assert.deepEqual(
    log(
      `bus <- hardware.i2c89; bus.configure(400000);
      function axes() { local b = bus.read(0x32, "\\xA8", 6); local t = ""; for (local i = 0; i < 6; i += 2) { local v = b[i] | (b[i + 1] << 8); if (v & 0x8000) v -= 65536; t += format("%.2f ", v / 16000.0) } return t }
      server.log(format("%02X", bus.read(0x32, "\\x0F", 1)[0])); server.log(axes());
      bus.write(0x32, "\\x24\\x80"); server.log(bus.read(0x32, "\\x24", 1)[0]); imp.sleep(0.01); server.log(bus.read(0x32, "\\x24", 1)[0])`,
      [{ bus: 'i2c89', address: '32', use: 'lis3dh', with: { '28': 0.5, '2A': -0.25 } }],
    ),
    ['33', '0.50 -0.25 1.00 ', '128', '0'],
  )
})

test('tmp102: degrees in sixteenths, limits, and a pin that warns', () => {
  assert.deepEqual(
    log(
      `bus <- hardware.i2c89; bus.configure(400000);
      function celsius() { local r = bus.read(0x90, "\\x00", 2); local v = ((r[0] << 8) | r[1]) >> 4; return v / 16.0 }
      hardware.pin1.configure(DIGITAL_IN_PULLUP, @() server.log("alert " + hardware.pin1.read() + " at " + celsius()))
      bus.write(0x90, "\\x03\\x19\\x00"); server.log(celsius())`,
      [{ bus: 'i2c89', address: '90', use: 'tmp102', with: { celsius: 24.5, drift: 0.25, alert: 'pin1' } }],
    ).slice(0, 2),
    ['24.5', 'alert 0 at 25'],
  )
})

test('modem: speaks when it got power, and answers commands', () => {
  assert.deepEqual(
    log(
      `u <- hardware.uart57; got <- ""; u.configure(115200, 8, PARITY_NONE, 1, NO_CTSRTS, @() got += u.readstring());
      imp.wakeup(1, @() u.write("AT\\r")); imp.wakeup(2, @() u.write("AT+CSQ\\r")); imp.wakeup(3, @() server.log(http.jsonencode(got)))`,
      [{ bus: 'uart57', use: 'modem' }],
    ),
    ['"RDY\\r\\n\\r\\nOK\\r\\n\\r\\n+CSQ: 21,0\\r\\n\\r\\nOK\\r\\n"'],
  )
})

test('spi-flash: identity, program only clears bits, erase, busy and write enable', () => {
  assert.deepEqual(
    log(
      `spi <- hardware.spi257; spi.configure(CLOCK_IDLE_LOW | MSB_FIRST, 3000); cs <- hardware.pin8; cs.configure(DIGITAL_OUT, 1);
      function go(s, n = 0) { cs.write(0); spi.write(s); local r = n > 0 ? spi.readstring(n) : ""; cs.write(1); return r }
      function hex(s) { local t = ""; foreach (c in s) t += format("%02X", c); return t }
      function wait() { local n = 0; while (go("\\x05", 1)[0] & 1) { imp.sleep(0.001); n++ } return n }
      server.log(hex(go("\\x9F", 3)) + " " + hex(go("\\x03\\x00\\x10\\x00", 2)));
      go("\\x02\\x00\\x10\\x00\\x12\\x34"); server.log(hex(go("\\x03\\x00\\x10\\x00", 2)));
      go("\\x06"); server.log(hex(go("\\x05", 1))); go("\\x02\\x00\\x10\\x00\\xF2\\x34"); server.log(wait() > 1);
      go("\\x06"); go("\\x02\\x00\\x10\\x00\\x1F"); wait(); server.log(hex(go("\\x03\\x00\\x10\\x00", 3)));
      go("\\x06"); go("\\x20\\x00\\x10\\x05"); wait(); server.log(hex(go("\\x03\\x00\\x10\\x00", 2)))`,
      [{ bus: 'spi257', chipSelect: 'pin8', use: 'spi-flash', with: { size: 8192 } }],
    ),
    ['EF4010 FFFF', 'FFFF', '02', 'true', '1234FF', 'FFFF'],
  )
})

test('the models of the guide are models', () => {
  const guide = readFileSync(join('src/help', 'sandbox.md'), 'utf8')
  const [, chapter = ''] = /### Models of sensors and chips\n(.*?)\n### /s.exec(guide) ?? []
  const blocks = [...chapter.matchAll(/```(\w+)\n(.*?)```/gs)].map(
    ([, kind, text]) => [kind, text ?? ''] as const,
  )
  assert.deepEqual(
    blocks.map(([kind]) => kind),
    ['json', 'json', 'squirrel'],
  )
  const [script, json, squirrel] = blocks.map(([, text]) => text) as [string, string, string]
  assert.equal(checkedScript(JSON.parse(script)).models?.length, 4)
  assert.deepEqual(
    log(`${i2c}server.log(get("\\x0F") + " " + get("\\x28", 2) + " " + get("\\x30") + " " + get("\\x30"))`, [
      { bus: 'i2c89', address: '40', use: 'own.json', source: json },
    ]),
    ['33 5801 01 02'],
  )
  assert.deepEqual(
    log(
      `${i2c}bus.write(0x40, "\\x07"); server.log(get("\\x00") + " " + get("\\x00"))`,
      programmed(squirrel),
    ),
    ['07 08'],
  )
})
