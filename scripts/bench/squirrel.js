// Squirrel: six programs against the same ones written in JavaScript, and the cost of virtual devices.
import { compare, median, row } from './measure.js'

export const title = 'Squirrel'

export async function* rows() {
  const { programs } = await import('../../test/squirrel/language/programs.ts')
  const { compile } = await import('../../src/squirrel/language/compile.ts')
  const { Vm } = await import('../../src/squirrel/language/vm.ts')
  const { Profiler } = await import('../../src/squirrel/measure/profiler.ts')
  const ratios = []
  const counting = []
  const profiling = []
  for (const { name, squirrel, javascript } of programs) {
    const run = programOf(name, squirrel, 'plain')
    const counted = programOf(name, squirrel, 'coverage')
    const profiled = programOf(name, squirrel, 'profile')
    const { ours, plain, covered, measured } = await compare(
      { plain: () => void javascript(), ours: run, covered: counted, measured: profiled },
      5,
    )
    ratios.push(ours / plain)
    counting.push(covered / ours)
    yield row(`  ${name} / JavaScript`, ours / plain, Infinity)
    yield row(`  ${name} with coverage / without`, covered / ours, Infinity)
    profiling.push(measured / ours)
    yield row(`  ${name} with a profile / without`, measured / ours, Infinity)
  }
  yield row('geometric mean of the six programs / JavaScript', meanOf(ratios), 2.2)
  yield row('geometric mean of the six programs with coverage / without', meanOf(counting), 1.5)
  yield row('geometric mean of the six programs with a profile / without', meanOf(profiling), 2)
  yield* devices()

  function programOf(name, source, variant) {
    const compiled = compile(source, name, new Map(), variant)
    if (!compiled.ok) throw new Error(`${name} does not compile`)
    const profiler = new Profiler()
    const instrument = (unit) =>
      variant === 'profile'
        ? profiler.instrument({ kind: 'device' }, unit)
        : { c: new Float64Array(new SharedArrayBuffer(8 * unit.points.length)) }
    const vm = new Vm({ ticks: Number.MAX_SAFE_INTEGER, instrument })
    const program = vm.run(compiled.unit)
    return () => void vm.call(program, vm.root)
  }
}

function meanOf(ratios) {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length)
}

/** Worlds in worker threads: how soon a fresh one runs, how fast virtual time passes, what idle ones weigh. */
async function* devices() {
  const { createFleet } = await import('../../src/squirrel/fleet.ts')
  const { soloDevice, soloProgram } = await import('../../src/squirrel/check.ts')
  const waiting = new Map()
  const fleet = createFleet(
    {
      log: (id, _ts, _type, text) => waiting.get(`${id} ${text}`)?.(),
      idle: (id) => waiting.get(`${id} idle`)?.(),
    },
    { time: { kind: 'fast', ahead: 1000 }, limits: { keepAlive: true } },
  )
  const until = (id, what) => new Promise((resolve) => waiting.set(`${id} ${what}`, resolve))
  const boot = async (id, deviceCode, what) => {
    const done = until(id, what)
    const begin = performance.now()
    fleet.boot(
      { ...soloDevice, id, agentId: `agent${id}` },
      soloProgram({ deviceCode, agentCode: 'server.log("agent")' }),
    )
    await done
    return performance.now() - begin
  }
  await boot('first', 'server.log("up")', 'up')
  const fresh = []
  for (let i = 0; i < 30; i++) fresh.push(await boot(`fresh${i}`, 'server.log("up")', 'up'))
  yield row('a fresh device with its agent, after the first: median', median(fresh), 10, 'ms')

  const timers =
    'local n = 0\nfunction tick() { n++; if (n == 1000) server.log("end"); imp.wakeup(1, tick) }\ntick()'
  const passed = []
  for (let i = 0; i < 5; i++) passed.push(await boot(`timer${i}`, timers, 'end'))
  yield row('1,000 virtual seconds of a timer-driven program: median', median(passed), 100, 'ms')

  const idle =
    'local state = { readings = [1, 2, 3], name = "idle" }\nagent.on("ping", function(v) { server.log("pong " + v) })\nserver.log("up")'
  await Promise.all(Array.from({ length: 960 }, (_, i) => boot(`idle${i}`, idle, 'up')))
  yield row('1,000 devices in this process: resident memory', process.memoryUsage.rss() / 2 ** 20, 1024, 'MB')
  await fleet.close()
}
