import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Finder } from '../entities/finder.ts'
import { entityOf } from '../entities/entity.ts'
import type { Listed } from '../entities/kinds.ts'
import { listKind } from '../entities/listing.ts'
import { collect } from '../impcentral/paging.ts'
import { ImptError } from '../output/error.ts'
import { created, named } from '../output/messages.ts'
import type { LogEntry, Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { makeFolders } from '../session/made-folder.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { exists } from '../session/json-file.ts'
import { projectFile, writeProject } from '../session/project-file.ts'
import { deploy } from './build/deploy.ts'
import { readPrograms } from './build/program.ts'
import { finderOf, targetOf } from './common.ts'
import type { Context } from './context.ts'
import { restartDevices } from './dg/restart.ts'
import { followLogs } from './log-stream.ts'
import { EXAMPLES, type ExampleName } from './new-example.ts'
import { flagOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** How long the first line of each side is waited for, in ms: a device may take its time to start. */
const PATIENCE_MS = 60_000
/** What was begun is taken back within this time, in ms. */
const UNDO_MS = 15_000

/** What was asked for, from options or answers. */
interface Plan {
  readonly folder: string
  readonly product: string
  readonly group: string
  readonly device: Listed<'device'> | undefined
  readonly example: ExampleName
}

/**
 * `impt new [NAME]`: a first Project from nothing to a device that talks with its agent. Asks for what no option says; nothing is made before
 * the last answer, and what was made is taken back where a later step fails or Ctrl-C comes. Throws FILE where there is a Project already.
 */
export async function createFirst(
  context: Context,
  options: OptionValues,
  [name]: readonly string[],
): Promise<Result> {
  const folder = name === undefined ? context.directory : join(context.directory, name)
  await requireRoom(folder)
  const finder = await finderOf(context)
  const plan = await asked(context, finder, options, folder, name)
  const undo: (() => Promise<void>)[] = []
  const here = { ...context, directory: folder }
  let group: Listed<'dg'>
  try {
    group = await made(context, finder, plan, undo)
    await deploy(here, finder, {}, await readPrograms(here, {}), {
      resource: group,
      label: named('Device Group', plan.group),
    })
  } catch (error) {
    await takeBack(context, undo)
    throw error
  }
  // From here on all of it is there: who stops the log keeps the Project.
  return shown(here, finder, plan, group, name)
}

async function requireRoom(folder: string): Promise<void> {
  for (const file of [projectFile(folder).path, join(folder, 'device.nut'), join(folder, 'agent.nut')]) {
    if (await exists(file))
      throw new ImptError('FILE', `There is ${basename(file)} in ${folder} already.`, {
        hint: 'give a name for a folder of its own: impt new NAME',
      })
  }
}

/** What is typed, trimmed. Throws NO_TTY, which names the options that answer, where there is no one to ask. */
async function answerTo(context: Context, question: string): Promise<string> {
  try {
    return (await context.ask.line(question, false)).trim()
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NO_TTY') throw error
    throw new ImptError('NO_TTY', 'The command has questions and there is no one to ask.', {
      hint: 'add --yes to take what is proposed; --product, --dg, --device and --example say something else',
    })
  }
}

async function asked(
  context: Context,
  finder: Finder,
  options: OptionValues,
  folder: string,
  name: string | undefined,
): Promise<Plan> {
  const isYes = flagOf(options, 'yes')
  const answer = async (option: string, question: string, proposed: string): Promise<string> => {
    const given = textOf(options, option)
    if (given !== undefined) return given
    if (isYes) return proposed
    return (await answerTo(context, `${question} [${visible(proposed)}]: `)) || proposed
  }
  const product = await answer('product', 'Product, made if it is missing', name ?? 'First light')
  const group = await answer('dg', 'Device Group, made if it is missing', `${product} dev`)
  const device = await deviceFor(context, finder, textOf(options, 'device'), isYes)
  const example = await answer('example', `Example: ${Object.keys(EXAMPLES).join(' or ')}`, 'plain')
  if (!Object.hasOwn(EXAMPLES, example))
    throw new ImptError('USAGE', `There is no example "${example}".`, {
      hint: `Examples: ${Object.keys(EXAMPLES).join(', ')}`,
    })
  return { folder, product, group, device, example: example as ExampleName }
}

/** The device that is named; else of those that belong to no group the only one, or the one that is chosen. */
async function deviceFor(
  context: Context,
  finder: Finder,
  text: string | undefined,
  isYes: boolean,
): Promise<Listed<'device'> | undefined> {
  if (text === 'none') return undefined
  if (text !== undefined) {
    const { resource, label } = await targetOf(finder, 'device', text)
    if (resource.relationships?.devicegroup !== undefined)
      throw new ImptError('CONFLICT', `${label} is assigned to a Device Group.`, {
        hint: '"impt device unassign" takes it away, or choose another device',
      })
    return resource
  }
  const free = (await collect(listKind(finder, 'device', { 'devicegroup.owner.id': ['null'] }))).filter(
    ({ relationships }) => relationships?.devicegroup === undefined,
  )
  const proposed = free.find(({ attributes }) => attributes.device_online === true) ?? free[0]
  if (proposed === undefined) {
    context.info('There is no unassigned Device: the program is deployed and runs once a Device is assigned.')
    return undefined
  }
  if (isYes) return proposed
  const list = free.map((device, index) => `  (${index + 1}) ${labelOf(device)}\n`).join('')
  const question = free.length === 1 ? '' : `Unassigned Devices:\n${list}`
  const word = await answerTo(context, `${question}Device, "none" for none [${labelOf(proposed)}]: `)
  if (word === '') return proposed
  return /^\d{1,4}$/.test(word) && free[Number(word) - 1]
    ? free[Number(word) - 1]
    : deviceFor(context, finder, word, false)
}

function labelOf({ id, attributes }: Listed<'device'>): string {
  const state = attributes.device_online === true ? 'online' : 'offline'
  return visible(
    typeof attributes.name === 'string' && attributes.name !== ''
      ? `${attributes.name}, ${id}, ${state}`
      : `${id}, ${state}`,
  )
}

/** Makes what is missing; `undo` says how each thing is taken back, the first one first. */
async function made(
  context: Context,
  finder: Finder,
  { folder, product: productName, group: groupName, device, example }: Plan,
  undo: (() => Promise<void>)[],
): Promise<Listed<'dg'>> {
  const again = () =>
    context.session.client(context.authDirectory, {
      signal: AbortSignal.timeout(UNDO_MS),
      askSecret: () =>
        Promise.reject(new ImptError('NO_TTY', 'Nothing is asked while a Project is taken back')),
    })
  const [known] = await finder.findAll('product', productName)
  const product = known ?? (await finder.client.products.create({ name: productName }))
  if (known === undefined) {
    undo.push(async () => (await again()).products.delete(product.id))
    context.info(created(named('Product', productName)))
  }
  const there = (await finder.findAll('dg', groupName)).find(
    ({ relationships }) => relationships?.product?.id === product.id,
  )
  const group =
    there ??
    ((await finder.client.deviceGroups.create(
      'development_devicegroup',
      { name: groupName },
      { product: { type: 'product', id: product.id } },
    )) as Listed<'dg'>)
  if (there === undefined) {
    undo.push(async () => (await again()).deviceGroups.delete(group.id))
    context.info(created(named('Device Group', groupName)))
  }
  if (!(await exists(folder))) {
    await makeFolders(folder)
    undo.push(() => rm(folder, { recursive: true, force: true }))
  }
  const { files, preprocess } = EXAMPLES[example]
  for (const [file, text] of Object.entries(files)) {
    await replaceFile(join(folder, file), text, 'plain')
    undo.push(() => rm(join(folder, file), { force: true }))
  }
  await writeProject(folder, {
    deviceGroupId: group.id,
    deviceFile: 'device.nut',
    agentFile: 'agent.nut',
    ...(preprocess && { preprocess }),
  })
  undo.push(() => rm(projectFile(folder).path, { force: true }))
  context.info(created('Project'))
  if (device !== undefined) {
    await finder.client.deviceGroups.addDevices(group.id, [device.id])
    undo.push(async () => (await again()).deviceGroups.removeDevices(group.id, [device.id]))
    context.info(`Device "${labelOf(device)}" is assigned to ${named('Device Group', groupName)}.`)
  }
  return group
}

async function takeBack(context: Context, undo: readonly (() => Promise<void>)[]): Promise<void> {
  for (const step of undo.toReversed()) {
    await step().catch((error: unknown) =>
      context.warn(`Something is left behind: ${error instanceof Error ? error.message : String(error)}`),
    )
  }
  if (undo.length > 0) context.info('What was made is taken back.')
}

/** The log until each side has said its first line, and then the commands for next time. */
async function shown(
  context: Context,
  finder: Finder,
  { device, group: label }: Plan,
  group: Listed<'dg'>,
  name: string | undefined,
): Promise<Result> {
  const next = [
    '',
    'Next time:',
    ...(name === undefined ? [] : [`  cd ${name}`]),
    '  impt build run --log      deploys what you change, restarts and shows the log',
    '  impt log get              shows what was logged',
    '  impt project info --full  shows what belongs to the Project',
  ].join('\n')
  if (device?.attributes.device_online !== true) {
    if (device !== undefined) context.info(`The Device is offline: it takes the program when it comes back.`)
    context.info(next)
    return { kind: 'done', touched: entityOf(group) }
  }
  const target = { resource: group, label: named('Device Group', label) }
  const stop = new AbortController()
  const signal = AbortSignal.any([context.signal, stop.signal])
  const entries = followLogs({ ...context, signal }, finder.client, [device.id], () =>
    restartDevices(context, finder, target, [device], false),
  )
  const ended = () => {
    stop.abort()
    context.info(next)
  }
  return { kind: 'logs', live: true, items: firstLines(entries, ended) }
}

async function* firstLines(entries: AsyncGenerator<LogEntry>, ended: () => void): AsyncGenerator<LogEntry> {
  const missing = new Set(['server.log', 'agent.log'])
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), PATIENCE_MS)
  })
  try {
    while (missing.size > 0) {
      const next = await Promise.race([entries.next(), late])
      if (next === undefined || next.done === true) break
      missing.delete(next.value.type)
      yield next.value
    }
  } finally {
    clearTimeout(timer)
    ended()
    // It is stopped now; what it says about that is no news.
    await entries.return(undefined).catch(() => undefined)
  }
}
