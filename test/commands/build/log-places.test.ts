import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogPlaces } from '../../../src/commands/build/log-places.ts'
import { collect } from '../../../src/impcentral/paging.ts'
import type { Client } from '../../../src/impcentral/client.ts'

const day = (number: number) => `2024-01-0${number}T00:00:00.000Z`

/** Builds of the 2nd, 4th and 6th of January, in which row 3 is another line each; the last one is the current one. */
function cloud(requests: string[] = []): Client {
  const builds = [2, 4, 6].map((number) => ({
    type: 'deployment',
    id: `b${number}`,
    attributes: {
      created_at: day(number),
      agent_code: '',
      device_code: `#line ${number * 10} "pump.nut"\nlocal a\nlocal b\nlocal c\n`,
    },
    relationships: {},
  }))
  const byId = async (id: string) => {
    requests.push(id)
    return builds.find((build) => build.id === id)
  }
  return {
    devices: {
      get: async () => ({
        type: 'device',
        id: 'd1',
        attributes: {},
        relationships: { devicegroup: { type: 'development_devicegroup', id: 'g1' } },
      }),
    },
    deviceGroups: {
      get: async () => ({
        type: 'development_devicegroup',
        id: 'g1',
        attributes: {},
        relationships: { current_deployment: { type: 'deployment', id: 'b6' } },
      }),
    },
    deployments: {
      get: byId,
      async *list() {
        requests.push('list')
        // Lists may leave out the code.
        for (const build of builds)
          yield { ...build, attributes: { created_at: build.attributes.created_at } }
      },
    },
  } as unknown as Client
}

const crash = (ts: string) => ({ ts, type: 'server.error', msg: 'ERROR:   at main:device_code:3' })

async function* entries(...days: readonly number[]) {
  for (const one of days) yield crash(day(one))
}

test('a crash is shown at the lines of the build that the group gave out then', async () => {
  const requests: string[] = []
  const places = createLogPlaces(cloud(requests), '/project')
  const shown = await collect(places.all(entries(7, 6, 5, 4, 3, 2, 1), 'd1'))
  assert.deepEqual(
    shown.map(({ msg }) => msg.replace('ERROR:   at main:', '')),
    [
      'pump.nut:61',
      'pump.nut:61',
      'pump.nut:41',
      'pump.nut:41',
      'pump.nut:21',
      'pump.nut:21',
      // Nobody knows what ran before the first build.
      'device_code:3',
    ],
  )
  assert.deepEqual(
    requests,
    ['b6', 'list', 'b4', 'b2'],
    'each build is read once, older ones only when they are needed',
  )
})

test('older builds are not read for entries of the current one', async () => {
  const requests: string[] = []
  await collect(createLogPlaces(cloud(requests), '/project').all(entries(7, 6), 'd1'))
  assert.deepEqual(requests, ['b6'])
})

test('a device that was seen to load its code runs the current build, whatever the clocks say', async () => {
  const places = createLogPlaces(cloud(), '/project')
  await places.mapped({ ts: day(3), type: 'status', msg: 'Agent restarted: reload.' }, 'd1')
  assert.match((await places.mapped(crash(day(3)), 'd1')).msg, /pump\.nut:61/)
})
