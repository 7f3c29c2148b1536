// Accounts as folders: pull, plan and apply against the announced rate limit and a bare reader; the difference of large builds.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  compare,
  home,
  impt,
  logIn,
  over,
  ratios,
  row,
  runOnce,
  serveSandbox,
  spent,
  tokenOf,
} from './measure.js'

export const title = 'Accounts as folders'

const LIMIT = 40
const DEVICES = 10_000
const GROUPS = 50
const BUILDS = 500
/** Bytes of the largest page of such an account: a hundred builds with their code, or devices. */
const LARGEST_PAGE = 350_000
const FLEET = ['--fleet', `products=5,groups=${GROUPS},devices=${DEVICES}`]

export async function* rows() {
  yield* pulls()
  yield* applies()
  yield* release()
  yield* difference()
}

async function* pulls() {
  const open = await serveSandbox(...FLEET, '--latency', '20')
  const cwd = logIn(open.url)
  let requests
  try {
    const token = await tokenOf(open.url)
    await addBuilds(open.url, token)
    // Each pull has a folder of its own: ext4 passes over the numbers of files that were just deleted, and making one then takes a millisecond.
    let folders = 0
    const pull = () => runOnce([impt, 'pull', `backup${folders}`, '--builds', 'all'], { cwd }).ms
    // The requests that a pull makes, as its own traffic shows them.
    requests = runOnce([impt, 'pull', 'counted', '--builds', 'all', '-z', 'debug'], { cwd }).stdout.match(
      /^  "method": "GET"/gm,
    )?.length
    const fresh = () => {
      folders += 1
      return pull()
    }
    const bare = (...more) =>
      runOnce(['-e', [READER, ...more].join('\n'), open.url, token, mkdtempSync(join(home, 'bare-'))]).ms
    const found = await ratios(
      {
        bare,
        fresh,
        writes: () => bare(WRITER),
        again: pull,
        plan: () => runOnce([impt, 'plan', `backup${folders}`], { cwd }).ms,
        pull: fresh,
      },
      { fresh: 'bare', pull: 'writes', plan: 'fresh', again: 'fresh' },
    )
    yield row(
      'pull of 10,000 devices, 50 groups, 500 builds / bare reader of the same pages',
      found.fresh,
      1.2,
    )
    yield row('pull / bare reader that puts as many files on the disk', found.pull, 1.2)
    yield row('plan / pull', found.plan, 1.15)
    yield row('pull again, unchanged / pull', found.again, 1)
    const floor = await spent([], home)
    const { ms, mb } = over(await spent([impt, 'pull', 'backup', '--builds', 'all'], cwd), floor)
    yield row('CPU time of pull over that of node -e 0', ms, Infinity, 'ms')
    yield row('memory of pull over that of node -e 0', mb, 60 + (3 * LARGEST_PAGE) / 2 ** 20, 'MB')
    const { stdout } = runOnce([impt, 'pull', 'backup', '-z', 'json'], { cwd })
    const { Pulled: counts } = JSON.parse(stdout)
    yield row(
      'files written by a pull of an unchanged account',
      counts.change + counts.create + counts.delete,
      0,
      '',
    )
  } finally {
    await open.close()
  }

  const limited = await serveSandbox(...FLEET, '--rate-limit', String(LIMIT))
  let folders = 0
  try {
    const there = logIn(limited.url)
    const token = await tokenOf(limited.url)
    await addBuilds(limited.url, token)
    const found = await ratios(
      {
        paced: async () => {
          await rested()
          return paced(limited.url, token, requests, LIMIT)
        },
        pull: async () => {
          await rested()
          return runOnce([impt, 'pull', `backup${folders++}`, '--builds', 'all'], { cwd: there }).ms
        },
        // In the words of the goal: a clock, so a busy machine counts as the program's.
        allowed: () => (requests * 1000) / LIMIT,
      },
      { pull: 'paced', allowed: 'pull' },
    )
    yield row(
      `pull at ${LIMIT} requests a second / what ${requests} requests take at that rate`,
      1 / found.allowed,
      1.2,
    )
    yield row(
      `pull at ${LIMIT} requests a second / its ${requests} requests at that rate, one by one`,
      found.pull,
      1.2,
    )
  } finally {
    await limited.close()
  }
}

async function* applies() {
  const source = await serveSandbox('--fleet', `products=5,groups=${GROUPS},devices=0`)
  const target = await serveSandbox('--rate-limit', String(LIMIT))
  try {
    const from = logIn(source.url)
    const to = logIn(target.url)
    runOnce([impt, 'pull', join(to, 'clone'), '--without', 'devices', '--without', 'loginkeys'], {
      cwd: from,
    })
    // Five products, fifty groups and a build in each are not there yet; the demo entities are.
    const writes = 5 + GROUPS + GROUPS
    const token = await tokenOf(target.url)
    const { apply } = await ratios(
      {
        apply: async () => {
          await rested()
          return runOnce([impt, 'apply', 'clone', '-q', '--without', 'devices'], { cwd: to }).ms
        },
        paced: () => paced(target.url, token, writes, LIMIT),
      },
      { apply: 'paced' },
      1,
    )
    yield row(
      `apply of ${writes} new entities at ${LIMIT} a second / ${writes} requests at that rate`,
      apply,
      1.2,
    )
  } finally {
    await source.close()
    await target.close()
  }
}

/** What a release asks of the cloud against what it announces, and against the rate: it leaves half of that to others. */
async function* release() {
  const DEVICES = 200
  const server = await serveSandbox(
    '--fleet',
    `products=1,groups=1,devices=${DEVICES}`,
    '--rate-limit',
    String(LIMIT),
  )
  try {
    const cwd = logIn(server.url)
    const of = (...words) => JSON.parse(runOnce([impt, ...words, '-z', 'json'], { cwd }).stdout)
    const name = of('dg', 'list')
      .map((one) => one['Device Group'].name)
      .find((one) => one.startsWith('Fleet'))
    const wish = ['--build', 'dg:Thermostat Development', '--dg', name, '--sample', '20', '--rate', '1000']
    const quiet = ['--watch', '0s', '--stream=false', '--reason', 'bench', '--confirmed', '-z', 'debug']
    const token = await tokenOf(server.url)
    const asked = []
    let announced
    const found = await ratios(
      {
        release: async () => {
          await rested()
          const { stdout, ms } = runOnce([impt, 'release', 'start', ...wish, ...quiet], { cwd })
          asked.push(stdout.match(/^ {2}"method": "/gm)?.length ?? NaN)
          announced = Number(/at most ([\d,]+) requests/.exec(stdout)?.[1]?.replaceAll(',', ''))
          return ms / asked.at(-1)
        },
        paced: () => paced(server.url, token, 100, LIMIT / 2) / 100,
      },
      { release: 'paced' },
      3,
    )
    yield row(
      `requests of a release of ${DEVICES} devices in four waves / those it announces`,
      Math.max(...asked) / announced,
      1,
    )
    yield row(
      `a request of that release at ${LIMIT} a second / one of a reader at half that rate`,
      found.release,
      1.2,
    )
  } finally {
    await server.close()
  }
}

/** 10 MB of code with 50 changed lines against reading and splitting both texts. */
async function* difference() {
  const cwd = mkdtempSync(join(home, 'diff-'))
  const lines = Array.from({ length: 300_000 }, (_, i) => `local value${i} = compute(${i}, "text")`)
  const changed = lines.map((line, i) => (i % 6000 === 5 ? `${line} // changed` : line))
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(cwd, 'a.txt'), lines.join('\n'))
  writeFileSync(join(cwd, 'b.txt'), changed.join('\n'))
  const { diffPrograms } = await import('../../src/fleet/diff.ts')
  const { readFileSync } = await import('node:fs')
  const read = (name) => readFileSync(join(cwd, name), 'utf8')
  const split = () => read('a.txt').split('\n').length + read('b.txt').split('\n').length
  const times = await compare(
    {
      split: () => void split(),
      diff: async () => {
        const found = await diffPrograms({ device: read('a.txt') }, { device: read('b.txt') })
        if (found[0]?.hunks?.length !== 50) throw new Error('the difference is not 50 hunks')
      },
    },
    5,
  )
  yield row(
    'difference of 10 MB with 50 changed lines / reading and splitting both',
    times.diff / times.split,
    10,
  )
}

/** Lets the rate limit of a sandbox fill up again. */
const rested = () => new Promise((resolve) => setTimeout(resolve, 1500))

/** Milliseconds that so many requests take, each sent in its moment of the rate. */
function paced(url, token, count, rate) {
  return runOnce(['-e', PACED, url, token, String(count), String(rate)]).ms
}

const PACED = `
const [url, token, count, rate] = process.argv.slice(1)
const headers = { authorization: 'Bearer ' + token }
const begin = performance.now()
const get = async (_, i) => {
  await new Promise((resolve) => setTimeout(resolve, begin + ((i + 1) * 1000) / rate - performance.now()))
  for (;;) {
    const answer = await fetch(url + '/devices?page[number]=' + (i + 1) + '&page[size]=100', { headers })
    await answer.text()
    if (answer.status !== 429) return
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate))
  }
}
await Promise.all(Array.from({ length: Number(count) }, get))
`

/** What a client without any cleverness but 32 requests at once needs for the same pages: every list, and nothing made of it. */
const READER = `
const [url, token] = process.argv.slice(1)
const headers = { authorization: 'Bearer ' + token }
const get = async (path) => (await (await fetch(url + path, { headers })).json()).data
const pages = (path, count, size = 100) => Array.from({ length: count }, (_, i) => path + '?page[number]=' + (i + 1) + '&page[size]=' + size)
const all = [...pages('/products', 1), ...pages('/devicegroups', 1), ...pages('/webhooks', 1), ...pages('/devices', 101), ...pages('/deployments', 6)]
const work = async () => { for (let path; (path = all.shift()); ) await get(path) }
await Promise.all(Array.from({ length: 32 }, work))
`

/** The files of that pull, each in its folder, waiting for the disk as it does. */
const WRITER = `
const { mkdirSync } = await import('node:fs')
const { writeFile } = await import('node:fs/promises')
const files = []
for (let group = 0; group < ${GROUPS}; group++)
  for (let build = 0; build < ${BUILDS / GROUPS}; build++) {
    const folder = process.argv[3] + '/groups/' + group + '/builds/' + build
    mkdirSync(folder, { recursive: true })
    files.push(folder + '/device.nut', folder + '/agent.nut')
  }
const text = 'server.log("1")\\n'.repeat(100)
await Promise.all(Array.from({ length: 16 }, async () => { for (let path; (path = files.shift()); ) await writeFile(path, text, { flush: true }) }))
`

async function addBuilds(url, token) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json' }
  const list = await (await fetch(`${url}/devicegroups?page[size]=100`, { headers })).json()
  const groups = list.data.filter(({ attributes }) => attributes.name.startsWith('Fleet'))
  const todo = Array.from({ length: BUILDS - GROUPS }, (_, i) => [i, groups[i % groups.length]])
  for (const [i, { type, id }] of todo) {
    const attributes = {
      device_code: `server.log("${i}")\n`.repeat(100),
      agent_code: `server.log("agent ${i}")\n`,
      tags: [`b${i}`],
    }
    const body = JSON.stringify({
      data: { type: 'deployment', attributes, relationships: { devicegroup: { type, id } } },
    })
    for (;;) {
      const answer = await fetch(`${url}/deployments`, { method: 'POST', headers, body })
      if (answer.ok) break
      if (answer.status !== 429) throw new Error(`a build was refused: ${answer.status}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}
