import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { startDashboard } from '../../src/dashboard/server.ts'
import { inBrowser, until } from './browser.ts'
import { fakeFleet } from './fake-fleet.ts'

/** A count with its name, such as `9 All devices`. */
const tile = (page: Page, name: string) =>
  page
    .getByRole('button', { name: new RegExp(`^\\S+ ${name.replace(/^\d+/, '')}$`) })
    .filter({ hasText: name })
const turn = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const rows = (page: Page) => page.locator('.rows .row:visible')

/** Waits until all rows in sight are like this, and there are some. */
const allAre = (page: Page, column: string, pattern: RegExp) =>
  until(async () => {
    const texts = await page.locator(`.rows .cell-${column}:visible`).allInnerTexts()
    return texts.length > 0 && texts.every((text) => pattern.test(text))
  })

inBrowser("the dashboard's page", {
  async 'counts the devices, and follows what the cloud says of them'(t, { show }) {
    const { page, fleet, complaints } = await show(t)
    await tile(page, '9All devices').waitFor()
    await turn(page, 'Table')
    const first = page.getByRole('row', { name: /Thermostat 00001/ })
    await first.waitFor()
    fleet.set(0, { online: false, since: Date.now(), name: 'Cellar' })
    await page.getByRole('row', { name: /Cellar Offline/ }).waitFor()
    fleet.set(0, undefined)
    await tile(page, '8All devices').waitFor()
    await page.getByText('Cellar').waitFor({ state: 'hidden' })
    assert.deepEqual(complaints, [])
  },

  async 'chooses by state, by words and by Device Group, and says when nothing fits'(t, { show }) {
    const { page } = await show(t, fakeFleet(400))
    await turn(page, 'Table')
    await tile(page, 'Silent').click()
    await page.getByText(/^\d+ of 400 devices$/).waitFor()
    await allAre(page, 'state', /^Silent$/)
    await tile(page, 'Silent').click()
    await page.getByRole('searchbox', { name: 'Search devices' }).fill('pump returned')
    await page.getByText(/^\d+ of 400 devices$/).waitFor()
    await allAre(page, 'name', /^Pump/)
    await page.getByRole('searchbox', { name: 'Search devices' }).fill('no such thing')
    await page.getByRole('button', { name: 'Show all devices' }).click()
    await page.getByLabel('Device Group', { exact: true }).selectOption({ label: 'Heating / Canary' })
    await allAre(page, 'group', /^Canary$/)
  },

  async 'shows names of markup, escapes and other directions as texts that change nothing'(t, { show }) {
    const names = [
      '<img src=x onerror=alert(1)>',
      '"><script>alert(2)</script>',
      '\u202eevil\u202c\u2066',
      '\x1b[31mred\x1b[0m\x07',
      '{{7*7}} ${7*7} &lt;b&gt;',
      '\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627',
      'a\r\nb\u2028c\u0000',
      '\ud800 lone',
      'x'.repeat(5000),
    ]
    const fleet = fakeFleet(names.length)
    names.forEach((name, i) => fleet.set(i, { name }))
    const { page, complaints, requests } = await show(t, fleet)
    await tile(page, '9All devices').waitFor()
    await turn(page, 'Table')
    await rows(page).first().waitFor()
    const shown = await page.locator('.rows .cell-name:visible').allTextContents()
    assert.ok(shown.includes('<img src=x onerror=alert(1)>'))
    assert.ok(shown.includes('"><script>alert(2)</script>'))
    assert.ok(shown.includes('\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627'))
    for (const text of shown) assert.doesNotMatch(text, /[\x00-\x1f\u202a-\u202e\u2066-\u2069]/)
    await page.getByText('<img src=x', { exact: false }).first().click()
    await page.getByRole('heading', { name: '<img src=x onerror=alert(1)>' }).waitFor()
    await turn(page, 'Logs')
    await page.getByRole('combobox').fill('script')
    await page.keyboard.press('Enter')
    await page.locator('.chip').waitFor()
    for (const name of names)
      fleet.lines([
        {
          ts: new Date().toISOString(),
          device: fleet.reading().devices[1]?.[0] ?? '',
          type: 'server.log',
          text: name,
        },
      ])
    await page.locator('.line', { hasText: 'onerror=alert(1)' }).click()
    assert.equal(await page.locator('main img, main script, main b').count(), 0)
    assert.equal(await page.locator('script').count(), 1)
    assert.equal(
      await page.evaluate('document.documentElement.scrollWidth <= innerWidth'),
      true,
      'nothing is pushed out',
    )
    assert.deepEqual(complaints, [])
    const { origin, host } = new URL(page.url())
    assert.deepEqual(
      requests.filter((url) => !url.startsWith(origin) && !url.startsWith(`ws://${host}`)),
      [],
    )
  },

  async 'says that there are no devices, and what to do'(t, { show }) {
    const { page } = await show(t, fakeFleet(0, { sandbox: true }))
    await page.getByText('No devices yet').waitFor()
    await page.getByText('impt sandbox seed').waitFor()
    await tile(page, '0All devices').waitFor()
  },

  async 'keeps what it has while readings fail, says so, and goes on when they succeed'(t, { show }) {
    const { page, fleet } = await show(t)
    await tile(page, '9All devices').waitFor()
    fleet.failure = new Error('The server does not answer.')
    await page
      .getByText(/The last reading failed: The server does not answer\. What you see is of \d/)
      .waitFor()
    await tile(page, '9All devices').waitFor()
    fleet.failure = undefined
    await page.locator('.banner').waitFor({ state: 'hidden' })
  },

  async 'tells why nothing can be read at all'(t, { show }) {
    const fleet = fakeFleet(9)
    fleet.failure = new Error('The login has expired.')
    const { page } = await show(t, fleet)
    await page.getByText('The last reading failed: The login has expired.').waitFor()
  },

  async 'goes on by itself when its connection was cut, with the newest state'(t, { show, open }) {
    const { page, server, fleet } = await show(t)
    await tile(page, '9All devices').waitFor()
    const again = await open(t, 'about:blank')
    await again.page.addInitScript(`{
      const Real = WebSocket
      window.sockets = []
      window.WebSocket = class extends Real { constructor(...all) { super(...all); window.sockets.push(this) } }
    }`)
    await again.page.goto(server.address())
    await tile(again.page, '9All devices').waitFor()
    fleet.set(3, { name: 'Renamed meanwhile' })
    // What is asked while there is no connection is asked when there is one again.
    await again.page.evaluate('sockets.at(-1).close()')
    await turn(again.page, 'Logs')
    await again.page.getByRole('combobox').fill('Pump 00002')
    await again.page.keyboard.press('Enter')
    await again.page.getByRole('button', { name: 'Leave out Pump 00002' }).waitFor()
    await until(async () => Number(await again.page.evaluate('sockets.length')) > 1)
    await turn(again.page, 'Fleet')
    await turn(again.page, 'Table')
    await again.page.getByText('Renamed meanwhile').waitFor()
    await again.page.locator('[data-link=live]').waitFor()
  },

  async 'catches up after a sleep with the last state, not with all that happened'(t, { show }) {
    const { page, context, fleet } = await show(t)
    await tile(page, '9All devices').waitFor()
    await turn(page, 'Table')
    const browser = await context.newCDPSession(page)
    await browser.send('Page.setWebLifecycleState', { state: 'frozen' })
    for (let i = 0; i < 300; i++) {
      for (let device = 0; device < 9; device++) fleet.set(device, { name: `Dream ${i} ${device}` })
      if (i % 100 === 0) await new Promise((done) => setImmediate(done))
    }
    await browser.send('Page.setWebLifecycleState', { state: 'active' })
    await page.getByText('Dream 299 8').waitFor()
  },

  async 'tells when its server has ended, and that a new one needs a new address'(t, { show, open }) {
    const { page, server } = await show(t)
    await tile(page, '9All devices').waitFor()
    const { port } = server
    await server.close()
    await page.getByText(/impt does not answer; the page goes on trying\. What you see is of/).waitFor()
    await tile(page, '9All devices').waitFor()
    const next = await startDashboard({ source: fakeFleet(4).source, port, every: 60_000 })
    t.after(() => next.close())
    await page.getByText('This page is of an earlier dashboard').waitFor()
    assert.equal(await tile(page, 'All devices').count(), 0)
    const { page: fresh } = await open(t, next.address())
    await tile(fresh, '4All devices').waitFor()
  },

  async 'opens with an address once, keeps its token for a reload, and leaves no code in the address'(
    t,
    { show, open },
  ) {
    const { page, server } = await show(t)
    await tile(page, '9All devices').waitFor()
    assert.equal(new URL(page.url()).hash, '')
    await page.reload()
    await tile(page, '9All devices').waitFor()
    const { page: other } = await open(t, `http://127.0.0.1:${server.port}/`)
    await other.getByText('This address was used already').waitFor()
    assert.deepEqual(await page.context().cookies(), [])
  },

  async 'opens a device, tells what is wrong with it, and gives the focus back'(t, { show }) {
    const { page } = await show(t)
    await turn(page, 'Table')
    await page.getByRole('grid', { name: 'Devices' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText(/It reconnects about every 4 min/).waitFor()
    assert.equal(await page.getByRole('row', { selected: true }).count(), 1)
    await page.getByText('Its signal is weak (-87 dBm).').waitFor()
    await page
      .getByRole('complementary', { name: 'Device' })
      .getByText(/impt log get -d/)
      .waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('complementary', { name: 'Device' }).waitFor({ state: 'hidden' })
    assert.equal(await page.evaluate('document.activeElement.getAttribute("role")'), 'grid')
  },

  async 'can be used by keyboard alone in every view'(t, { show }) {
    const { page, fleet } = await show(t)
    await tile(page, '9All devices').waitFor()
    const focused = () =>
      page.evaluate(
        '(document.activeElement.getAttribute("aria-label") || document.activeElement.textContent || "").slice(0, 60)',
      )
    const tabTo = async (wanted: RegExp) => {
      const seen: unknown[] = []
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press('Tab')
        const now = await focused()
        if (wanted.test(String(now))) return
        seen.push(now)
      }
      assert.fail(`Tab does not reach ${String(wanted)}, only ${seen.join(', ')}`)
    }
    await tabTo(/^Map of devices/)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary', { name: 'Device' }).waitFor()
    await tabTo(/Show its log/)
    await page.keyboard.press('Enter')
    await page.locator('.chip').waitFor()
    assert.equal(fleet.followed.length, 1)
    await tabTo(/^Leave out/)
    await page.keyboard.press('Enter')
    await page.getByText('No device is followed').waitFor()
    await page.keyboard.press('Escape')
    await tabTo(/^Releases$/)
    await page.keyboard.press('Enter')
    await page.getByText('No release yet').waitFor()
  },
})

inBrowser(
  'a page from elsewhere',
  {
    async 'neither frames the dashboard, nor reads from it, nor opens a connection to it'(t, { show, open }) {
      const { server } = await show(t)
      const target = `http://127.0.0.1:${server.port}`
      const code = new URL(server.address()).hash.slice(1)
      const foreign = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(
          `<iframe id=frame src="${target}/"></iframe><script src="${target}/page.js" type="module"></script>`,
        )
      }).listen(0, '127.0.0.1')
      await new Promise((done) => foreign.once('listening', done))
      t.after(() => void foreign.close())
      const { page } = await open(t, `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
      const found = await page.evaluate(`(async () => {
        const tried = {}
        const attempt = async (name, act) => { tried[name] = await act().catch((error) => 'refused ' + error.name) }
        await attempt('read', () => fetch('${target}/').then((r) => r.text()))
        await attempt('blind', () => fetch('${target}/token', { method: 'POST', mode: 'no-cors', body: '${code}' }).then((r) => r.type + r.status))
        await attempt('token', () => fetch('${target}/token', { method: 'POST', body: '${code}' }).then((r) => r.text()))
        await attempt('socket', () => new Promise((done, fail) => {
          const socket = new WebSocket('${target.replace('http', 'ws')}/live')
          socket.onopen = () => done('open'); socket.onerror = () => fail(new Error('socket'))
        }))
        return tried
      })()`)
      assert.deepEqual(found, {
        read: 'refused TypeError',
        blind: 'refused TypeError',
        token: 'refused TypeError',
        socket: 'refused Error',
      })
      const frame = page.frames().find((one) => one !== page.mainFrame())
      assert.match(frame?.url() ?? '', /^chrome-error:/)
      // What was sent blindly has not used the code up, nor bought anything.
      const { page: own } = await open(t, `${target}/#${code}`)
      await tile(own, '9All devices').waitFor()
    },

    async 'gets nothing under a name of its own that leads to this machine'(t, { show, open }) {
      const { server } = await show(t)
      const { page } = await open(t, `http://evil.example:${server.port}/`)
      assert.match(await page.content(), /answers only to 127\.0\.0\.1/)
    },
  },
  ['--host-resolver-rules=MAP evil.example 127.0.0.1'],
)
