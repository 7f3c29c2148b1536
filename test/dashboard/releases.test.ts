import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { inBrowser, until } from './browser.ts'
import { fakeFleet } from './fake-fleet.ts'
import { fakeRelease } from './fake-release.ts'

const turn = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

inBrowser('releases on the page', {
  async 'show their waves and evidence as they come'(t, { show }) {
    const fleet = fakeFleet(9)
    fleet.releases = [fakeRelease()]
    const { page } = await show(t, fleet)
    await turn(page, 'Releases')
    await page.getByRole('heading', { name: 'v1.4 \u2192 Canary, Field Europe' }).waitFor()
    await page.getByRole('row', { name: /^3 1,015 640/ }).waitFor()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Thermostat 00001' })
      .getByText("the index 'valve' does not exist, agent.nut:40")
      .waitFor()
    fleet.releases = [fakeRelease({ state: 'done', ended: true, alive: false })]
    await page.getByText(/impt release rollback 20261127/).waitFor()
    assert.equal(await page.getByRole('button', { name: 'Pause' }).count(), 0)
  },

  async 'pause at once, abort after a question, and go on in production only with its name typed'(
    t,
    { show },
  ) {
    const fleet = fakeFleet(9)
    fleet.releases = [fakeRelease()]
    const { page } = await show(t, fleet)
    await turn(page, 'Releases')
    await turn(page, 'Pause')
    await until(() => fleet.orders.join() === 'pause 20261127-081500-0f3c -')
    fleet.releases = [fakeRelease({ state: 'paused', why: 'paused by hand' })]
    await turn(page, 'Resume')
    const sure = page.getByRole('button', { name: 'Resume the release' })
    assert.equal(await sure.isDisabled(), true)
    await page.getByRole('textbox').fill('field europe')
    assert.equal(await sure.isDisabled(), true)
    await page.getByRole('textbox').fill('Field Europe')
    await sure.click()
    await until(() => fleet.orders.at(-1) === 'resume 20261127-081500-0f3c Field Europe')
    await turn(page, 'Abort')
    await turn(page, 'Cancel')
    assert.equal(fleet.orders.length, 2)
    await turn(page, 'Abort')
    await turn(page, 'Abort the release')
    await until(() => fleet.orders.at(-1) === 'abort 20261127-081500-0f3c -')
  },

  async 'take a click of a button while they come anew'(t, { show }) {
    const fleet = fakeFleet(9)
    fleet.releases = [fakeRelease()]
    const { page, heard } = await show(t, fleet)
    await turn(page, 'Releases')
    for (const [press, release] of [
      [() => page.mouse.down(), () => page.mouse.up()],
      [() => page.keyboard.down('Space'), () => page.keyboard.up('Space')],
    ] as const) {
      const why = `news ${fleet.orders.length}`
      const button = page.getByRole('button', { name: 'Pause', exact: true })
      await button.hover()
      await button.focus()
      await press()
      fleet.releases = [fakeRelease({ why })]
      await until(() => heard.some((text) => text.includes(why)))
      const before = fleet.orders.length
      await release()
      await until(() => fleet.orders.length > before)
      await page.getByText(why).waitFor()
    }
  },

  async 'are not told to be paused where nobody answers, and the page says so'(t, { show }) {
    const fleet = fakeFleet(9)
    fleet.releases = [fakeRelease()]
    const { page, server } = await show(t, fleet)
    await turn(page, 'Releases')
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await server.close()
    await page.getByText(/impt does not answer; the page goes on trying/).waitFor()
    await turn(page, 'Pause')
    await page.getByText('impt does not answer: it was not told to pause the release.').waitFor()
    assert.deepEqual(fleet.orders, [])
  },

  async 'are rolled back once it is shown what that does, in production only with its name typed'(
    t,
    { show },
  ) {
    const fleet = fakeFleet(9)
    fleet.releases = [fakeRelease({ state: 'done', ended: true, alive: false })]
    const { page } = await show(t, fleet)
    await turn(page, 'Releases')
    await turn(page, 'Roll back')
    await page.getByText('Field Europe gets build v1.3').waitFor()
    await page.getByText('the variables of Field Europe changed since').waitFor()
    const sure = page.getByRole('button', { name: 'Roll the release back' })
    assert.equal(await sure.isDisabled(), true)
    // It looks like what it is: nobody wonders why nothing happens.
    const colour = () =>
      sure.evaluate((button) => (globalThis as any).getComputedStyle(button).color as string)
    const before = await colour()
    await page.getByRole('textbox').fill('Field Europe')
    await until(async () => (await colour()) !== before)
    await sure.click()
    await until(() => fleet.orders.at(-1) === 'rollback 20261127-081500-0f3c Field Europe')
    fleet.nothing = new Error(
      'Release 20261127-081500-0f3c put no build into a group: there is nothing to roll back.',
    )
    await turn(page, 'Roll back')
    await page.getByText('there is nothing to roll back').waitFor()
    await page.getByRole('textbox').fill('Field Europe')
    assert.equal(await sure.isDisabled(), true)
    await turn(page, 'Cancel')
    fleet.releases = [fakeRelease({ state: 'rolled-back', ended: true, alive: false })]
    await until(async () => (await page.getByRole('button', { name: 'Roll back' }).count()) === 0)
    assert.equal(fleet.orders.length, 1)
  },

  async 'cannot be touched with --read-only'(t, { show }) {
    const fleet = fakeFleet(9, { readOnly: true })
    fleet.releases = [fakeRelease()]
    const { page } = await show(t, fleet)
    await turn(page, 'Releases')
    await page.getByRole('heading', { name: /v1\.4/ }).waitFor()
    for (const name of ['Pause', 'Resume', 'Abort', 'Roll back'])
      assert.equal(await page.getByRole('button', { name }).count(), 0, name)
  },
})
