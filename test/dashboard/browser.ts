import { setTimeout as delay } from 'node:timers/promises'
import { createRequire } from 'node:module'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, describe, test, type TestContext } from 'node:test'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { startDashboard, type Dashboard } from '../../src/dashboard/server.ts'
import { fakeFleet, type FakeFleet } from './fake-fleet.ts'

/** Bounds a hang, in ms. */
const PATIENCE_MS = 180_000

/** The Chromium of this machine: `IMPT_CHROMIUM`, or where systems put it. */
export const CHROMIUM = [
  process.env['IMPT_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path))

export function launch(more: readonly string[] = []): Promise<Browser> {
  // As root, as in containers, Chromium's own sandbox cannot be had.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // A tab that gets a process of its own takes that process longer to start than its test to run.
  const inOneProcess = ['--process-per-site', '--renderer-process-limit=1']
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: [...asRoot, ...inOneProcess, ...more] })
}

/** A page in a tab of its own, with what it complained of and what it asked for. */
interface Tab {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: readonly string[]
  readonly requests: readonly string[]
  /** What its server has told it, in JSON. */
  readonly heard: readonly string[]
}

interface Stage {
  readonly open: (t: TestContext, address: string) => Promise<Tab>
  /** A dashboard of a made-up account, in a tab. */
  readonly show: (
    t: TestContext,
    fleet?: FakeFleet,
  ) => Promise<Tab & { readonly server: Dashboard; readonly fleet: FakeFleet }>
}

type Run = (t: TestContext, stage: Stage) => Promise<void>

/** The browser of all tests of this process that ask for no other one, with the one context of its tabs. */
let common: Promise<BrowserContext> | undefined

async function contextOf(browser: Promise<Browser>): Promise<BrowserContext> {
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 800 } })
  context.setDefaultTimeout(PATIENCE_MS)
  return context
}

/**
 * Tests that need a browser. Where there is no Chromium they are skipped, and a line says so with their number: nothing passes that was not
 * run.
 */
export function inBrowser(
  name: string,
  tests: Readonly<Record<string, Run>>,
  args: readonly string[] = [],
): void {
  after(async () => (await common)?.browser()?.close())
  describe(name, () => {
    let context: BrowserContext | undefined
    before(async () => {
      if (CHROMIUM !== undefined)
        context = await (args.length > 0 ? contextOf(launch(args)) : (common ??= contextOf(launch())))
      else console.log(`SKIPPED: no Chromium: ${Object.keys(tests).length} tests of "${name}" were not run`)
    })
    after(() => (args.length > 0 ? context?.browser()?.close() : undefined))

    const open: Stage['open'] = async (t, address) => {
      if (context === undefined) throw new Error('no browser')
      const page = await context.newPage()
      t.after(() => page.close())
      const complaints: string[] = []
      const requests: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('request', (request) => requests.push(request.url()))
      const heard: string[] = []
      page.on('websocket', (socket) => {
        requests.push(socket.url())
        socket.on('framereceived', ({ payload }) => heard.push(String(payload)))
      })
      await page.goto(address)
      return { page, context, complaints, requests, heard }
    }
    const stage: Stage = {
      open,
      async show(t, fleet = fakeFleet(9)) {
        const server = await startDashboard({ source: fleet.source, port: 0, every: 200 })
        t.after(() => server.close())
        return { ...(await open(t, server.address())), server, fleet }
      },
    }
    for (const [sentence, run] of Object.entries(tests))
      test(sentence, { skip: CHROMIUM === undefined && 'no Chromium' }, (t) => run(t, stage))
  })
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await delay(50))
    if (await isSo()) return
  throw new Error('it did not come about')
}

/** What axe finds wrong with a page as it is now, a line each. */
export async function axe(page: Page): Promise<readonly string[]> {
  return page.evaluate(`(async () => {
    if (!window.axe) (0, eval)(${JSON.stringify(AXE)})
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => id + ': ' + help + ': ' + node.html.slice(0, 160)))
  })()`) as Promise<string[]>
}
