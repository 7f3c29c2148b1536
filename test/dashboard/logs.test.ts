import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { LogLine } from '../../src/dashboard/protocol.ts'
import { inBrowser, until } from './browser.ts'
import { fakeFleet, type FakeFleet } from './fake-fleet.ts'

const turn = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

async function follow(page: Page, name: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Add a device' }).fill(name)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: new RegExp(`Leave out ${name}`, 'i') }).waitFor()
}

let clock = Date.now()
function line(fleet: FakeFleet, text: string, more: Partial<LogLine> = {}): LogLine {
  return {
    ts: new Date(clock++).toISOString(),
    device: fleet.reading().devices[0]?.[0] ?? '',
    type: 'server.log',
    text,
    ...more,
  }
}

const shown = (page: Page) => page.locator('.line:visible .line-text').allInnerTexts()

inBrowser('logs on the page', {
  async 'come as they are, with names, and can be searched, chosen by errors, held and cleared'(t, { show }) {
    const { page, fleet } = await show(t)
    await turn(page, 'Logs')
    await follow(page, 'Thermostat 00001')
    fleet.lines([
      line(fleet, 'temperature 21'),
      line(fleet, 'temperature 22'),
      line(fleet, "the index 'valve' does not exist", { type: 'server.error' }),
    ])
    await until(async () => (await shown(page)).length === 3)
    assert.equal(await page.locator('.line:visible .line-device').first().innerText(), 'Thermostat 00001')
    await page.getByRole('searchbox', { name: 'Search in the lines' }).fill('22')
    await until(async () => (await shown(page)).join() === 'temperature 22')
    await page.getByRole('searchbox', { name: 'Search in the lines' }).fill('')
    await turn(page, 'Errors only')
    await until(async () => (await shown(page)).join() === "the index 'valve' does not exist")
    await turn(page, 'Errors only')
    await turn(page, 'Pause')
    fleet.lines([line(fleet, 'meanwhile')])
    await page.getByText(/Paused .* 1 new/).waitFor()
    assert.equal((await shown(page)).includes('meanwhile'), false)
    await turn(page, 'Pause')
    await until(async () => (await shown(page)).includes('meanwhile'))
    await turn(page, 'Clear')
    await page.getByText('Waiting for lines').waitFor()
  },

  async 'of devices that are added later stand by their time, each line once'(t, { show }) {
    const { page, fleet } = await show(t)
    await turn(page, 'Logs')
    await follow(page, 'Thermostat 00001')
    const [early, late] = [line(fleet, 'early'), line(fleet, 'late')]
    fleet.lines([late])
    await until(async () => (await shown(page)).length === 1)
    fleet.logEvent({ kind: 'line', line: early, stored: true })
    fleet.logEvent({ kind: 'line', line: late, stored: true })
    fleet.lines([line(fleet, 'latest')])
    await until(async () => (await shown(page)).join() === 'early,late,latest')
  },

  async 'are of the device whose name was typed, and Enter pressed, before the fleet was read'(t, { show }) {
    const fleet = fakeFleet(9)
    let answer = (): void => undefined
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const source = { ...fleet.source, read: () => answered.then(() => fleet.reading()) }
    const { page } = await show(t, { ...fleet, source })
    await turn(page, 'Logs')
    const typed = page.getByRole('combobox', { name: 'Add a device' })
    await typed.fill('Gateway')
    await page.getByRole('option', { name: /Reading the fleet/ }).waitFor()
    await page.keyboard.press('Enter')
    answer()
    await page.getByRole('button', { name: 'Leave out Gateway 00003' }).waitFor()
    assert.equal(await typed.inputValue(), '')
    assert.deepEqual(fleet.followed, [[fleet.reading().devices[2]?.[0]]])
  },

  async 'offer devices that come while their name is typed'(t, { show }) {
    const fleet = fakeFleet(9)
    const device = fleet.reading().devices[2]
    fleet.set(2, { name: 'New' })
    const { page } = await show(t, fleet)
    await page.getByText('9', { exact: true }).first().waitFor()
    await turn(page, 'Logs')
    await page.getByRole('combobox', { name: 'Add a device' }).fill('Gateway 00003')
    assert.equal(await page.getByRole('option').count(), 0)
    fleet.set(2, { name: 'Gateway 00003' })
    await page.getByRole('option', { name: /Gateway 00003/ }).waitFor()
    await page.keyboard.press('Enter')
    await until(() => fleet.followed.join() === device?.[0])
  },

  async 'are of all devices that are chosen faster than the server answers'(t, { show }) {
    const { page, fleet } = await show(t)
    await page.getByText('9', { exact: true }).first().waitFor()
    await turn(page, 'Logs')
    await page.evaluate(`{
      const input = document.querySelector('[role=combobox]')
      for (const name of ['Thermostat 00001', 'Pump 00002', 'Gateway 00003']) {
        input.value = name
        input.dispatchEvent(new Event('input'))
        input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }))
      }
    }`)
    for (const name of ['Thermostat 00001', 'Pump 00002', 'Gateway 00003'])
      await page.getByRole('button', { name: `Leave out ${name}` }).waitFor()
    assert.equal(fleet.followed.at(-1)?.length, 3)
  },

  async 'keep the offers open for who comes back at once'(t, { show }) {
    const { page } = await show(t)
    await page.getByText('9', { exact: true }).first().waitFor()
    await turn(page, 'Logs')
    await page.getByRole('combobox', { name: 'Add a device' }).fill('Gateway 00003')
    // Nothing that a blur sets off later closes them.
    await page.evaluate(`new Promise((done) => {
      const input = document.querySelector('[role=combobox]')
      input.blur()
      input.focus()
      setTimeout(done, 150)
    })`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Leave out Gateway 00003' }).waitFor()
  },

  async 'that come faster than a page takes them are left out, with their number'(t, { show }) {
    const { page, fleet, complaints } = await show(t)
    await turn(page, 'Logs')
    await follow(page, 'Thermostat 00001')
    fleet.lines(Array.from({ length: 50_000 }, (_, i) => line(fleet, `flood ${i}`)))
    await page.getByText(/came too fast and were left out/).waitFor()
    await until(async () => (await shown(page)).includes('flood 49999'))
    assert.ok((await page.locator('.line').count()) < 100, 'only what is seen exists')
    assert.deepEqual(complaints, [])
  },

  async 'hold lines of a megabyte'(t, { show }) {
    const { page, fleet, complaints } = await show(t)
    await turn(page, 'Logs')
    await follow(page, 'Thermostat 00001')
    fleet.lines([line(fleet, `begin ${'x'.repeat(1_000_000)}`), line(fleet, 'after it')])
    await until(async () => (await shown(page)).includes('after it'))
    await page.locator('.line', { hasText: 'begin xxx' }).click()
    await page.getByText(/1,000,006 characters in all/).waitFor()
    assert.deepEqual(complaints, [])
  },

  async 'name whom the server left out, and say when the stream is taken'(t, { show }) {
    const { page, fleet } = await show(t)
    await turn(page, 'Logs')
    await follow(page, 'Thermostat 00001')
    fleet.logEvent({ kind: 'dropped', device: fleet.reading().devices[1]?.[0] ?? '' })
    await page.getByText(/left out by the server: Pump 00002/).waitFor()
    fleet.logEvent({ kind: 'closed', message: 'The log stream was closed: another one was opened.' })
    await page.getByText('The log stream was closed: another one was opened.').first().waitFor()
  },
})
