import assert from 'node:assert/strict'
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { checkProgram } from '../../src/squirrel/check.ts'
import { impUnitSource } from '../../src/squirrel/libraries/bundled.ts'
import { agentLog, deviceLog } from './running.ts'

const folder = mkdtempSync(join(tmpdir(), 'impt-libraries-'))
after(() => rmSync(folder, { recursive: true }))

const promises = (code: string) => agentLog(`#require "Promise.lib.nut:4.0.0"\n${code}`, { seconds: 100 })
const json = (code: string) => agentLog(`#require "JSONEncoder.class.nut:2.0.0"\n${code}`)

test('handlers of a promise run later, in order, and pass values on', () => {
  const code = `
    local p = Promise(function(resolve, reject) { server.log("action"); resolve(1) })
    p.then(function(v) { server.log("first " + v); return v + 1 }).then(@(v) server.log("then " + v))
    p.then(@(v) server.log("second " + v))
    server.log("end")`
  assert.deepEqual(promises(code), ['action', 'end', 'first 1', 'second 1', 'then 2'])
})

test('only the first outcome counts, and what is thrown rejects', () => {
  const code = `
    Promise(function(resolve, reject) { resolve("a"); reject("b"); throw "c" }).then(server.log, @(e) server.log("no " + e))
    Promise(function(resolve, reject) { throw "thrown" }).fail(@(e) server.log(e))
    Promise.resolve(1).then(function(v) { throw "in handler" }).then(@(v) server.log("skipped")).fail(function(e) { server.log(e); return "healed" }).then(server.log)`
  assert.deepEqual(promises(code), ['a', 'thrown', 'in handler', 'healed'])
})

test('a promise that is resolved with a promise follows it', () => {
  const code = `
    local later = @(v) Promise(function(resolve, reject) { imp.wakeup(1, @() resolve(v)) })
    Promise(function(resolve, reject) { resolve(later("deep")) }).then(server.log)
    Promise.resolve(1).then(@(v) later("returned")).then(server.log)
    Promise.resolve(1).then(@(v) Promise.reject("refused")).fail(server.log)
    Promise.resolve({then = function(ok, no) { ok("thenable") }}).then(server.log)`
  assert.deepEqual(promises(code).sort(), ['deep', 'refused', 'returned', 'thenable'])
})

test('finally runs for both outcomes with the value or the reason', () => {
  const code =
    'Promise.resolve(1).finally(@(v) server.log("a" + v)); Promise.reject(2).finally(@(v) server.log("b" + v))'
  assert.deepEqual(promises(code), ['a1', 'b2'])
})

test('all, race, serial and loop combine promises', () => {
  const code = `
    local after = @(s, v) @() Promise(function(resolve, reject) { imp.wakeup(s, @() v == "bad" ? reject(v) : resolve(v)) })
    Promise.all([after(2, "x"), after(1, "y"), "z"]).then(@(v) server.log("all " + v[0] + v[1] + v[2]))
    Promise.all([after(2, "x"), after(1, "bad")]).fail(@(e) server.log("all " + e))
    Promise.all([]).then(@(v) server.log("none " + v.len()))
    Promise.race([after(2, "slow"), after(1, "fast")]).then(@(v) server.log("race " + v))
    local started = time()
    Promise.serial([after(3, "p"), after(4, "q")]).then(@(v) server.log("serial " + v + " " + (time() - started)))
    Promise.serial([after(1, "bad"), @() server.log("never")]).fail(@(e) server.log("serial " + e))
    local n = 0
    Promise.loop(@() n++ < 3, after(1, "round")).then(@(v) server.log("loop " + v + " " + n))`
  assert.deepEqual(promises(code).sort(), [
    'all bad',
    'all xyz',
    'loop round 4',
    'none 0',
    'race fast',
    'serial bad',
    'serial q 7',
  ])
})

test('a rejection that nobody asked for is in the log', () => {
  const [line] = promises('Promise.reject("lost")')
  assert.equal(line, '[agent.error] Unhandled promise rejection: lost')
})

test('the encoder keeps the order of tables and knows the hooks of instances', () => {
  const code = `
    class Plain { a = 1; b = "x"; function f() {} }
    class Hooked { function _serialize() { return [1, 2] } }
    class Raw { function _serializeRaw() { return "123.456" } }
    server.log(JSONEncoder.encode({a = 1, b = [1.5, true, null, "q\\"\\\\/\\n\\x01"], c = {}, d = Plain(), e = Hooked(), f = Raw()}))
    local b = blob(); b.writestring("ab"); server.log(JSONEncoder.encode({blob = b, text = "\\xc3\\xa9\\xe2\\x82\\xac"}))
    local t = {}; t.self <- t; try { JSONEncoder.encode(t) } catch (e) { server.log(e) }`
  const [first, second, third] = json(code)
  assert.deepEqual(JSON.parse(first ?? ''), {
    a: 1,
    b: [1.5, true, null, 'q"\\/\n\x01'],
    c: {},
    d: { a: 1, b: 'x' },
    e: [1, 2],
    f: 123.456,
  })
  assert.equal(second, '{"text":"é€","blob":"ab"}')
  assert.equal(third, 'Possible circular reference')
})

const session = (cases: string, settings = '') => `${impUnitSource}
function __module_tests(ImpTestCase) {
${cases}
}
function __module_tests_bootstrap(ImpUnitRunner) {
  imp.wakeup(2, function() {
    local runner = ImpUnitRunner()
    runner.readableOutput = false; runner.session = "red-fox"; runner.timeout = 3; runner.stopOnFailure = false
    ${settings}
    runner.run()
  })
}
__module_tests(__module_impUnit_exports.ImpTestCase)
__module_tests_bootstrap(__module_impUnit_exports.ImpUnitRunner)`

type Message = { type: string; session: string; message: unknown }

function messages(cases: string, settings = ''): string[] {
  const lines = deviceLog(session(cases, settings), { seconds: 100 })
  for (const line of lines)
    assert.match(line, /^\{"type":"\w+","__IMPUNIT__":1,"session":"red-fox",(?:"place":"[^"]*",)?"message":/)
  return lines.map((line) => {
    const { type, message } = JSON.parse(line) as Message
    return `${type} ${typeof message === 'string' ? message : JSON.stringify(message)}`
  })
}

test('a session tells what the command line tool expects, in its order', () => {
  const cases = `
    class Lamp extends ImpTestCase {
      function tearDown() {}
      function testB() { info("note"); runCommand("ls"); return "fine" }
      function testA() { assertEqual(1, 1); assertTrue(true) }
      function setUp() {}
      function helper() {}
    }
    class Other {}`
  assert.deepEqual(messages(cases), [
    'SESSION_START ',
    'TEST_START Lamp::setUp()',
    'TEST_OK null',
    'TEST_START Lamp::testA()',
    'TEST_OK null',
    'TEST_START Lamp::testB()',
    'INFO {"message":"note"}',
    'EXTERNAL_COMMAND {"command":"ls"}',
    'TEST_OK fine',
    'TEST_START Lamp::tearDown()',
    'TEST_OK null',
    'SESSION_RESULT {"assertions":2,"failures":0,"tests":2}',
  ])
})

test('failures have the documented texts', () => {
  const failing: [string, string][] = [
    ['assertTrue(false)', 'Failed to assert that condition is true'],
    ['assertEqual(1, 2)', 'Expected value: 1, got: 2'],
    ['assertEqual(null, "x")', 'Expected value: null, got: x'],
    ['assertGreater(1, 2)', 'Failed to assert that 1 > 2'],
    ['assertLess(2, 1)', 'Failed to assert that 2 < 1'],
    ['assertClose(1, 2.5, 0.5)', 'Expected value: 1±0.5, got: 2.5'],
    ['assertBetween(5, 1, 3)', 'Expected value the range of 1..3, got 5'],
    [
      'assertDeepEqual({a = [1, {b = 2}]}, {a = [1, {b = 3}]})',
      "Comparison failed on 'a.1.b': expected 2, got 3",
    ],
    ['assertThrowsError(@() 1, this)', 'Function was expected to throw an error'],
    ['assertEqual(1, 2, "own words")', 'own words'],
    ['return Promise(@(ok, no) null)', 'Test timed out after 3s'],
    ['return Promise.reject("refused")', 'refused'],
    ['imp.sleep(5)', 'Test took 5s, longer than timeout of 3s'],
    ['nothing()', "the index 'nothing' does not exist"],
  ]
  const methods = failing.map(([code], at) => `function test${String.fromCharCode(65 + at)}() { ${code} }`)
  const told = messages(`class Failing extends ImpTestCase { ${methods.join('\n')} }`)
  assert.deepEqual(
    told.filter((line) => line.startsWith('TEST_FAIL')),
    failing.map(([, text]) => `TEST_FAIL ${text}`),
  )
  assert.match(told.at(-1) ?? '', /"failures":14,"tests":14/)
})

test('assertions that hold say nothing, and count', () => {
  const cases = `class Good extends ImpTestCase { function test() {
    assertDeepEqual({a = [1, null, blob(2)]}, {a = [1, null, blob(2)]}); assertClose(1, 1.5, 0.5); assertBetween(2, 3, 1)
    assertEqual("boo", assertThrowsError(function(a, b) { throw a + b }, this, ["b", "oo"])); assertGreater(2, 1); assertLess(1, 2) } }`
  assert.match(messages(cases).at(-1) ?? '', /"assertions":7,"failures":0,"tests":1/)
})

test('the first failure ends the session when asked to', () => {
  const cases = 'class C extends ImpTestCase { function testA() { assertTrue(false) } function testB() {} }'
  const told = messages(cases, 'runner.stopOnFailure = true')
  assert.equal(told.at(-1), 'SESSION_RESULT {"assertions":1,"failures":1,"tests":1}')
})

test('one case and one method can be chosen', () => {
  const cases = `
    class A extends ImpTestCase { function testX() {} function testX_1() {} }
    class B extends ImpTestCase { function testX() {} }`
  const told = messages(cases, 'runner.testClass = "A"; runner.testCase = "testX"')
  assert.deepEqual(
    told.filter((line) => line.startsWith('TEST_START')),
    ['TEST_START A::testX()'],
  )
})

test('the framework runs on the agent as well', () => {
  const lines = agentLog(session('class A extends ImpTestCase { function test() { assertTrue(true) } }'))
  assert.match(lines.at(-1) ?? '', /"assertions":1,"failures":0,"tests":1/)
})

test('libraries of a folder come before the bundled ones, with their version in a folder of its own', () => {
  mkdirSync(join(folder, '1.2.0'))
  writeFileSync(join(folder, 'Shop.lib.nut'), 'Shop <- "any"')
  writeFileSync(
    join(folder, '1.2.0', 'Shop.lib.nut'),
    '#require "Base.class.nut:1.0.0"\nconst SHOP_LIMIT = 5\nShop <- "1.2.0 on " + Base',
  )
  writeFileSync(join(folder, 'Base.class.nut'), 'Base <- "base"')
  const libraries = [folder]
  assert.deepEqual(deviceLog('#require "Shop.lib.nut:1.2.0"\nserver.log(Shop + SHOP_LIMIT)', { libraries }), [
    '1.2.0 on base5',
  ])
  assert.deepEqual(deviceLog('#require "Shop.lib.nut:3.0.0"\nserver.log(Shop)', { libraries }), ['any'])
})

test('an unknown library is a compile error at its line', () => {
  const [error] = checkProgram('local a = 1\n  #require "Shop.lib.nut:1.0.0"\n', 'device_code')
  assert.deepEqual([error?.row, error?.column, error?.file], [2, 3, 'device_code'])
  assert.match(error?.text ?? '', /^library "Shop\.lib\.nut:1\.0\.0" is not available offline; put its file/)
})

test('names of libraries cannot leave their folder', () => {
  writeFileSync(join(folder, 'secret.nut'), 'Secret <- 1')
  mkdirSync(join(folder, 'inner'))
  const libraries = [join(folder, 'inner')]
  for (const name of ['../secret.nut', '..', './../secret', '/etc/passwd', 'constructor', '__proto__']) {
    assert.equal(checkProgram(`#require "${name}:1.0.0"`, 'device_code', { libraries }).length, 1, name)
  }
})

test('directives in comments and texts are none', () => {
  const source =
    '/*\n#require "No.lib.nut:1.0.0"\n*/\nlocal a = @"\n#require ""No.lib.nut"""\n// #require "No.lib.nut:1.0.0"\n'
  assert.deepEqual(checkProgram(source, 'device_code'), [])
})

test('errors keep the line of the program behind libraries', () => {
  const [error] = checkProgram('#require "Promise.lib.nut:4.0.0"\n\nlocal = 1\n', 'agent_code')
  assert.deepEqual([error?.file, error?.row], ['agent_code', 3])
  const lines = agentLog('#require "Promise.lib.nut:4.0.0"\n\nfoo()')
  assert.equal(lines.at(-1), '[agent.error] ERROR:   at main:agent_code:3')
})

test('names of libraries are written in any case, and a byte order mark in front of a library changes nothing', () => {
  assert.deepEqual(
    agentLog(
      '#require "promise.LIB.nut:4.0.0"\n#require "Promise.lib.nut:4.0.0"\nserver.log(typeof Promise)',
    ),
    ['class'],
  )
  const marked = join(folder, 'marked')
  mkdirSync(marked)
  writeFileSync(join(marked, 'Marked.lib.nut'), '\uFEFFMarked <- 1')
  assert.deepEqual(
    deviceLog('\uFEFF#require "Marked.lib.nut:1.0.0"\nserver.log(Marked)', { libraries: [marked] }),
    ['1'],
  )
})

test('the errors of the rest come in the same answer as a missing library', () => {
  assert.deepEqual(
    checkProgram('#require "No.lib.nut:1.0.0"\nlocal a = 1\nlocal = 2\n', 'device_code').map(
      ({ row, text }) => [row, text.split(';')[0]],
    ),
    [
      [1, 'library "No.lib.nut:1.0.0" is not available offline'],
      [3, "expected 'IDENTIFIER'"],
    ],
  )
})

test('libraries are found wherever they lie in a folder, by the version of their folder or their text', () => {
  const mirror = join(folder, 'mirror')
  const put = (path: string, text: string) => {
    mkdirSync(join(mirror, path, '..'), { recursive: true })
    writeFileSync(join(mirror, path), text)
  }
  put('Lamp/Lamp.lib.nut', 'class Lamp { static VERSION = "2.0.1" }')
  put('Lamp-1.5.0/Lamp.class.nut', 'Lamp <- "folder 1.5.0"')
  put('Lamp/v1.4.0/src/lamp.device.lib.nut', 'Lamp <- "deep 1.4.0"')
  put('a/b/c/d/e/TooDeep.lib.nut', 'TooDeep <- 1')
  const libraries = [mirror]
  const lamp = (version: string) =>
    deviceLog(
      `#require "LAMP.lib.nut:${version}"\nserver.log(typeof Lamp == "class" ? Lamp.VERSION : Lamp)`,
      { libraries },
    )
  assert.deepEqual(lamp('2.0.1'), ['2.0.1'])
  assert.deepEqual(lamp('1.5.0'), ['folder 1.5.0'])
  assert.deepEqual(lamp('1.4.0'), ['deep 1.4.0'])
  const [error] = checkProgram('#require "Lamp.lib.nut:9.9.9"', 'device_code', { libraries })
  assert.equal(
    error?.text,
    'library "Lamp.lib.nut:9.9.9" is not available offline; the library folders have 1.4.0, 1.5.0, 2.0.1',
  )
  assert.equal(checkProgram('#require "TooDeep.lib.nut:1.0.0"', 'device_code', { libraries }).length, 1)
})
