/** Programs that never end, or take everything, and how each must end: the message of the failure. */

/** The end of what only takes time. */
export const ticks = /took more than 2,000,000 ticks$/

/** The end of what does much at each tick that it pays for: 200 of its rounds are as good as ten thousand. */
export const work = /took more than 400,000 ticks$/

/** Ticks of a callback of a program that ends so: what may take memory as well needs more of them to get there. */
export function ticksFor(end: RegExp): number {
  if (end === work) return 400_000
  return end === ticks ? 2_000_000 : 8_000_000
}

const memory = /MB: out of memory$/
export const overflow = /^stack overflow$/
const either = /ticks$|MB: out of memory$/

type Hostile = readonly [name: string, source: string, end: RegExp, side?: 'agent']

/** Loops, wherever they hide. */
const loops: readonly Hostile[] = [
  ['for without end', 'for (;;) {}', ticks],
  ['do without end', 'do { } while (true)', ticks],
  ['a loop that continues', 'while (true) { continue }', ticks],
  ['a loop that catches itself', 'while (true) try { while (true) {} } catch (e) {}', ticks],
  [
    'a switch in a loop',
    'local i = 0; while (true) switch (i++ & 3) { case 0: break; default: continue }',
    ticks,
  ],
  ['a list that grows while it is walked', 'local a = [1]; foreach (x in a) a.push(x)', either],
  [
    'a generator that resumes for ever',
    'function g() { while (true) yield 1 } local x = g(); while (true) resume x',
    ticks,
  ],
  [
    'an iterator of its own',
    'class A { function _nexti(i) { return 1 } function _get(i) { return i } } foreach (x in A()) {}',
    ticks,
  ],
  ['a comparison', 'class A { function _cmp(o) { while (true) {} } } A() < A()', ticks],
  ['a text of itself', 'class A { function _tostring() { while (true) {} } } server.log(A())', ticks],
  ['a comparator that never returns', '[3, 1, 2].sort(function(a, b) { while (true) {} })', ticks],
  ['a filter that never returns', '[1].filter(function(i, v) { while (true) {} })', ticks],
  ['a handler of errors', 'imp.onunhandledexception(function(e) { while (true) {} }); throw 1', ticks],
  ['an idle handler', 'imp.onidle(function() { while (true) {} })', ticks],
  ['a shutdown in a loop', 'while (true) server.onshutdown(null)', ticks],
  ['a loop of logs', 'while (true) server.log("x")', ticks],
  ['a loop of messages', 'while (true) agent.send("x", 1)', ticks],
  ['a loop of pins', 'while (true) hardware.pinA.configure(DIGITAL_IN)', ticks],
  [
    'a request handler of the agent',
    'device.on("x", function(v) { while (true) {} }); device.send("x", 1); imp.wakeup(1, function() { while (true) {} })',
    ticks,
    'agent',
  ],
  ['a loop of requests', 'while (true) http.get("http://x/").sendasync(@(r) null)', either, 'agent'],
  [
    'a loop of MQTT messages',
    'local c = mqtt.createclient(); c.onconnect(function(code) { while (true) c.createmessage("a", "b").sendasync() }); c.connect("tcp://x", "x")',
    either,
    'agent',
  ],
]

/** Calls of calls. */
const recursions: readonly Hostile[] = [
  ['two functions', 'function a() { return b() + 1 } function b() { return a() + 1 } a()', overflow],
  ['a constructor', 'class A { constructor() { A() } } A()', overflow],
  ['a missing slot', 'class A { function _get(k) { return this[k] } } A().x', overflow],
  ['a call of itself', 'function f() { f.call(this) } f()', overflow],
  ['a bound function', 'local f = null; f = function() { f() }.bindenv(this); f()', overflow],
  ['a map in a map', 'function f(v) { return [v].map(f) } f(1)', overflow],
  ['a sort in a sort', 'function f(a, b) { [1, 2].sort(f); return 0 } [1, 2].sort(f)', overflow],
  ['an addition', 'class A { function _add(o) { return this + o } } A() + A()', overflow],
  ['a default', 'function f(x) { return (@(y) f(y) + 1)(x) } f(1)', overflow],
  ['a clone', 'class A { function _cloned(o) { clone this } } clone A()', overflow],
]

/** Memory by the gigabyte. */
const bombs: readonly Hostile[] = [
  ['a table of numbers', 'local t = {}; local i = 0; while (true) t[i++] <- i', memory],
  ['a table of texts', 'local t = {}; local i = 0; while (true) t["key" + i++] <- i', either],
  [
    'a list that extends itself',
    'local a = [1, 2]; while (true) a.extend(a)',
    /out of memory$|too (?:large|many)|size/,
  ],
  ['a huge array', 'array(500000000)', either],
  ['a huge blob', 'blob(1000000000)', /out of memory$|too large|size/],
  ['blobs', 'local a = []; while (true) a.push(blob(100000))', memory],
  ['a wide format', 'format("%1000000000d", 1)', /out of memory$|too|format/],
  ['texts of base64', 'local s = "aaaaaaaa"; while (true) s = http.base64encode(s + s)', /out of memory$/],
  ['texts of JSON', 'local s = "\\x01"; while (true) s = http.jsonencode(s + s)', /out of memory$|ticks$/],
  ['classes', 'local a = []; while (true) a.push(class { x = [1, 2, 3] })', either],
  ['instances', 'class A { a = 1; b = 2; c = 3 } local l = []; while (true) l.push(A())', either],
  [
    'generators that wait',
    'function g() { local x = array(100); yield x } local l = []; while (true) { local one = g(); resume one; l.push(one) }',
    either,
  ],
  ['a chain of tables', 'local t = null; while (true) t = {next = t, a = [1, 2, 3]}', either],
  ['delegates', 'local t = {}; while (true) t = {x = [0, 1, 2, 3]}.setdelegate(t)', either],
]

/** Natives that do much at once: they cost what they do, and give nothing beyond the limit. */
const long = (byte: string, name: string) =>
  `local ${name} = "${byte}"; for (local i = 0; i < 23; i++) ${name} += ${name}; `
const natives: readonly Hostile[] = [
  ['a split at everything', `${long('a', 's')}${long('b', 't')}while (true) split(s, t)`, either],
  ['blanks', `${long(' ', 's')}while (true) strip(s)`, work],
  ['an encoding of an encoding', `${long('%', 's')}while (true) s = http.urlencode({a = s})`, either],
  ['an encoding of many', `${long('%', 's')}while (true) http.urlencode({a = array(1000, s)})`, either],
  [
    'a search for what is nearly there',
    `${long('a', 's')}local h = s.slice(0, s.len() / 4); while (true) s.find(h + "b" + h)`,
    work,
  ],
  ['texts that are joined and looked at', `${long('a', 's')}while (true) (s + "x")[0]`, work],
  ['a decoding', `${long('%', 's')}while (true) http.urldecode(s)`, either],
  ['a comparison of texts', `${long('a', 's')}local a = s + "x", b = s + "x"; while (true) a == b`, either],
  ['an order of texts', `${long('a', 's')}local a = s + "x", b = s + "y"; while (true) a <=> b`, either],
  [
    'a sort of texts',
    `${long('a', 's')}local a = []; for (local i = 0; i < 1000; i++) a.push(s + "x"); while (true) a.sort()`,
    either,
  ],
]

export const hostile: readonly Hostile[] = [...loops, ...recursions, ...bombs, ...natives]
