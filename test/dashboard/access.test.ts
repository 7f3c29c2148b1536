import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { axe, inBrowser } from './browser.ts'
import { fakeFleet } from './fake-fleet.ts'
import { fakeRelease } from './fake-release.ts'
import { fakeTestRun } from './fake-test-run.ts'

const SCHEMES = ['light', 'dark'] as const

/** Judges a page in both colour schemes, and as narrow as a telephone. */
async function judge(page: Page, view: string): Promise<void> {
  for (const colorScheme of SCHEMES)
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.setViewportSize({ width, height: 800 })
      assert.deepEqual(await axe(page), [], `${view}, ${colorScheme}, ${width}`)
      const isWider = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      assert.equal(isWider, false, `${view} at ${width} scrolls sideways`)
    }
  await page.setViewportSize({ width: 1280, height: 800 })
}

const turn = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

inBrowser('axe finds nothing wrong', {
  async 'with the fleet as a map and as a table, and with a device'(t, { show }) {
    const { page } = await show(t, fakeFleet(300))
    await page.getByText('300').first().waitFor()
    await judge(page, 'map')
    await turn(page, 'Table')
    await page.locator('.rows .row').first().waitFor()
    await judge(page, 'table')
    await page.locator('.rows .row').first().click()
    await page.getByText('Its signal is weak').waitFor()
    await judge(page, 'device')
  },

  async 'with logs, chosen devices and a line'(t, { show }) {
    const { page, fleet } = await show(t)
    await turn(page, 'Logs')
    await judge(page, 'no logs')
    await page.getByRole('combobox').fill('thermostat')
    await page.getByRole('option').first().waitFor()
    await judge(page, 'offers')
    await page.keyboard.press('Enter')
    const device = fleet.reading().devices[0]?.[0] ?? ''
    for (const type of ['server.log', 'agent.error', 'status'])
      fleet.lines([{ ts: new Date().toISOString(), device, type, text: `a line of ${type}` }])
    await page.getByText('a line of agent.error').click()
    await judge(page, 'logs')
  },

  async 'with releases and their question'(t, { show }) {
    const fleet = fakeFleet(9)
    const { page } = await show(t, fleet)
    await turn(page, 'Releases')
    await page.getByText('No release yet').waitFor()
    await judge(page, 'no releases')
    fleet.releases = [
      fakeRelease({ state: 'paused', why: '3 of 12 devices failed' }),
      fakeRelease({ id: '20261126-101010-0a1b', state: 'done', ended: true, alive: false }),
    ]
    await page.getByText('3 of 12 devices failed').waitFor()
    await judge(page, 'releases')
    await turn(page, 'Resume')
    await page.getByRole('dialog').waitFor()
    await judge(page, 'question')
    await turn(page, 'Cancel')
    await turn(page, 'Roll back')
    await page.getByText('gets build v1.3').waitFor()
    await judge(page, 'rollback')
  },

  async 'with test runs'(t, { show }) {
    const fleet = fakeFleet(9)
    fleet.tests = [
      fakeTestRun(),
      fakeTestRun({ id: '20261126T081500-0a1b2c', state: 'stopped', error: 'The device is gone.' }),
    ]
    const { page } = await show(t, fleet)
    await turn(page, 'Tests')
    await page.getByText('no alarm').waitFor()
    await judge(page, 'tests')
  },

  async 'where there is nothing, nothing can be read, and nobody may look'(t, { show, open }) {
    const { page, fleet, server } = await show(t, fakeFleet(0))
    await page.getByText('No devices yet').waitFor()
    await judge(page, 'empty')
    fleet.failure = new Error('The server does not answer.')
    await page.getByText('The last reading failed').waitFor()
    await judge(page, 'broken')
    const { page: other } = await open(t, `http://127.0.0.1:${server.port}/`)
    await other.getByText('This address was used already').waitFor()
    await judge(other, 'refused')
  },
})
