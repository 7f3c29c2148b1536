// Issue figures of the one-shot commands: start, one request, long lists, look-ups by name, the rate limit, memory.
import { spawnSync } from 'node:child_process'
import { compare, impt, logIn, quiet, row, runOnce, serveSandbox, tokenOf } from './measure.js'

export const title = 'Commands'

export async function* rows() {
  const bare = () => runOnce(['-e', '0']).ms
  const start = await compare(
    {
      bare,
      version: () => runOnce([impt, '--version']).ms,
      help: () => runOnce([impt, 'device', 'list', '--help']).ms,
      root: () => runOnce([impt, '--help']).ms,
    },
    21,
  )
  yield row('--version / node -e 0', start.version / start.bare, 1.15)
  yield row('--help / node -e 0', start.root / start.bare, 1.15)
  yield row('device list --help / node -e 0', start.help / start.bare, 1.15)
  const embedded = await compare({ bare, list: () => runOnce([impt, '--sandbox', 'device', 'list']).ms })
  yield row('--sandbox device list: over node -e 0', embedded.list - embedded.bare, 250, 'ms')

  const small = await serveSandbox()
  try {
    const cwd = logIn(small.url)
    const server = await answerTime(small.url)
    const one = await compare({ bare, request: () => runOnce([impt, 'account', 'info'], { cwd }).ms }, 15)
    yield row('one request: over node -e 0 and the server', one.request - one.bare - server, 60, 'ms')
  } finally {
    await small.close()
  }

  const fleet = await serveSandbox('--fleet', 'products=5,groups=50,devices=10000', '--latency', '50')
  try {
    const cwd = logIn(fleet.url)
    const token = await tokenOf(fleet.url)
    const lists = await compare(
      {
        sequential: () => followNext(fleet.url, token),
        list: () => runOnce([impt, 'device', 'list', '-z', 'minimal'], { cwd }).ms,
      },
      5,
    )
    yield row('device list of 10,000 at 50 ms / sequential client', lists.list / lists.sequential, 0.12)
    const name = (await firstPage(fleet.url, token, 37)).at(-1).attributes.name
    const info = await compare(
      { info: () => runOnce([impt, 'device', 'info', '--device', name], { cwd }).ms },
      3,
    )
    yield row('device info by name in 10,000 / sequential client', info.info / lists.sequential, 0.12)
  } finally {
    await fleet.close()
  }

  const limited = await serveSandbox('--fleet', 'products=5,groups=50,devices=10000', '--rate-limit', '40')
  try {
    const cwd = logIn(limited.url)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    const { ms } = runOnce([impt, 'device', 'list', '-z', 'minimal'], { cwd })
    // 101 pages of devices, one of groups, one account.
    yield row(
      'device list of 10,000 at 40 requests a second / 103 requests at that rate',
      ms / ((103 / 40) * 1000),
      1.1,
    )
  } finally {
    await limited.close()
  }

  const large = await serveSandbox('--fleet', 'products=5,groups=50,devices=100000')
  try {
    const cwd = logIn(large.url)
    const { stderr } = spawnSync(
      '/usr/bin/env',
      ['time', '-f', '%M', process.execPath, impt, 'device', 'list', '-z', 'csv'],
      {
        env: quiet,
        cwd,
        encoding: 'utf8',
        maxBuffer: 1 << 30,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    const kilobytes = Number(/^\d+$/m.exec(stderr)?.[0])
    yield row(
      'peak memory of device list -z csv over 100,000',
      (Number.isFinite(kilobytes) ? kilobytes : await peakMemory(cwd)) / 1024,
      250,
      'MB',
    )
  } finally {
    await large.close()
  }
}

/** Without time(1): the process tells its own peak when it ends. */
async function peakMemory(cwd) {
  const report = `process.on('exit',()=>require('fs').writeSync(2,'PEAK '+process.resourceUsage().maxRSS))`
  const { stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('/');${encodeURIComponent(report)}`,
      impt,
      'device',
      'list',
      '-z',
      'csv',
    ],
    {
      env: quiet,
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  return Number(/PEAK (\d+)/.exec(stderr)?.[1])
}

async function firstPage(url, token, size) {
  const response = await fetch(`${url}/devices?page[size]=${size}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return (await response.json()).data
}

/** The server's own time for a small answer, ms. */
async function answerTime(url) {
  const token = await tokenOf(url)
  const headers = { authorization: `Bearer ${token}` }
  const { ask } = await compare(
    { ask: async () => (await fetch(`${url}/accounts/me`, { headers })).text() },
    9,
  )
  return ask
}

/** What an honest client without any cleverness does: page after page, as long as there is a next one. */
async function followNext(url, token) {
  const begin = performance.now()
  let next = `${url}/devices?page[size]=100`
  while (next) {
    const response = await fetch(next, { headers: { authorization: `Bearer ${token}` } })
    next = (await response.json()).links.next
  }
  return performance.now() - begin
}
