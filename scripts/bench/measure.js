// Shared by the benchmarks: whole processes and functions, timed in turn with a yardstick so that a busy machine slows both.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../ready.js'

export const impt = join(root, 'dist/impt.cjs')

/** A home of its own, so that no benchmark sees the user's files. */
export const home = mkdtempSync(join(tmpdir(), 'impt-bench-'))
process.on('exit', () => rmSync(home, { recursive: true, force: true }))

// With more certificates named, Node reads all it has at each start: the yardstick would take three times as long.
const { NODE_EXTRA_CA_CERTS: _certificates, ...inherited } = process.env

export const quiet = {
  ...inherited,
  HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  XDG_CACHE_HOME: join(home, 'cache'),
  NO_COLOR: '1',
}

/** One run of a program: milliseconds and its output. Throws when it does not end with `code`. */
export function runOnce(args, { env = quiet, cwd = home, code = 0, input } = {}) {
  const begin = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env,
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  })
  const ms = performance.now() - begin
  if (status !== code)
    throw new Error(
      `${args.join(' ').slice(0, 200)} ended with ${status}: ${stderr.slice(-500)}${stdout.slice(-300)}`,
    )
  return { ms, stdout }
}

/** Median times of several things, run in turn: `{name: ms}`. Each thing is a function that runs once and may give its own time in ms. */
export async function compare(things, rounds = 11) {
  const times = Object.fromEntries(Object.keys(things).map((name) => [name, []]))
  for (let round = -1; round < rounds; round++) {
    for (const [name, run] of Object.entries(things)) {
      const begin = performance.now()
      const own = await run()
      const ms = typeof own === 'number' ? own : performance.now() - begin
      // The first round only warms up.
      if (round >= 0) times[name].push(ms)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]))
}

/**
 * How many times as long each thing takes as its yardstick: `{name: ratio}`, the median over the rounds of what two neighbours took. Each round
 * runs in the other direction than the one before, so that what else the machine does hits both alike. Things are as those of `compare`.
 */
export async function ratios(things, yardsticks, rounds = 5) {
  const names = Object.keys(things)
  const found = Object.fromEntries(Object.keys(yardsticks).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const times = {}
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const begin = performance.now()
      const own = await things[name]()
      times[name] = typeof own === 'number' ? own : performance.now() - begin
    }
    for (const [name, yardstick] of Object.entries(yardsticks))
      found[name].push(times[name] / times[yardstick])
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, median(all)]))
}

/** A sandbox of its own in another process. */
export async function serveSandbox(...options) {
  const dir = mkdtempSync(join(tmpdir(), 'impt-bench-sandbox-'))
  const child = spawn(process.execPath, [impt, 'sandbox', 'serve', '--dir', dir, ...options], {
    env: quiet,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  const { url } = JSON.parse(value)
  return {
    url,
    env: { ...quiet, IMPT_LOGINKEY: 'de30de30de30de30', IMPT_ENDPOINT: url },
    async close() {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Logs in to a folder, so that a one-shot there needs no login of its own. */
export function logIn(url) {
  const cwd = mkdtempSync(join(home, 'login-'))
  runOnce(
    [
      impt,
      'auth',
      'login',
      '--local',
      '--endpoint',
      url,
      '--user',
      'demo',
      '--pwd',
      'demo-password',
      '--confirmed',
    ],
    { cwd },
  )
  return cwd
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** A row of the table: what was measured, how, the goal, and whether it was met. */
export function row(what, value, goal, unit = 'x') {
  return { what, value, goal, unit, met: value <= goal }
}

/** A token of the demo account of a sandbox. */
export async function tokenOf(url) {
  const response = await fetch(`${url}/auth`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'demo', password: 'demo-password' }),
  })
  return (await response.json()).access_token
}

/** Options of Node that make a process write what it took into a file when it ends. */
export function telling(file) {
  const text = `process.on('exit',()=>require('node:fs').writeFileSync(${JSON.stringify(file)},JSON.stringify(process.resourceUsage())))`
  const path = join(home, `telling-${file.replace(/\W/g, '_').slice(-80)}.cjs`)
  writeFileSync(path, text)
  return ['--require', path]
}

export function usageIn(file) {
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(file, 'utf8'))
  return { ms: (userCPUTime + systemCPUTime) / 1000, mb: maxRSS / 1024 }
}

/** CPU time and peak memory of one run. */
export async function spent(args, cwd) {
  const file = join(home, 'usage')
  const words = args.length === 0 ? ['-e', '0'] : args
  await new Promise((resolve, reject) =>
    spawn(process.execPath, [...telling(file), ...words], { cwd, env: quiet, stdio: 'ignore' }).once(
      'close',
      (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${code}`))),
    ),
  )
  return usageIn(file)
}

export function over(used, floor) {
  return { ms: used.ms - floor.ms, mb: used.mb - floor.mb }
}
