import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { player, recorder, replayer, type Answer, type Tape } from './tape.ts'
import { openWorld, type World } from './world.ts'
import { fc } from '../properties.ts'

/** Command lines of each family; `ID` stands for what the family's `id` line gives. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  account: ['account info', 'account info -u other', 'account list', 'auth info'],
  product: [
    'product info -p Thermostat',
    'product info -p Thermostat -u',
    'product info -p {me}{Thermostat}',
    'product list -o me',
    'product create -n Mutant',
    'product update -p Thermostat -s x',
    'product delete -p Thermostat -f -b -q',
  ],
  dg: [
    'dg info -g {me}{Thermostat}{Thermostat_Development} -u',
    'dg list -p Thermostat',
    'dg create -n Mutant -p Thermostat',
    'dg update -g Pump_Lab -s x',
    'dg builds -g Pump_Lab -r -q',
    'dg restart -g Pump_Lab',
    'dg unassign -g Pump_Lab',
    'dg reassign -f Pump_Lab -t Pump_Pilot',
    'dg delete -g Pump_Lab -f -b -q',
  ],
  device: [
    'device info -d Kitchen',
    'device list -o me',
    'device list --online --assigned',
    'device update -d Kitchen -n Kitchen',
    'device restart -d Kitchen',
    'device assign -d Kitchen -g Pump_Lab -q',
    'device unassign -d Kitchen',
    'device remove -d Kitchen -f -q',
  ],
  build: [
    'build info -b mutant',
    'build list -g Pump_Lab',
    'build list -y development -o me',
    'build get -b mutant -x d.nut -y a.nut -q',
    'build copy -b mutant -g Pump_Pilot -a',
    'build deploy -g Pump_Lab -x d.nut',
    'build run -g Pump_Lab -x d.nut',
    'build update -b mutant -t y -r mutant',
    'build cleanup -q -u',
    'build delete -b mutant -f -q',
  ],
  webhook: [
    'webhook list',
    'webhook list -o me -p Thermostat -e blinkup',
    'webhook create -g Pump_Lab -u http://localhost/ -e blinkup -m json',
  ],
  loginkey: ['loginkey list', 'loginkey create -w demo-password'],
  log: ['log get -d Kitchen', 'log get -d Kitchen --page-number 1'],
  project: ['project link -g Pump_Lab -q', 'project info -u', 'project update -s x', 'project delete -e -q'],
  test: ['test create -g Pump_Lab -f t.nut -q', 'test info', 'test update -t 9'],
}

const MODES = ['default', 'minimal', 'json', 'table', 'csv', 'debug', 'value'] as const

/** Changes of answers that are carried out for each family. */
const CHANGES = 10_000

type Mutation = {
  readonly answer: number
  readonly place: number
  readonly change: 'delete' | 'set' | 'add'
  readonly value: unknown
}

const odd = fc.constantFrom(
  null,
  0,
  -1,
  1e300,
  true,
  false,
  '',
  'x',
  '__proto__',
  [],
  {},
  [null],
  [[]],
  [{}],
  { id: null },
  { id: 7, type: 'product' },
  { type: 'gadget', id: 'g' },
  { data: null },
  '2020-01-01',
  '\u001b[2J',
  { toString: 1 },
)
const mutation: fc.Arbitrary<Mutation> = fc.record({
  answer: fc.nat(30),
  place: fc.nat(5_000),
  change: fc.constantFrom('delete', 'set', 'set', 'add'),
  value: odd,
})

/** The same answer with some places of its document changed, as no honest server would. */
function mutated(answer: Answer, mutations: readonly Mutation[]): Answer {
  if (mutations.length === 0 || answer.text === '') return answer
  const root = { body: JSON.parse(answer.text) as unknown }
  const places = placesOf(root)
  for (const { place, change, value: given } of mutations) {
    // A value that is set in one place may be changed in another.
    const value: unknown = structuredClone(given)
    const [holder, key] = places[place % places.length] ?? [root, 'body']
    if (change === 'delete') delete (holder as Record<string, unknown>)[key]
    else if (change === 'set') (holder as Record<string, unknown>)[key] = value
    else {
      const inside = (holder as Record<string, unknown>)[key]
      if (typeof inside === 'object' && inside !== null)
        Object.defineProperty(inside, typeof value === 'string' && value !== '' ? value : 'extra', {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        })
    }
  }
  return { ...answer, text: JSON.stringify(root.body) ?? '' }
}

function placesOf(root: object): (readonly [object, string])[] {
  const places: (readonly [object, string])[] = []
  const walk = (holder: object) => {
    for (const key of Object.keys(holder)) {
      places.push([holder, key])
      const value = (holder as Record<string, unknown>)[key]
      if (typeof value === 'object' && value !== null) walk(value)
    }
  }
  walk(root)
  return places
}

describe('no answer of a server, however wrong, is a defect of ours', () => {
  let world: World
  const tape: Tape = new Map()
  const lines = new Map<string, readonly string[][]>()
  before(async () => {
    world = await openWorld({ zombies: true })
    for (const name of ['d.nut', 'a.nut', 't.nut']) await writeFile(join(world.directory, name), '')
    const real = player(world, recorder(tape))
    const made = async (line: string) => JSON.parse((await real.run([...wordsOf(line), '-z', 'json'])).stdout)
    await made('build deploy -g Pump_Lab -x d.nut -t mutant')
    const hook = (await made('webhook create -g Pump_Lab -u http://localhost/h -e blinkup -m json')).Webhook
      .id
    const key = (await made('loginkey create -w demo-password -s k'))['Login Key']?.id
    for (const [family, texts] of Object.entries(FAMILIES)) {
      const more =
        family === 'webhook'
          ? [
              `webhook info -w ${hook}`,
              `webhook update -w ${hook} -u http://localhost/n`,
              `webhook delete -w ${hook} -q`,
            ]
          : family === 'loginkey' && key
            ? [
                `loginkey info -k ${key}`,
                `loginkey update -k ${key} -s n -w demo-password`,
                `loginkey delete -k ${key} -q -w demo-password`,
              ]
            : []
      lines.set(family, [...texts, ...more].map(wordsOf))
      for (const words of lines.get(family) ?? []) await real.run(words)
    }
  })
  after(() => world.close())

  for (const family of Object.keys(FAMILIES))
    test(`impt ${family}`, async () => {
      let count = 0
      const property = fc.asyncProperty(
        fc.nat(50),
        fc.constantFrom(...MODES),
        fc.oneof(
          fc.array(mutation, { minLength: 1, maxLength: 4 }),
          fc.array(mutation, { minLength: 20, maxLength: 60, size: 'max' }),
        ),
        async (line, mode, mutations) => {
          count += mutations.length
          const all = lines.get(family) ?? []
          const words = all[line % all.length] ?? []
          let asked = 0
          const fetch = replayer(tape, (answer) => {
            const turn = asked++
            return mutated(
              answer,
              mutations.filter((one) => one.answer % 4 === turn % 4),
            )
          })
          const replayed = player(world, fetch)
          if (mode === 'value')
            return replayed.value(words).then(
              () => undefined,
              (error: unknown) =>
                assert.ok(
                  error instanceof ImptError,
                  `${words.join(' ')}: ${String((error as Error).stack)}`,
                ),
            )
          const { stdout, stderr } = await replayed.run(mode === 'default' ? words : [...words, '-z', mode])
          assert.doesNotMatch(
            stdout + stderr,
            /Internal error|defect of impt|undefined|\[object Object\]/,
            `${words.join(' ')}\n${stdout}${stderr}`,
          )
        },
      )
      // How many changes a run makes is left to chance; how many there are in all is not.
      while (count < CHANGES) await fc.assert(property, { numRuns: 200, includeErrorInReport: true })
    })
})

/** Words of a line; `_` stands for a blank. */
function wordsOf(line: string): string[] {
  return line.split(' ').map((word) => (word.startsWith('-') ? word : word.replaceAll('_', ' ')))
}
