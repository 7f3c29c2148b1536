import { test } from 'node:test'
import { openScriptWorld } from './script-world.ts'
test('probe', async (t) => {
  const w = await openScriptWorld(t)
  for (const line of ['device list', 'device info -d Kitchen', 'dg info -g "Thermostat Factory Line"', 'build info -b 17965d9e-5b16-06ea-94f9-1233647d324c', 'product list', 'loginkey list', 'account info', 'log get -d Kitchen', 'dg builds -g "Thermostat Development"', 'webhook create -g "Thermostat Field" -u http://x/ -e blessing -t json', 'auth info', 'test info', 'project info', 'dg delete -g "Pump Pilot" -q', 'device restart -d Kitchen']) {
    const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((w) => w.replaceAll('"', ''))
    console.log(line, (await w.oneShot([...words, '-z', 'json'])).stdout, await w.run(`${line} | to json`))
  }
})
