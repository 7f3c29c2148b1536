import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import type { Entity, LogEntry, Result } from '../../src/output/result.ts'
import { example } from './examples.ts'
import { type Answer, entity, type FakeOptions, run, newFolder } from './fake-host.ts'

const list = (of: Entity['name'], items: readonly Entity[]): Result => ({ kind: 'entities', of, items })
const one = (item: Entity): Result => ({ kind: 'entity', form: 'info', entity: item })
const done: Result = { kind: 'done', touched: null }
const ok: Answer = () => done
const device = (id: string, more: Record<string, unknown> = {}): Entity =>
  entity('Device', id, { name: `lab-${id}`, ...more })
const group = (id: string, more: Record<string, unknown> = {}): Entity =>
  entity('Device Group', id, { name: `group-${id}`, type: 'production', ...more })
const build = (id: string, more: Record<string, unknown> = {}): Entity =>
  entity('Deployment', id, { sha: `sha-${id}`, flagged: false, ...more })
const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString()

async function* entries(...messages: readonly string[]): AsyncGenerator<LogEntry> {
  for (const msg of messages)
    yield {
      ts: '2026-01-31T10:00:00.000Z',
      type: msg.startsWith('!') ? 'agent.error' : 'agent.log',
      msg,
      device_id: 'd1',
    }
}

interface Case extends FakeOptions {
  readonly args?: readonly string[]
  readonly confirmed?: boolean
  /** Files in the working directory. */
  readonly files?: Readonly<Record<string, string>>
}

/** Runs an example and gives what it did. */
async function play(
  number: string,
  { args = [], confirmed = false, files = {}, ...fake }: Case,
): ReturnType<typeof run> {
  const { name, text } = example(number)
  const directory = newFolder()
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, file)), { recursive: true })
    writeFileSync(join(directory, file), content, { mode: 0o755 })
  }
  const env = { PATH: `${directory}:${process.env['PATH'] ?? ''}`, ...fake.env }
  return run(text, { ...fake, env, directory, name, args, options: { confirmed } })
}

/** The commands that change something. */
const writes = (ran: readonly string[]): string[] =>
  ran.filter((line) => !/^\w+ (?:list|info|get|stream)\b/.test(line))

test('01 moves devices that have been offline for long, after one question', async () => {
  const devices = [
    device('d1', { device_state_changed_at: ago(40) }),
    device('d2', { device_state_changed_at: ago(2) }),
    device('d3', { device_state_changed_at: null }),
  ]
  const answers = { 'device list': () => list('Device', devices), 'device assign': ok }
  const yes = await play('01', { answers, args: ['Thermo'], replies: ['yes'] })
  assert.equal(yes.exit, 0, yes.err)
  assert.deepEqual(yes.host.ran, [
    'device list --product Thermo --offline',
    'device assign --device d1 --dg quarantine --confirmed',
  ])
  assert.match(yes.err, /1 item\nMove these devices to quarantine\?/)
  const no = await play('01', { answers, args: ['Thermo', '--older', '1d'], replies: ['n'] })
  assert.deepEqual([no.exit, writes(no.host.ran)], [4, []])
})

test('02 deploys to each group with devices and waits for a line', async () => {
  const answers = {
    'dg list': () => list('Device Group', [group('g1'), group('g2')]),
    'device list': ({ options }) =>
      list('Device', options['dg'] === undefined || String(options['dg']) === 'g1' ? [device('d1')] : []),
    'log stream': () => ({ kind: 'logs', live: true, items: entries('boot', 'READY now', 'more') }),
    'build deploy': () => one(build('b1')),
    'dg restart': ok,
  } satisfies Record<string, Answer>
  const { out, err, exit, host } = await play('02', { answers, args: ['Thermo', '--within', '5s'] })
  assert.equal(exit, 0, err)
  assert.deepEqual(writes(host.ran), [
    'build deploy --dg g1 --device-file device.nut --agent-file agent.nut',
    'dg restart --dg g1',
  ])
  assert.match(out, /group-g1: 2026-01-31T10:00:00\.000Z READY now\n/)
  assert.match(out, /group-g2: no devices, skipped\n/)
})

test('03 rotates the login key and keeps it secret', async () => {
  const keys = [
    entity('Login Key', 'old-key', { description: 'ci-2025' }),
    entity('Login Key', 'mine', { description: 'me' }),
  ]
  const answers = {
    'loginkey list': () => list('Login Key', keys),
    'loginkey create': () => one(entity('Login Key', 'new-key', { description: 'ci' })),
    'auth login': ok,
    'account info': () => one(entity('Account', 'a1')),
    'loginkey delete': ok,
  }
  const { err, exit, host } = await play('03', { answers, replies: ['pw'] })
  assert.equal(exit, 0, err)
  assert.match(host.ran[1] ?? '', /^loginkey create --pwd pw --descr ci-\d{4}-\d\d-\d\d$/)
  assert.equal(host.ran[2], 'auth login --local --lk new-key --temp --confirmed')
  assert.deepEqual(host.ran.slice(4), ['loginkey delete --lk old-key --pwd pw --confirmed'])
  assert.equal(readFileSync(join(host.directory, 'ci.loginkey'), 'utf8'), 'new-key')
  assert.equal(statSync(join(host.directory, 'ci.loginkey')).mode & 0o777, 0o600)
})

test('04 writes the devices of each group as CSV', async () => {
  const answers = {
    'dg list': () => list('Device Group', [group('g2', { name: 'b' }), group('g1', { name: 'a' })]),
    'device list': ({ options }) =>
      list(
        'Device',
        String(options['dg']) === 'g1'
          ? [device('d1', { device_online: true }), device('d2', { device_online: false })]
          : [],
      ),
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('04', { answers, args: ['Thermo', '--out', 'x.csv'] })
  assert.equal(exit, 0, err)
  assert.equal(
    readFileSync(join(host.directory, 'x.csv'), 'utf8'),
    'group,type,total,online\na,production,2,1\nb,production,0,0\n',
  )
})

test('05 unflags and deletes all but the newest builds', async () => {
  const builds = [
    build('b1', { created_at: ago(9), flagged: true }),
    build('b2', { created_at: ago(1) }),
    build('b3', { created_at: ago(5) }),
  ]
  const answers = { 'build list': () => list('Deployment', builds), 'build update': ok, 'build delete': ok }
  const { err, exit, host } = await play('05', { answers, args: ['g1', '--keep', '1'], confirmed: true })
  assert.equal(exit, 0, err)
  assert.deepEqual(writes(host.ran), [
    'build delete --build b3 --confirmed',
    'build update --build b1 --flagged false',
    'build delete --build b1 --confirmed',
  ])
})

test('06 runs the tests of a CI job only with a login key', async () => {
  const answers = {
    'account info': () => one(entity('Account', 'a1')),
    'test run': (): Result => ({ kind: 'record', record: { failures: 1 }, failed: true }),
  }
  const without = await play('06', { answers })
  assert.deepEqual([without.exit, without.host.ran], [5, []])
  assert.match(without.err, /IMPT_LOGINKEY is not set/)
  const failed = await play('06', { answers, env: { IMPT_LOGINKEY: 'k' } })
  assert.equal(failed.exit, 1)
  const refused = { 'account info': () => Promise.reject(new ImptError('AUTH', 'refused')) }
  assert.equal((await play('06', { answers: refused, env: { IMPT_LOGINKEY: 'k' } })).exit, 3)
})

test('07 puts the previous build back if the fleet does not come back', async () => {
  let copies = 0
  const answers = {
    'build list': () => list('Deployment', [build('old', { created_at: ago(1) })]),
    'device list': () => list('Device', copies === 1 ? [] : [device('d1')]),
    'build copy': (): Result => {
      copies += 1
      return one(build('b'))
    },
    'dg restart': ok,
  }
  const failed = await play('07', { answers, args: ['g1', 'new', '--within', '20ms'] })
  assert.equal(failed.exit, 124, failed.err)
  assert.match(failed.err, /Not back after 20ms: restoring old/)
  assert.deepEqual(writes(failed.host.ran), [
    'build copy --build new --dg g1 --all',
    'dg restart --dg g1 --conditional',
    'build copy --build old --dg g1 --all',
    'dg restart --dg g1',
  ])
  const fine = await play('07', { answers, args: ['g1', 'new'] })
  assert.deepEqual([fine.exit, writes(fine.host.ran).length], [0, 2], fine.err)
})

test('08 promotes to production after the name was typed', async () => {
  const answers = {
    'build list': () =>
      list('Deployment', [build('b1', { created_at: ago(3) }), build('b2', { created_at: ago(1) })]),
    'dg info': ({ options }) =>
      one(group('g9', { name: 'Line', type: options['dg'] === 'dev' ? 'development' : 'production' })),
    'device list': () => list('Device', [device('d1')]),
    'build copy': ok,
    'dg restart': ok,
  } satisfies Record<string, Answer>
  const typed = await play('08', { answers, args: ['staging', 'prod'], replies: ['Line'] })
  assert.equal(typed.exit, 0, typed.err)
  assert.deepEqual(writes(typed.host.ran), [
    'build copy --build b2 --dg g9 --all',
    'dg restart --dg g9 --conditional',
  ])
  assert.equal((await play('08', { answers, args: ['staging', 'prod'], replies: ['line'] })).exit, 4)
  const wrong = await play('08', { answers, args: ['staging', 'dev'], replies: ['Line'] })
  assert.equal(wrong.exit, 5)
  assert.match(wrong.err, /Line is development, not production[^]*left: "development" {2}right: "production"/)
})

test('09 makes the webhooks that are missing', async () => {
  const answers = {
    'webhook list': () => list('Webhook', [entity('Webhook', 'w1', {}, { devicegroup: 'g1' })]),
    'dg list': () => list('Device Group', [group('g1'), group('g2')]),
    'webhook create': ok,
  }
  const { err, exit, host } = await play('09', { answers, args: ['Thermo', 'https://x.example'] })
  assert.equal(exit, 0, err)
  assert.deepEqual(writes(host.ran), [
    'webhook create --dg g2 --url https://x.example --event blessing --mime json',
  ])
})

test('10 names devices from a CSV file and lists the failures', async () => {
  const answers = {
    'device update': ({ options }) => {
      if (options['device'] === 'bb') throw new ImptError('NOT_FOUND', 'Device "bb" is not found.')
      return done
    },
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('10', {
    answers,
    args: ['names.csv'],
    files: { 'names.csv': 'mac,name\naa,one\nbb,"two, three"\n' },
  })
  assert.equal(exit, 1, err)
  assert.deepEqual(host.ran, [
    'device update --device aa --name one',
    'device update --device bb --name two, three',
  ])
  assert.equal(
    readFileSync(join(host.directory, 'failed.csv'), 'utf8'),
    'item.mac,item.name,error.message\nbb,"two, three","Device ""bb"" is not found."\n',
  )
  const twice = await play('10', {
    answers,
    args: ['names.csv'],
    files: { 'names.csv': 'mac,name\naa,one\naa,two\n' },
  })
  assert.deepEqual([twice.exit, twice.host.ran], [5, []])
})

test('11 appends one line a run', async () => {
  const answers = {
    'device list': () => list('Device', [device('d1'), device('d2'), device('d3')]),
    'device info': ({ options }) =>
      one(
        device(String(options['device']), {
          device_online: options['device'] !== 'd2',
          rssi: options['device'] === 'd3' ? null : -50,
        }),
      ),
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('11', {
    answers,
    args: ['Thermo'],
    files: { 'health.csv': 'at,devices,online,rssi\nx,1,1,-1\n' },
  })
  assert.equal(exit, 0, err)
  assert.match(
    readFileSync(join(host.directory, 'health.csv'), 'utf8'),
    /^at,devices,online,rssi\nx,1,1,-1\n20\d\d-[^,]+Z,3,2,-50\n$/,
  )
})

test('12 makes the groups of a line, and only those that are missing', async () => {
  const known = new Map([['line-1-production', 'p1']])
  const answers = {
    'dg info': ({ options }) => {
      const name = /\{([^{}]+)\}$/.exec(String(options['dg']))?.[1] ?? ''
      const id = known.get(name)
      if (id === undefined) throw new ImptError('NOT_FOUND', `Device Group "${name}" is not found.`)
      return one(group(id, { name }))
    },
    'dg create': ({ options }) => {
      known.set(String(options['name']), `${String(options['dg-type'])}-id`)
      return done
    },
  } satisfies Record<string, Answer>
  const { out, err, exit, host } = await play('12', { answers, args: ['Thermo'] })
  assert.equal(exit, 0, err)
  assert.deepEqual(writes(host.ran), [
    'dg create --name line-1-dut --dg-type dut --product Thermo',
    'dg create --name line-1-fixture --dg-type factory --product Thermo --dut dut-id --target p1',
  ])
  assert.match(out, /line-1-fixture +production +factory-id\n/)
})

test('13 restarts devices whose agent is down and repeats what the network spoils', async () => {
  let tries = 0
  const answers = {
    'device list': () =>
      list('Device', [device('d1', { agent_running: true }), device('d2', { agent_running: false })]),
    'device restart': (): Result => {
      tries += 1
      if (tries < 1) throw new ImptError('NETWORK', 'no')
      return done
    },
  }
  const { err, exit, host } = await play('13', { answers, args: ['g1'] })
  assert.equal(exit, 0, err)
  assert.deepEqual(host.ran, ['device list --dg g1 --online', 'device restart --device d2 --conditional'])
})

test('14 prints the stored lines that match', async () => {
  const answers = {
    'device list': () => list('Device', [device('d1')]),
    'log get': (): Result => ({ kind: 'logs', live: false, items: entries('fine', 'an ERROR here') }),
  }
  const { out, err, exit } = await play('14', { answers, args: ['g1'] })
  assert.equal(exit, 0, err)
  assert.equal(out, 'lab-d1  2026-01-31T10:00:00.000Z  an ERROR here\n')
})

test('15 sends errors to a chat', async () => {
  const { url, texts, close } = await chat(0)
  const answers = {
    'log stream': (): Result => ({ kind: 'logs', live: true, items: entries('fine', '!bad "thing"') }),
  }
  const { err, exit } = await play('15', { answers, args: ['g1'], env: { CHAT_URL: url } })
  close()
  assert.equal(exit, 0, err)
  assert.deepEqual(texts, ['{"text":"d1: !bad \\"thing\\""}'])
})

test('16 deploys what is committed and refuses a dirty tree', async () => {
  const git =
    '#!/bin/sh\ncase "$1" in status) printf "%s" "$DIRTY";; rev-parse) echo abc123;; remote) echo git@x:y;; log) echo "a message";; esac\n'
  const answers = { 'build run': ok }
  const clean = await play('16', { answers, args: ['g1'], files: { git } })
  assert.equal(clean.exit, 0, clean.err)
  assert.deepEqual(clean.host.ran, [
    'build run --dg g1 --device-file src/device.nut --agent-file src/agent.nut --descr a message --origin git@x:y@abc123 --tag abc123 --flagged',
  ])
  const dirty = await play('16', { answers, args: ['g1'], files: { git }, env: { DIRTY: ' M x' } })
  assert.deepEqual([dirty.exit, dirty.host.ran], [5, []])
})

test('17 saves the code of each group in a directory of its own', async () => {
  const directories: string[] = []
  const answers = {
    'dg list': () => list('Device Group', [group('g1', { name: 'a b' }), group('g2')]),
    'build list': ({ options }) =>
      list('Deployment', String(options['dg']) === 'g1' ? [build('b1', { created_at: ago(1) })] : []),
    'build get': (_invocation, call) => {
      directories.push(call.settings.directory)
      return done
    },
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('17', { answers, args: ['Thermo'] })
  assert.equal(exit, 0, err)
  assert.deepEqual(directories, [join(host.directory, 'backup', 'a b')])
})

test('18 lists the groups that do not run the release', async () => {
  const answers = {
    'build info': () => one(build('r', { sha: 'right' })),
    'dg list': () => list('Device Group', [group('g1'), group('g2'), group('g3')]),
    'build list': ({ options }) => {
      const id = String(options['dg'])
      return list(
        'Deployment',
        id === 'g3' ? [] : [build(`b-${id}`, { sha: id === 'g1' ? 'right' : 'wrong', created_at: ago(1) })],
      )
    },
  } satisfies Record<string, Answer>
  const { out, err, exit } = await play('18', { answers, args: ['Thermo', 'r'] })
  assert.equal(exit, 0, err)
  assert.match(
    out,
    /^group +build\.id +build\.sha +build\.created_at\ngroup-g2 +b-g2 +wrong +20.*\ngroup-g3\n$/,
  )
})

test('19 unbinds returned units after one typed confirmation', async () => {
  const answers = {
    'device info': ({ options }) => one(device(String(options['device']))),
    'device unassign': ok,
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('19', {
    answers,
    args: ['ids.txt'],
    files: { 'ids.txt': 'd1\r\n\nd2\n' },
    replies: ['key', 'unbless'],
  })
  assert.equal(exit, 0, err)
  assert.deepEqual(writes(host.ran), [
    'device unassign --device d1 --unbond key',
    'device unassign --device d2 --unbond key',
  ])
})

test('20 goes on after a failure and ends with exit code 1', async () => {
  const answers = {
    'dg list': () =>
      list('Device Group', [
        group('g1', { name: 'ci-1', created_at: ago(3) }),
        group('g2', { name: 'ci-2', created_at: ago(3) }),
        group('g3', { name: 'ci-3', created_at: ago(0) }),
        group('g4', { name: 'x', created_at: ago(3) }),
      ]),
    'dg delete': ({ options }) => {
      if (options['dg'] === 'g1') throw new ImptError('CONFLICT', 'it has devices')
      return done
    },
    'build cleanup': () => Promise.reject(new ImptError('FORBIDDEN', 'no')),
  } satisfies Record<string, Answer>
  const { err, exit, host } = await play('20', { answers })
  assert.equal(exit, 1)
  assert.equal(err, 'ci-1: it has devices\ncleanup: nothing to do or not allowed\n')
  assert.deepEqual(writes(host.ran), [
    'dg delete --dg g1 --builds --force --confirmed',
    'dg delete --dg g2 --builds --force --confirmed',
    'build cleanup --unflag --confirmed',
  ])
})

test('26 counts versions with their shares', async () => {
  const answers = {
    'device list': () =>
      list(
        'Device',
        ['d1', 'd2', 'd3'].map((id) => device(id)),
      ),
    'device info': ({ options }) =>
      one(device(String(options['device']), { swversion: options['device'] === 'd3' ? null : '42.4' })),
  } satisfies Record<string, Answer>
  const { out, err, exit } = await play('26', { answers, args: ['Thermo'] })
  assert.equal(exit, 0, err)
  assert.equal(out, '42.4                  2    66.7%\nunknown               1    33.3%\n')
})

test('27 counts the codes of errors in each hour', async () => {
  const answers = {
    'device list': () => list('Device', [device('d1')]),
    'log get': (): Result => ({
      kind: 'logs',
      live: false,
      items: entries('fine', '!code 404 at /x', '!code 404', '!no number'),
    }),
  }
  const { out, err, exit } = await play('27', { answers, args: ['g1'] })
  assert.equal(exit, 0, err)
  assert.equal(out, 'hour              code  errors\n2026-01-31 10:00  404   2\n2026-01-31 10:00  none  1\n')
})

test('28 joins devices with the customers of a CSV file', async () => {
  const answers = {
    'device list': () =>
      list('Device', [
        device('d1', { name: 'a', mac_address: 'aa', device_online: true }),
        device('d2', { name: 'b', mac_address: 'bb', device_online: false }),
      ]),
  }
  const { err, exit, host } = await play('28', {
    answers,
    args: ['Thermo', 'c.csv'],
    files: { 'c.csv': 'mac,customer\naa,"Acme, Inc."\n' },
  })
  assert.equal(exit, 0, err)
  assert.equal(
    readFileSync(join(host.directory, 'customers.csv'), 'utf8'),
    'customer,name,mac_address,device_online\n"Acme, Inc.",a,aa,true\nnobody,b,bb,false\n',
  )
})

const silentDevices = {
  'device list': () =>
    list('Device', [
      device('d1', { name: 'a', device_state_changed_at: ago(10) }),
      device('d2', { name: 'b', device_state_changed_at: ago(20) }),
      device('d3', { name: 'c', device_state_changed_at: ago(1) }),
    ]),
}
const fleetModule = {
  'modules/fleet.imptsh': readFileSync(
    new URL('../../scripts/examples/modules/fleet.imptsh', import.meta.url),
    'utf8',
  ),
}

test('29 and 30 share a module', async () => {
  const longest = await play('29', { answers: silentDevices, args: ['Thermo'], files: fleetModule })
  assert.equal(longest.exit, 0, longest.err)
  assert.match(longest.out, /^name +silence\nb +20d[^\n]*\na +10d[^\n]*\n$/)
  const groups = await play('30', { answers: silentDevices, args: ['Thermo'], files: fleetModule })
  assert.equal(groups.exit, 0, groups.err)
  assert.match(groups.out, /^device_group\.name +devices +longest\n(?:\S* +)?2 +20d/)
})

/** A chat that fails the first time. */
async function chat(failures: number): Promise<{ url: string; texts: string[]; close: () => void }> {
  const texts: string[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      texts.push(Buffer.concat(chunks).toString())
      response.writeHead(texts.length > failures ? 200 : 503).end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=s3cr3t`,
    texts,
    close: () => void server.close(),
  }
}

test('31 tells a chat what is offline, again where the chat fails, and never shows its address', async () => {
  const { url, texts, close } = await chat(1)
  const answers = {
    'device list': () => list('Device', [device('d1', { name: 'a' }), device('d2', { name: 'b' })]),
  }
  const { err, out, exit } = await play('31', { answers, args: ['Thermo'], env: { CHAT_URL: url } })
  close()
  assert.equal(exit, 0, err)
  assert.deepEqual(texts, Array(2).fill('{"text":"2 devices are offline: a, b"}'))
  assert.doesNotMatch(out + err, /s3cr3t/)
})

test('32 counts builds in months of the calendar', async () => {
  const month = (ms: number): string => new Date(ms).toISOString().slice(0, 7)
  const answers = {
    'build list': () =>
      list('Deployment', [
        build('b1', { created_at: new Date().toISOString() }),
        build('b2', { created_at: ago(400) }),
      ]),
  }
  const { out, err, exit } = await play('32', { answers, args: ['g1', '--zone', 'UTC'] })
  assert.equal(exit, 0, err)
  assert.match(out, new RegExp(`^key +builds +newest\n${month(Date.now())} +1 +20[^\n]*\n$`))
})

test('33 asks for a group and what to do', async () => {
  const answers = {
    'dg list': () => list('Device Group', [group('g1', { name: 'kitchen' }), group('g2', { name: 'lab' })]),
    'dg restart': ok,
    'device list': () => list('Device', [device('d1', { name: 'a', device_online: true })]),
  }
  const restart = await play('33', { answers, args: ['Thermo'], replies: ['la', '2', 'y'] })
  assert.equal(restart.exit, 0, restart.err)
  assert.deepEqual(writes(restart.host.ran), ['dg restart --dg g2'])
  assert.match(restart.err, /1 {2}kitchen\n2 {2}lab\nWhich group\? /)
  const shown = await play('33', { answers, args: ['Thermo'], replies: ['none', '1', 'show'] })
  assert.match(shown.out, /^name +device_online\na +true\n$/)
  assert.match(shown.err, /Nothing is called "none"/)
  const alone = await play('33', { answers, args: ['Thermo'] })
  assert.match(alone.err, /error\[NO_TTY\]/)
})

test('34 goes on where the last run was stopped', async () => {
  const answers = {
    'device list': () => list('Device', [device('d1'), device('d2'), device('d3')]),
    'device restart': ({ options }) => {
      if (options['device'] === 'd3') throw new ImptError('SERVER', 'no')
      return done
    },
  } satisfies Record<string, Answer>
  const stopped = await play('34', { answers, args: ['g1'], files: { 'restarted.txt': 'd1\n' } })
  assert.equal(stopped.exit, 1)
  assert.deepEqual(writes(stopped.host.ran), ['device restart --device d2', 'device restart --device d3'])
  assert.equal(readFileSync(join(stopped.host.directory, 'restarted.txt'), 'utf8'), 'd1\nd2\n')
})

test('35 shows the quality of signals; its tests are found and hold', async () => {
  const answers = {
    'device list': () => list('Device', [device('d1'), device('d2')]),
    'device info': ({ options }) =>
      one(device(String(options['device']), { rssi: options['device'] === 'd1' ? -50 : null })),
  } satisfies Record<string, Answer>
  const { out, err, exit } = await play('35', { answers, args: ['g1'] })
  assert.equal(exit, 0, err)
  assert.match(out, /^key +count +percent +bar\ngood +1 +50 +#{40}\nunknown +1 +50 +#{40}\n$/)
  const { text } = example('35')
  const { tests } = { tests: text.match(/^test "/gm) ?? [] }
  assert.equal(tests.length, 1)
  const checked = await run(text, { args: ['g1'], options: { test: text.indexOf('test "') } })
  assert.equal(checked.exit, 0, checked.err)
})

test('36 writes a report as YAML', async () => {
  const answers = {
    'device list': () =>
      list('Device', [device('d1', { device_online: true }), device('d2', { device_online: false })]),
  }
  const { err, exit, host } = await play('36', { answers, args: ['Thermo'] })
  assert.equal(exit, 0, err)
  assert.match(
    readFileSync(join(host.directory, 'report.yaml'), 'utf8'),
    /^product: Thermo\ndate: "?20\d\d-\d\d-\d\d"?\ndevices: 2\nonline: 1\ngroups:\n/,
  )
})
