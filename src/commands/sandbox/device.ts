/** `impt sandbox device`: the virtual devices of a sandbox that runs. */
import { entityOf } from '../../entities/entity.ts'
import { createFinder } from '../../entities/finder.ts'
import { type Kind, SHAPES } from '../../entities/kinds.ts'
import { createClient } from '../../impcentral/client.ts'
import { memoryTokenStore } from '../../impcentral/tokens.ts'
import type { Resource } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import type { SandboxState } from '../../sandbox/background.ts'
import type { DeviceScript } from '../../squirrel/device-script.ts'
import type { Context } from '../context.ts'
import { given, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { readScript } from '../squirrel/script.ts'
import { typeOf } from '../squirrel/type.ts'
import { callAdmin } from './admin.ts'

/** Makes a device of a type, online, in a Device Group or in none. Throws before anything is made when an option is wrong. */
export async function addDevice(
  context: Context,
  state: SandboxState,
  options: OptionValues,
): Promise<Result> {
  const wrong = ['device', 'power', 'connection'].find((name) => options[name] !== undefined)
  if (wrong !== undefined)
    throw new ImptError('USAGE', `--${wrong} is for a device that is there, not for "add".`, {
      hint: 'add takes --type, --name, --dg, --slow and --script',
    })
  const type = typeOf(textOf(options, 'type') ?? 'imp006')
  const dg = textOf(options, 'dg')
  const script = await scriptOf(context, options, type)
  const group = dg === undefined ? undefined : await idOf(context, state, 'dg', dg)
  const made = given({ imp_type: type, name: textOf(options, 'name'), devicegroup: group })
  const { data } = (await callAdmin(state, 'POST', '/devices', made)) as { data: Resource }
  return switched(state, `/devices/${data.id}`, { data }, options, script)
}

/** Switches a device that is there. */
export async function controlDevice(
  context: Context,
  state: SandboxState,
  options: OptionValues,
): Promise<Result> {
  const device = textOf(options, 'device')
  if (device === undefined)
    throw new ImptError('USAGE', 'Missing required argument: device', {
      hint: 'Name one with --device, or make one with "impt sandbox device add --type IMP_TYPE"',
    })
  const wrong = ['type', 'name', 'dg'].find((name) => options[name] !== undefined)
  if (wrong !== undefined)
    throw new ImptError('USAGE', `--${wrong} is for "impt sandbox device add".`, {
      hint: 'The type of a device that is there never changes',
    })
  const script = await scriptOf(context, options)
  const path = `/devices/${await idOf(context, state, 'device', device)}`
  return switched(state, path, await callAdmin(state, 'GET', path), options, script)
}

async function switched(
  state: SandboxState,
  path: string,
  before: unknown,
  options: OptionValues,
  script: unknown,
): Promise<Result> {
  const power = textOf(options, 'power')
  const connection = textOf(options, 'connection')
  const slow = numberOf(options, 'slow')
  let answer = before
  if (power !== undefined) answer = await callAdmin(state, 'POST', `${path}/power`, { on: power === 'on' })
  if (connection !== undefined)
    answer = await callAdmin(state, 'POST', `${path}/link`, { on: connection === 'on' })
  if (slow !== undefined) answer = await callAdmin(state, 'POST', `${path}/latency`, { ms: slow })
  if (script !== undefined) answer = await callAdmin(state, 'POST', `${path}/script`, { script })
  return { kind: 'entity', form: 'info', entity: entityOf((answer as { data: Resource }).data) }
}

/** The id of an entity by any identifier, in the sandbox that runs, whoever is logged in elsewhere. */
export async function idOf(context: Context, state: SandboxState, kind: Kind, text: string): Promise<string> {
  const { access_token: accessToken } = (await callAdmin(state, 'POST', '/token', {})) as {
    access_token: string
  }
  const tokens = memoryTokenStore({ accessToken, expiresAt: '9999-12-31T23:59:59.000Z' })
  return (
    await createFinder(
      createClient({ shapes: SHAPES, endpoint: state.url, tokens, signal: context.signal }),
    ).find(kind, text)
  ).id
}

/** The device script that `--script` names, with its models; undefined without one. */
async function scriptOf(
  context: Context,
  options: OptionValues,
  type?: string,
): Promise<DeviceScript | undefined> {
  const name = textOf(options, 'script')
  return name === undefined ? undefined : readScript(context, name, type)
}
