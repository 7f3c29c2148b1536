import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { TestContext } from 'node:test'
import type { AccountName, BuildMode, FolderKind } from '../../src/fleet/account.ts'
import { apply, type ApplyEvent } from '../../src/fleet/apply.ts'
import { diskOf, type Disk } from '../../src/fleet/folder/disk.ts'
import { makePlan, type Plan } from '../../src/fleet/make-plan.ts'
import { pull, type Pulled } from '../../src/fleet/pull.ts'
import { noteApplied, saveHints } from '../../src/fleet/save-hints.ts'
import { createClient, type Client } from '../../src/impcentral/client.ts'
import { KINDS, SHAPES } from '../../src/entities/kinds.ts'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import { memoryTokenStore } from '../../src/impcentral/tokens.ts'
import type { DeviceGroupType } from '../../src/impcentral/types.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import { fc } from '../properties.ts'

/** An impCentral whose demo account is empty, and a client that is logged in there. */
export interface Cloud {
  readonly sandbox: Sandbox
  readonly client: Client
  readonly account: AccountName
  /** Takes all Products, groups, builds, webhooks and devices away. */
  clear(): void
  /** Ends it; a second time does nothing. */
  close(): Promise<void>
}

/** Starts an impCentral; `full` keeps what the demo account has. Its clock moves on by a second with every look at it. */
export async function openCloud(
  options: SandboxOptions & { readonly full?: true; readonly user?: string } = {},
): Promise<Cloud> {
  const { full, user = 'demo', ...rest } = options
  let time = Date.parse('2026-01-01T00:00:00Z')
  const sandbox = await startSandbox({ now: () => (time += 1000), tokenLife: 1e9, ...rest })
  const { store } = sandbox
  const account = store.accounts.find('demo')
  if (account === undefined) throw new Error('there is no demo account')
  const clear = () => {
    for (const table of [store.webhooks, store.deployments, store.devices, store.groups, store.products])
      for (const row of (table as typeof store.products).where('owner', account.id).slice())
        (table as typeof store.products).remove(row)
  }
  if (!full) clear()
  const login = { accessToken: sandbox.tokenFor(user, 1e9), expiresAt: '2999-01-01T00:00:00.000Z' }
  return {
    sandbox,
    client: createClient({
      endpoint: sandbox.url,
      shapes: SHAPES,
      tokens: memoryTokenStore(login, 'Auth'),
      limiter: createLimiter(),
      direct: true,
    }),
    account: { id: account.id, username: 'demo', host: 'sandbox' },
    clear,
    close: () => sandbox.close(),
  }
}

/** An empty folder that goes with the test. */
export function newFolder(t?: TestContext): string {
  // Memory where there is a folder for it: these tests wait for the disk a thousand times.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'impt-fleet-'))
  t?.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A copy of a folder with all that is in it. */
export function copyOf(folder: string, t: TestContext): string {
  const copy = newFolder(t)
  cpSync(folder, copy, { recursive: true })
  return copy
}

/** Every file of a folder but those in `.impt`, by path, with its bytes. */
export function filesIn(folder: string, except: RegExp = /^\.impt\//): Record<string, string> {
  const files: Record<string, string> = {}
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = relative(folder, join(folder, name)).replaceAll('\\', '/')
    if (!except.test(path) && statSync(join(folder, name)).isFile())
      files[path] = readFileSync(join(folder, name), 'latin1')
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What the clone of an account cannot have: ids, login keys, devices. */
export const OWN_ONLY = /^(?:\.impt\/|hints\/|loginkeys\.csv|devices\.csv)/

interface Doing {
  readonly products?: readonly string[]
  readonly without?: readonly FolderKind[]
  readonly builds?: BuildMode
  readonly public?: readonly string[]
  readonly force?: boolean
  readonly prune?: boolean
  readonly moveTags?: boolean
  readonly isOwn?: boolean
  readonly keepGoing?: boolean
  readonly now?: () => number
  readonly client?: Client
  readonly disk?: Disk
}

/** As the command, without its door. */
export function doPull(cloud: Cloud, folder: string, doing: Doing = {}): Promise<Pulled> {
  const { builds, without = [], force = false, isOwn = true, products } = doing
  return pull(
    doing.client ?? cloud.client,
    doing.disk ?? diskOf(folder, 'backup'),
    {
      account: cloud.account,
      isOwn,
      without,
      builds,
      force,
      products,
      ...(doing.public && { public: doing.public }),
    },
    doing.now ?? Date.now,
  )
}

export function doPlan(cloud: Cloud, folder: string, doing: Doing = {}): Promise<Plan> {
  const { prune = false, moveTags = false, without = [], isOwn = true, products } = doing
  return makePlan(
    doing.client ?? cloud.client,
    doing.disk ?? diskOf(folder, 'backup'),
    {
      account: cloud.account,
      isOwn,
      prune,
      moveTags,
      without,
      products: products?.map((text) => ({ text, ids: [] })),
    },
    doing.now ?? Date.now,
  )
}

/** Plans and carries out; gives every event. */
export async function doApply(
  cloud: Cloud,
  folder: string,
  doing: Doing = {},
): Promise<readonly ApplyEvent[]> {
  const client = doing.client ?? cloud.client
  const disk = doing.disk ?? diskOf(folder, 'backup')
  const plan = await doPlan(cloud, folder, doing)
  const events: ApplyEvent[] = []
  const applied = await apply(
    client,
    plan.changes,
    {
      folder: plan.folder,
      disk,
      ids: plan.ids,
      types: plan.types,
      renamed: plan.renamed,
      readAt: plan.cloud.readAt,
      owner: undefined,
      keepGoing: doing.keepGoing ?? false,
      now: doing.now ?? Date.now,
      signal: new AbortController().signal,
    },
    (event) => events.push(event),
  )
  await saveHints(disk, cloud.account, plan.folder, plan.cloud, applied)
  if (events.every(({ kind }) => kind === 'done')) await noteApplied(disk, plan, applied)
  return events
}

interface BuildSeed {
  readonly device: string
  readonly agent: string
  readonly description: string | undefined
  readonly origin: string | undefined
  readonly tags: readonly string[]
  readonly flagged: boolean
}

export interface GroupSeed {
  readonly name: string
  readonly type: DeviceGroupType
  readonly description: string | undefined
  readonly region: string | undefined
  readonly loadCode: boolean
  readonly env: Readonly<Record<string, string | number>>
  readonly webhooks: readonly {
    readonly event: string
    readonly url: string
    readonly content_type: string
  }[]
  readonly builds: readonly BuildSeed[]
  /** Which build is the minimum, from the end. */
  readonly minimum: number
}

export interface ProductSeed {
  readonly name: string
  readonly description: string | undefined
  readonly groups: readonly GroupSeed[]
}

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const text = (maxLength: number) =>
  fc.string({ unit: 'grapheme', minLength: 1, maxLength }).filter((one) => one.length <= 80)
/** Names that folders of some system do not bear, twins but for case, and any other. */
const name = fc.oneof(
  fc.constantFrom(
    'A',
    'a',
    'ä',
    'a\u0308',
    'CON',
    'com1.txt',
    '.git',
    '..',
    '.',
    'x.',
    'x ',
    ' x',
    'a/b',
    'a%2Fb',
    'a~b',
    '~',
    'ẞ',
    'ss',
    'x'.repeat(80),
    `${'x'.repeat(79)}y`,
    '\u202e',
    'a\nb',
    '-rf',
    '__proto__',
    '🙂',
    "it's",
    '=1+1',
  ),
  text(30),
)
const uniqueBy = <T extends { readonly name: string }>(item: fc.Arbitrary<T>, maxLength: number) =>
  fc.uniqueArray(item, { selector: (one) => one.name, maxLength })
const code = fc.oneof(
  fc.constantFrom('', 'a = 1\n', 'a = 1', 'a\r\nb\r\n', '\ufeffa\n', '#line 3 "x.nut"\na\n', 'a\0b', '\n'),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)
const build: fc.Arbitrary<BuildSeed> = fc.record({
  device: code,
  agent: code,
  description: some(text(20)),
  origin: some(text(20)),
  tags: fc.uniqueArray(fc.constantFrom('v1', 'v1.0', 'rc-1', '*', 'V1', 'b_2'), { maxLength: 3 }),
  flagged: fc.boolean(),
})
const webhook = fc.record({
  event: fc.constantFrom('blessing', 'blinkup', 'deployment'),
  url: fc.constantFrom(
    'https://a.example.com/',
    'https://b.example.com/x',
    'https://u:p@c.example.com/',
    'https://d.example.com/?key=1',
    'https://e.example.com/#t',
    'http://f.example.com',
  ),
  content_type: fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
})
const group: fc.Arbitrary<GroupSeed> = fc.record({
  name,
  type: fc.constantFrom(...(KINDS.dg.types as readonly DeviceGroupType[])),
  description: some(text(20)),
  region: some(fc.constantFrom('eu', 'us')),
  loadCode: fc.boolean(),
  env: fc.dictionary(
    fc.constantFrom('LOG', 'LOGLEVEL', 'apiKey', 'n1', 'constructor', 'toString'),
    fc.oneof(text(10), fc.constant(''), fc.integer(), fc.constantFrom(0.5, -1e21)),
  ),
  webhooks: fc.array(webhook, { maxLength: 3 }),
  builds: fc.array(build, { maxLength: 4 }),
  minimum: fc.nat(3),
})

/** Accounts with all types of groups and everything that makes trouble in files. */
export const account: fc.Arbitrary<readonly ProductSeed[]> = uniqueBy(
  fc.record({ name, description: some(text(20)), groups: uniqueBy(group, 5) }),
  3,
)

/** Makes the entities in the cloud, fixtures after their targets; those without targets are left out. */
export async function seed({ client }: Cloud, products: readonly ProductSeed[]): Promise<void> {
  for (const product of products) {
    const made = await client.products.create(given({ name: product.name, description: product.description }))
    const byType = new Map<string, { type: DeviceGroupType; id: string }>()
    const isFixture = ({ type }: GroupSeed) => /factoryfixture/.test(type)
    const inOrder = [...product.groups.filter((one) => !isFixture(one)), ...product.groups.filter(isFixture)]
    for (const one of inOrder) {
      const stage = one.type.startsWith('pre_') ? 'pre_' : ''
      const targets = {
        production_target: byType.get(`${stage}production_devicegroup`),
        dut_target: byType.get(`${stage}dut_devicegroup`),
      }
      if (isFixture(one) && (!targets.production_target || !targets.dut_target)) continue
      const blessed = /production/.test(one.type)
      const { type } = one
      const { id } = await client.deviceGroups.create(
        one.type,
        given({
          name: one.name,
          description: one.description,
          region: blessed ? one.region : undefined,
          env_vars: one.env,
        }),
        {
          product: { type: 'product', id: made.id },
          ...((isFixture(one) ? targets : {}) as Record<string, { type: DeviceGroupType; id: string }>),
        },
      )
      byType.set(type, { type, id })
      if (blessed) await client.deviceGroups.update({ type, id }, { load_code_after_blessing: one.loadCode })
      const ids: string[] = []
      for (const { device, agent, ...more } of one.builds)
        ids.push(
          (
            await client.deployments.create(
              { device_code: device, agent_code: agent, ...given(more) },
              { type, id },
            )
          ).id,
        )
      const minimum = ids.at(-1 - one.minimum)
      if (minimum !== undefined && one.minimum < ids.length - 1)
        await client.deviceGroups.setMinSupportedDeployment(id, minimum)
      for (const hook of one.webhooks) await client.webhooks.create(hook, { type, id })
    }
  }
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
