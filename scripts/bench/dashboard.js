// The page of the dashboard with 10,000 devices in a real browser: tasks while 1,000 devices a second change, frames while it scrolls, and
// how long it takes to be there. Without Chromium a line says what was not measured.
import { gzipSync } from 'node:zlib'
import { startDashboard } from '../../src/dashboard/server.ts'
import { html, script, style } from '../../src/dashboard/page/index.html'
import { CHROMIUM, launch } from '../../test/dashboard/browser.ts'
import { fakeFleet } from '../../test/dashboard/fake-fleet.ts'
import { median, row } from './measure.js'

export const title = 'The dashboard'

const DEVICES = 10_000
const CHANGES = 1000
/** Ticks of a quarter of a second. */
const TICKS = 24
const ROUNDS = 5

export async function* rows() {
  const size = gzipSync(html).length + gzipSync(script).length + gzipSync(style).length
  yield row('the whole page, compressed, in kB', size / 1000, 60, 'kB')
  if (CHROMIUM === undefined) {
    console.log('  SKIPPED: no Chromium: 7 rows were not measured')
    return
  }
  const browser = await launch()
  try {
    const times = { none: [], many: [] }
    for (let round = 0; round < 4; round++)
      for (const [name, count] of [
        ['none', 0],
        ['many', DEVICES],
      ]) {
        const opened = await open(browser, count)
        if (round > 0) times[name].push(opened.ms)
        await opened.close()
      }
    yield row(`first table of ${DEVICES} devices / of none`, median(times.many) / median(times.none), 3)
    for (const view of ['Map', 'Table']) {
      const { page, fleet, server, close } = await open(browser, DEVICES)
      await page.getByRole('button', { name: view, exact: true }).click()
      const tasks = await traced(page, () => change(fleet, server))
      yield row(
        `${view}: longest task at ${CHANGES} changes a second, in ms of processor time`,
        Math.max(...tasks.map(({ cpu }) => cpu)),
        50,
        'ms',
      )
      yield row(
        `${view}: the same by the clock, on this machine as busy as it is`,
        Math.max(...tasks.map(({ wall }) => wall)),
        Infinity,
        'ms',
      )
      const empty = await browser.newPage({ viewport: { width: 1280, height: 800 } })
      await empty.setContent('<div id=s style="height:600px;overflow:auto"><div style="height:360000px">')
      const ratios = []
      for (let round = 0; round < ROUNDS; round++) {
        await page.bringToFront()
        const own = late(await scrolled(page, view === 'Map' ? '.map' : '.table'))
        await empty.bringToFront()
        ratios.push(own / late(await scrolled(empty, '#s')))
      }
      yield row(`${view}: frames while scrolling, 95th percentile / of an empty page`, median(ratios), 2)
      await empty.close()
      await close()
    }
  } finally {
    await browser.close()
  }
}

async function open(browser, count) {
  const fleet = fakeFleet(count, { groups: 40 })
  const server = await startDashboard({ source: fleet.source, port: 0, every: 3_600_000 })
  server.show(fleet.reading())
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  const begin = performance.now()
  await page.goto(server.address())
  if (count === 0) await page.getByText('No devices yet').waitFor()
  else await page.locator('.count', { hasText: /^10,000$/ }).waitFor()
  const ms = performance.now() - begin
  return { ms, page, fleet, server, close: () => Promise.all([context.close(), server.close()]) }
}

/** Changes a quarter of the changes of a second each quarter of a second. */
async function change(fleet, server) {
  let next = 0
  for (let tick = 0; tick < TICKS; tick++) {
    for (let i = 0; i < CHANGES / 4; i++) {
      next = (next + 7919) % DEVICES
      fleet.set(next, { online: (next + tick) % 3 !== 0, since: Date.now(), rssi: -50 - (tick % 40) })
    }
    server.show(fleet.reading())
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** The tasks of the page's main thread while something goes on: processor time and time by the clock, in ms. */
async function traced(page, act) {
  const session = await page.context().newCDPSession(page)
  const events = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    categories: 'toplevel,devtools.timeline,disabled-by-default-devtools.timeline',
  })
  await act()
  const ended = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve))
  await session.send('Tracing.end')
  await ended
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return events
    .filter(({ name, ph, pid, tid }) => ph === 'X' && name.endsWith('RunTask') && main.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ cpu: tdur / 1000, wall: dur / 1000 }))
}

/** Milliseconds from frame to frame while an element scrolls. */
function scrolled(page, selector) {
  return page.evaluate(
    (selector) =>
      new Promise((resolve) => {
        const element = document.querySelector(selector)
        const frames = []
        let last
        const step = (now) => {
          if (last !== undefined) frames.push(now - last)
          last = now
          element.scrollTop += 137
          if (frames.length < 120) requestAnimationFrame(step)
          else resolve(frames)
        }
        requestAnimationFrame(step)
      }),
    selector,
  )
}

/** The 95th percentile. */
function late(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)]
}
