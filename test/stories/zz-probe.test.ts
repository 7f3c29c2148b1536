import { test } from 'node:test'
import { openScriptWorld } from './script-world.ts'
import { squirrelCheck } from '../../src/sandbox/squirrel.ts'
test('probe', async (t) => {
  const w = await openScriptWorld(t, { fleet: { products: 1, groups: 2, devices: 300, seed: 1 }, check: squirrelCheck() })
  const log = async (text: string, o = {}) => { const at = Date.now(); const r = await w.run(text, o); console.log(`--- ${text}\n${r.code} ${Date.now() - at} ms\n${r.stdout.slice(0, 1500)}\n!! ${r.stderr.slice(0, 1500)}`, w.requests().slice(0, 12)) }
  await log('with output json { product info -p Thermostat }\nwith product Thermostat, dg "Pump Lab" { dg info\n device list --dg "Pump Lab" | count }')
  await log('let k = loginkey create --pwd demo-password --descr x\nwith env IMPT_LOGINKEY = $k.id, dir (temp-dir), env HOME = (temp-dir) { auth info\naccount info }\nauth info')
  await log('let d = temp-dir\nwith dir $d { auth login --local --user partner --pwd partner-password --confirmed }\nwith auth $d { account info | get username }\naccount info | get username')
  await log('set env.IMPT_ENDPOINT = "http://127.0.0.1:9/v5"\naccount info | get username')
  await log('try { device info --device zz } catch NOT_FOUND e { $e }')
  await w.run('device update -d Kitchen --name Twin\ndevice update -d Cellar --name Twin')
  await log('device info -d Twin')
  await log('try { device info --device Twin } catch AMBIGUOUS e { $e.candidates | select id name | to csv\n$e.message }')
  await w.write('bad.nut', 'server.log("a"\nlocal = 3\n'); await w.write('ok.nut', '')
  await log('build deploy --dg "Pump Lab" --device-file bad.nut --agent-file ok.nut')
  await log('try { build deploy --dg "Pump Lab" --device-file bad.nut --agent-file ok.nut } catch COMPILE e { $e | to json }')
  w.sandbox.inject({ method: 'PATCH', path: '/products/*', skip: 0, count: 1, fault: { kind: 'hang' } })
  await log('with timeout 200ms { product update -p Thermostat --descr x }')
  w.sandbox.inject({ method: 'GET', path: '/products*', skip: 0, count: 1, fault: { kind: 'hang' } })
  await log('try { with timeout 200ms { product list } } catch TIMEOUT e { print caught $e.code }')
  await log('device list | first 2 | select name\ndevice list --online | count')
  await log('log stream --device "Living Room" | first 1 | select msg')
  await log('log get -d "Living Room" --page-size 1 | first 2 | select msg')
})
