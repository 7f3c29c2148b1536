// The pictures of the dashboard that the README shows, of a made-up account: `node scripts/pictures.js`.
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { startDashboard } from '../../src/dashboard/server.ts'
import { launch } from './browser.ts'
import { fakeFleet } from './fake-fleet.ts'

/** What a picture shows, in the room of a laptop's window. */
interface Picture {
  readonly name: string
  readonly devices: number
  readonly colorScheme: 'light' | 'dark'
  readonly act: (page: Page) => Promise<unknown>
}

const PICTURES: readonly Picture[] = [
  { name: 'dashboard-map', devices: 2400, colorScheme: 'light', act: (page) => page.mouse.move(0, 0) },
  {
    name: 'dashboard-device',
    devices: 1240,
    colorScheme: 'dark',
    async act(page) {
      await page.getByRole('button', { name: 'Table', exact: true }).click()
      await page.getByRole('button', { name: /Weak signal/ }).click()
      await page.locator('.rows .row').nth(2).click()
      await page.getByText('Its signal is weak').waitFor()
    },
  },
]

const [folder = '.'] = process.argv.slice(2)
const browser = await launch()
for (const { name, devices, colorScheme, act } of PICTURES) {
  const server = await startDashboard({ source: fakeFleet(devices).source, port: 0, every: 60_000 })
  const page = await browser.newPage({
    viewport: { width: 1200, height: 660 },
    deviceScaleFactor: 1.75,
    colorScheme,
    reducedMotion: 'reduce',
  })
  await page.goto(server.address())
  await page
    .getByText(/^[12],\d{3}$/)
    .first()
    .waitFor()
  await act(page)
  // The last frame is drawn.
  await delay(500)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await page.close()
  await server.close()
}
await browser.close()
