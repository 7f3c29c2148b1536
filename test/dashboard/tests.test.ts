import assert from 'node:assert/strict'
import { inBrowser } from './browser.ts'
import { fakeFleet } from './fake-fleet.ts'
import { fakeTestRun } from './fake-test-run.ts'

inBrowser('test runs on the page', {
  async 'show sessions as they come, and of failures why, with what was logged'(t, { show }) {
    const fleet = fakeFleet(9)
    const { page, complaints } = await show(t, fleet)
    await page.getByRole('button', { name: 'Tests', exact: true }).click()
    await page.getByText('No test run yet').waitFor()
    fleet.tests = [fakeTestRun()]
    await page.getByText('Expected value: true, got: <b>false</b>').waitFor()
    await page.getByText('no alarm').waitFor()
    await page.getByText('tests/flow.device.test.nut runs\u2026').waitFor()
    assert.equal(await page.getByText('ValveTest::testOpens()').isVisible(), false)
    await page.getByText('tests/valve.device.test.nut').click()
    await page.getByText('ValveTest::testOpens()').waitFor()
    fleet.tests = [fakeTestRun({ state: 'failed', current: null })]
    await page.getByText('runs\u2026').waitFor({ state: 'hidden' })
    // What was opened stays open.
    assert.equal(await page.getByText('ValveTest::testOpens()').isVisible(), true)
    assert.deepEqual(complaints, [])
  },
})
