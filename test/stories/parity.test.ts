import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createSession } from '../../src/language/run/session.ts'
import { demoLoginKey } from '../../src/sandbox/known.ts'
import { openScriptWorld, type Played, type ScriptWorld } from './script-world.ts'

/** Command lines in the order in which they run; later ones use what earlier ones made. Numbers after a bar are the exit code. */
const LINES = `
account info
account list
auth info
product create --name Parity --descr "a \\"quoted\\" text"
product list
product list --owner me
product info --product Parity --full
product update --product Parity --name "Parity 2" --descr ''
product info --product nothing | 1
product delete --product Thermostat | 4
dg create --name "Parity Bench" --dg-type development --product "Parity 2"
dg create --name "Parity Bench" --dg-type development --product "Parity 2" | 1
dg list --dg-type development --dg-type production
dg info --dg "{me}{Thermostat}{Thermostat Factory Line}" --full
dg update --dg "Parity Bench" --descr "bench *.nut ~ # {x}"
dg restart --dg "Thermostat Development" --conditional
dg builds --dg "Thermostat Development"
dg reassign --from "Pump Lab" --to "Parity Bench"
dg unassign --dg "Parity Bench"
device list --product Thermostat --online
device list --unassigned --output csv
device info --device Kitchen
device info --device Kitchen -z minimal
device update --device Spare --name "It's $5"
device assign --device "It's $5" --dg "Parity Bench" --confirmed
device restart --device Kitchen
device unassign --device "It's $5"
device remove --device "It's $5" --force --confirmed
device info --devise Kitchen | 2
build deploy --dg "Parity Bench" --device-file d.nut --agent-file a.nut --descr one --tag t1 --tag t2
build list --dg "Parity Bench" --tag t1
build list --product Thermostat --output table
build run --dg "Parity Bench" --device-file d.nut --agent-file a.nut --flagged
build deploy --dg "Parity Bench" --device-file missing.nut --agent-file a.nut | 1
build cleanup --confirmed
webhook create --dg "Parity Bench" --url https://x.example/ --event deployment --mime json
webhook list --event deployment
log get --device Kitchen --page-size 2
log get --device Kitchen --output json
loginkey list
loginkey info --lk ${demoLoginKey}
loginkey create --pwd demo-password --descr parity
loginkey create --pwd wrong | 1
loginkey update --lk ${demoLoginKey} --pwd demo-password --descr "new text"
loginkey delete --lk ${demoLoginKey} --pwd demo-password --confirmed
project link --dg "Parity Bench" --confirmed
project info
test create --dg "Parity Bench" --test-file "*.test.nut" --confirmed
test info
test update --timeout 5 --stop-on-fail
test github --github-config g.conf --user u --pwd p --confirmed
test delete --confirmed
project delete --confirmed
dg delete --dg "Parity Bench" --builds --force --confirmed
product delete --product "Parity 2" --confirmed
account info --user nobody | 1
auth logout --local | 3
completion bash
sandbox status
product list --help
dg create -h
squirrel check d.nut
dg | 2
zzz list | 2
`

interface Line {
  readonly text: string
  readonly words: readonly string[]
  readonly code: number
}

const lines: readonly Line[] = LINES.trim()
  .split('\n')
  .map((row) => {
    const [, text = '', code = '0'] = /^(.*?)(?: \| (\d+))?$/.exec(row) ?? []
    const words = [...text.matchAll(/"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g)].map(
      ([, double, single, bare]) => double?.replaceAll('\\"', '"') ?? single ?? bare ?? '',
    )
    return { text: text.replaceAll('$5', '\\$5'), words, code: Number(code) }
  })

test('a command line prints the same as a one-shot, in a script and at the prompt', async (t) => {
  const worlds = await Promise.all([ready(t), ready(t), ready(t)])
  const [shot, script, prompt] = worlds
  const { host, written } = await prompt.host()
  const session = createSession(host)
  t.after(() => session.close())
  let before = written()
  const typed = async (text: string): Promise<Played> => {
    const { exit } = await session.run(text, new AbortController().signal)
    const now = written()
    const played = {
      code: exit,
      stdout: now.stdout.slice(before.stdout.length),
      stderr: now.stderr.slice(before.stderr.length),
    }
    before = now
    return played
  }
  for (const { text, words, code } of lines) {
    await t.test(text, async () => {
      const expected = await shot.oneShot(words)
      assert.equal(expected.code, code, expected.stdout + expected.stderr)
      const inScript = await script.run(`impt ${text}`)
      const atPrompt = await typed(text)
      // Requests that a command makes side by side come in any order.
      const requests = worlds.map((world) =>
        world
          .requests()
          .map((line) => neutral(world, line))
          .sort(),
      )
      assert.deepEqual([inScript.code, atPrompt.code], [code, code], inScript.stderr)
      // A script tells its errors with their place on stderr (language.md 2.10): only what succeeds prints the same.
      if (code === 0) {
        assert.equal(neutral(script, inScript.stdout), neutral(shot, expected.stdout))
        assert.equal(neutral(prompt, atPrompt.stdout), neutral(shot, expected.stdout))
        assert.equal(neutral(script, inScript.stderr), neutral(shot, expected.stderr))
      } else if (code !== 2) {
        const [reason = ''] = /(?<=Error: ).*/.exec(expected.stdout) ?? []
        assert.ok(
          neutral(script, inScript.stderr).includes(neutral(shot, reason).replace(/\.$/, '')),
          `${inScript.stderr}\n${expected.stdout}`,
        )
      }
      assert.deepEqual(requests.slice(1), [requests[0], requests[0]])
    })
  }
})

const READS = [
  'account info',
  'account list',
  'product list',
  'product info --product Thermostat --full',
  'dg list',
  'dg info --dg "Thermostat Factory Line" --full',
  'dg builds --dg "Thermostat Development"',
  'device list',
  'device info --device Kitchen',
  'build list',
  'build info --build 17965d9e-5b16-06ea-94f9-1233647d324c',
  'webhook list',
  'webhook info --wh HOOK',
  'log get --device Kitchen',
]

test('what flows through a pipe is what the documented JSON holds, flat and without its wrapping', async (t) => {
  const world = await ready(t)
  await world.run(
    'webhook create --dg "Thermostat Field" --url https://x.example/ --event blessing --mime json',
  )
  const hook = [...world.sandbox.store.webhooks.all()].at(-1)?.id ?? ''
  for (const read of READS) {
    await t.test(read, async () => {
      const line = read.replace('HOOK', hook)
      const documented = JSON.parse((await world.run(`${line} --output json`)).stdout)
      const flat = JSON.parse((await world.run(`${line} | to json`)).stdout)
      assert.ok(Array.isArray(documented) === Array.isArray(flat) && Object.keys(documented).length > 0)
      assert.equal(compared(documented, flat, read) > 0, true)
    })
  }
})

/** Everything of the documented JSON must be in the flat records, under the API's names. Gives how many values were compared. */
function compared(documented: unknown, flat: any, where: string): number {
  if (Array.isArray(documented)) {
    assert.equal(flat?.length, documented.length, where)
    return documented.reduce(
      (sum: number, item, index) => sum + compared(item, flat[index], `${where}[${index}]`),
      0,
    )
  }
  if (typeof documented !== 'object' || documented === null) {
    // An attribute without a value and an empty list are an empty text in the documented JSON (output.md 7).
    if (documented === '') assert.ok(flat === null || flat?.length === 0, where)
    else assert.deepEqual(flat, documented, where)
    return 1
  }
  const entries = Object.entries(documented)
  const [only] = entries
  if (entries.length === 1 && only && WRAPPED.has(only[0])) return compared(only[1], flat, where)
  let sum = 0
  for (const [key, value] of entries) sum += compared(value, flat?.[fieldOf(key)], `${where} ${key}`)
  return sum
}

const WRAPPED = new Set([
  'Account',
  'Product',
  'Device Group',
  'Device',
  'Deployment',
  'Webhook',
  'Login Key',
])
const fieldOf = (key: string): string => key.toLowerCase().replaceAll(' ', '_')

async function ready(t: TestContext): Promise<ScriptWorld> {
  const world = await openScriptWorld(t)
  await world.write('d.nut', 'server.log("device")\n')
  await world.write('a.nut', 'server.log("agent")\n')
  return world
}

/** A text without what differs between two equal worlds: the folder, the port, ids in the order of their coming, and times. */
function neutral({ folder, sandbox }: ScriptWorld, text: string): string {
  const ids = new Map<string, string>()
  const { port } = new URL(sandbox.url)
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(`127.0.0.1:${port}`, '<server>')

    .replace(/\b(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16})\b/g, (id) => {
      if (!ids.has(id)) ids.set(id, `<id ${ids.size + 1}>`)
      return ids.get(id) ?? ''
    })
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
}
