import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jsonDecode, jsonEncode } from '../../src/squirrel/api/json.ts'
import { Vm } from '../../src/squirrel/language/vm.ts'
import { SqFunction } from '../../src/squirrel/language/values/values.ts'
import { utf8Decode, utf8Encode } from '../../src/squirrel/utf8.ts'
import { Bench, agentLog } from './running.ts'
import { fc } from '../properties.ts'

test('a request to the agent reaches its handler, and the handler answers', () => {
  const agent = `
    http.onrequest(function(request, response) {
      response.header("X-Kind", "lamp")
      response.send(201, request.method + " " + request.path + " " + request.query.on + " " + request.headers["content-type"] + " " + request.body)
    })`
  const answer = new Bench({ agent }).request({
    method: 'post',
    path: '/lamp',
    query: { on: '1' },
    headers: { 'Content-Type': 'text/plain' },
    body: 'x',
  })
  assert.deepEqual(answer, { status: 201, headers: { 'x-kind': 'lamp' }, body: 'POST /lamp 1 text/plain x' })
})

test('without a handler, after an error and without an answer the platform answers itself', () => {
  assert.equal(new Bench({ agent: '' }).request({})?.status, 404)
  assert.equal(new Bench({ agent: 'http.onrequest(@(q, r) nothing)' }).request({})?.status, 500)
  const silent = new Bench({ agent: 'http.onrequest(@(q, r) null)', seconds: 100 })
  assert.equal(silent.request({})?.status, 504)
})

test('a late answer is fine, a second one is an error', () => {
  const agent = `
    http.onrequest(function(q, r) { imp.wakeup(5, function() { r.send(200, "late"); try { r.send(200, "again") } catch (e) { server.log(e) } }) })`
  const bench = new Bench({ agent })
  assert.equal(bench.request({})?.body, 'late')
  assert.deepEqual(bench.texts('agent.log'), ['Response already sent'])
})

test('a request to its own URL loops back', () => {
  const agent = `
    http.onrequest(@(q, r) r.send(200, q.path + "?" + q.query.a + " " + q.body))
    http.post(http.agenturl() + "/x/y?a=b%20c", {}, "body").sendasync(@(response) server.log(response.statuscode + " " + response.body))`
  assert.deepEqual(agentLog(agent), ['200 /x/y?b c body'])
})

test('an agent that waits for its own answer times out', () => {
  const agent =
    'http.onrequest(@(q, r) r.send(200, "")); server.log(http.get(http.agenturl()).sendsync().statuscode)'
  assert.deepEqual(agentLog(agent, { seconds: 1000 }), ['28'])
})

test('mocks answer requests to other hosts, now or later', () => {
  const mocks = [
    {
      method: 'GET',
      url: 'https://api.example.com/time',
      body: '{"t": 5}',
      headers: { 'Content-Type': 'application/json' },
    },
    { url: 'https://api.example.com/*', status: 418, delay: 2 },
  ]
  const agent = `
    local r = http.get("https://api.example.com/time").sendsync()
    server.log(r.statuscode + " " + http.jsondecode(r.body).t + " " + r.headers["content-type"])
    local before = time()
    http.put("https://api.example.com/other", {}, "").sendasync(@(r) server.log(r.statuscode + " " + (time() - before)))`
  assert.deepEqual(agentLog(agent, { mocks }), ['200 5 application/json', '418 2'])
})

test('a host that nobody allowed is refused with the reason', () => {
  const agent = 'http.get("http://192.0.2.1/").sendasync(@(r) server.log(r.statuscode + " " + r.body))'
  assert.deepEqual(agentLog(agent), [
    '7 request to http://192.0.2.1/ refused: no mock answers it and its host is not allowed',
  ])
})

test('an allowed host is asked through the host, and virtual time waits for the answer', () => {
  const asked: string[] = []
  const bench = new Bench({
    allow: ['example.com'],
    agent:
      'http.get("http://example.com/a").sendasync(@(r) server.log(r.statuscode + r.body)); imp.wakeup(5, @() server.log("later"))',
    fetch: (request, done) => {
      asked.push(request.url)
      setImmediate(() => done({ status: 200, headers: {}, body: 'ok' }))
    },
  })
  assert.deepEqual(asked, ['http://example.com/a'])
  assert.deepEqual(bench.texts('agent.log'), [])
})

test('an allowed name does not allow names that contain it', () => {
  const agent =
    'http.get("http://example.com.evil.test/").sendasync(@(r) server.log(r.statuscode)); http.get("http://example.com@evil.test/").sendasync(@(r) server.log(r.statuscode))'
  assert.deepEqual(agentLog(agent, { allow: ['example.com'] }), ['7', '7'])
})

test('a cancelled request never calls back', () => {
  const agent =
    'local r = http.get(http.agenturl()); r.sendasync(@(x) server.log("no")); r.cancel(); imp.wakeup(1, @() server.log("end"))'
  assert.deepEqual(agentLog(agent), ['end'])
})

test('JSON keeps the order of tables, with blanks or compact', () => {
  const agent = `
    server.log(http.jsonencode({a = 1, b = [1.5, true, null], c = {}, d = "q\\"\\n\\xc3\\xa9"}))
    server.log(http.jsonencode({a = 1, b = [1.5, true, null]}, {compact = true}))
    local t = http.jsondecode("{\\"x\\": [1, -2.5e1, \\"\\\\u00e9\\\\/\\"], \\"y\\": 4000000000}")
    server.log(t.x[0] + " " + t.x[1] + " " + typeof t.x[1] + " " + t.x[2] + " " + typeof t.y)
    try { http.jsondecode("{bad}") } catch (e) { server.log(e) }`
  assert.deepEqual(agentLog(agent), [
    '{ "a": 1, "c": {  }, "b": [ 1.5, true, null ], "d": "q\\"\\né" }',
    '{"a":1,"b":[1.5,true,null]}',
    '1 -25 float é/ float',
    "http.jsondecode: unexpected 'b' at position 1",
  ])
})

test('any JSON text that JavaScript writes is read, and written back with the same meaning', () => {
  const inside = (act: () => string): string => {
    const vm = new Vm()
    return vm.call(new SqFunction(act, null, 'test'), vm.root) as string
  }
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value), rounded) as unknown)
  fc.assert(
    fc.property(json, (value) => {
      const written = inside(() => jsonEncode(jsonDecode(utf8Encode(JSON.stringify(value))), true))
      assert.deepEqual(JSON.parse(utf8Decode(written), rounded), value)
    }),
    { numRuns: 300 },
  )
})

test('damaged JSON raises an error of the code and nothing else', () => {
  const agent = `
    local texts = ["", "{", "[1,", "\\"abc", "nul", "[1 2]", "{\\"a\\" 1}", "01", "\\"\\\\", "[1,]", "--1", "1.", "\\x00"]
    foreach (text in texts) try { http.jsondecode(text); server.log("read: " + text) } catch (e) { if (typeof e != "string") server.log("odd") }
    server.log("end")`
  assert.deepEqual(agentLog(agent), ['end'])
})

test('URL encoding, base64 and hashes give the published results', () => {
  const agent = `
    function hex(b) { local s = ""; foreach (x in b) s += format("%02x", x); return s }
    server.log(http.urlencode({q = "a b&c=d/é"}))
    local t = http.urldecode("a=1&b=x%20y+z&a=2&c"); server.log(t.a[1] + t.b + "|" + t.c)
    server.log(http.base64encode("hello")); server.log(http.base64decode("aGVsbG8=").tostring())
    local b = blob(); b.writestring("abc"); server.log(http.base64encode(b))
    server.log(hex(http.hash.md5("abc"))); server.log(hex(http.hash.sha1("abc"))); server.log(hex(http.hash.hmacsha256("data", "key")))
    server.log(crypto.equals("abc", b) + " " + crypto.equals("abc", "abd"))`
  assert.deepEqual(agentLog(agent), [
    'q=a%20b%26c%3Dd%2F%C3%A9',
    '2x y z|',
    'aGVsbG8=',
    'hello',
    'YWJj',
    '900150983cd24fb0d6963f7d28e17f72',
    'a9993e364706816aba3e25717850c26c9cd0d89d',
    '5031fe3d989c6d1537a013fa6e739da23463fdaec3b70137d828e36ace221bd0',
    'true false',
  ])
})

test('what the agent saves is there after its next start', () => {
  const state = {}
  agentLog('server.save({count = 3, list = [1.5, "x"]})', { state })
  const kept = JSON.parse(JSON.stringify(state)) as object
  assert.deepEqual(
    agentLog('local t = server.load(); server.log(t.count + " " + t.list[0] + " " + t.list[1])', {
      state: kept,
    }),
    ['3 1.5 x'],
  )
})

test('regexp2 knows the syntax of RE2 within its limits', () => {
  const agent = `
    local r = regexp2(@"(?i)^(?P<word>[[:alpha:]]+)-(\\d{2,3}?)\\x21")
    local c = r.capture("Abc-123! x"); server.log(c == null)
    c = regexp2(@"([a-z]+)-(\\d+)").capture("  ab-42"); server.log(c[0].begin + " " + c[2].begin + " " + c[2].end)
    try { regexp2("(?=x)") } catch (e) { server.log(e) }
    try { regexp2(@"(a)\\1") } catch (e) { server.log(e) }
    local long = ""; for (local i = 0; i < 257; i++) long += "a"
    try { regexp2(long) } catch (e) { server.log(e) }
    try { for (local i = 0; i < 20; i++) regexp2("a" + i) } catch (e) { server.log(e) }`
  assert.deepEqual(agentLog(agent), [
    'false',
    '2 5 7',
    'regexp2: this kind of group is not available',
    'regexp2: \\1 is not available',
    'regexp2: the pattern is longer than 256 characters',
    'regexp2: more than 10 objects',
  ])
})

function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number') return value
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31
    ? value === 0
      ? 0
      : value
    : Math.fround(value).toPrecision(5)
}

test('a JSON text may hold a text of megabytes', () => {
  const code = `
    local s = "a"; for (local i = 0; i < 23; i++) s += s
    server.log(http.jsondecode("[\\"" + s + "\\", \\"x\\\\\\"" + s.slice(0, 9) + "\\\\n\\"]").map(@(v) v.len())[0])
    local n = "\\\\n"; for (local i = 0; i < 22; i++) n += n
    server.log(http.jsondecode("\\"" + n + "\\"").len())
    try { http.jsondecode("\\"" + s) } catch (e) { server.log(e) }`
  assert.deepEqual(agentLog(code), ['8388608', '4194304', "http.jsondecode: unexpected '\"' at position 0"])
})
