import { ImptError } from '../../output/error.ts'
import type { FaultKind } from '../../sandbox/injection.ts'
import { defaultSwitches, type Switches } from '../../sandbox/switches.ts'
import type { Fleet } from '../../sandbox/fleet.ts'
import { listOf, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'

/**
 * The switches of `sandbox serve` and `start` that were given, under the names that the server knows. Throws USAGE for one that it does
 * not know, or for a value of another type.
 */
export function switchesOf(options: OptionValues): Partial<Switches> {
  const named = {
    latency: numberOf(options, 'latency'),
    rateLimit: numberOf(options, 'rate-limit'),
    tokenLife: numberOf(options, 'token-life'),
  }
  const given = Object.entries(named).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...given, ...listOf(options, 'switch').map(switchOf)])
}

function switchOf(text: string): [string, number | boolean] {
  const [, name = '', value = ''] = /^(\w+)=(true|false|\d+)$/.exec(text) ?? []
  const read = /^\d/.test(value) ? Number(value) : value === 'true'
  if (Object.hasOwn(defaultSwitches, name) && typeof read === typeof defaultSwitches[name as keyof Switches])
    return [name, read]
  const known = Object.entries(defaultSwitches).map(([key, usual]) => `${key}=${usual}`)
  throw new ImptError('USAGE', `Option "--switch" has incorrect value "${text}".`, {
    hint: `The switches and their usual values: ${known.join(', ')}`,
  })
}

/** The size of `--fleet products=5,groups=50,devices=10000`. Throws USAGE for anything else. */
export function fleetOf(options: OptionValues): Fleet | undefined {
  const text = textOf(options, 'fleet')
  if (text === undefined) return undefined
  const fleet: Record<string, number> = { products: 0, groups: 0, devices: 0, seed: 1 }
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^(\w+)=(\d+)$/.exec(part) ?? []
    if (!Object.hasOwn(fleet, name)) {
      throw new ImptError('USAGE', `Option "--fleet" has incorrect value "${text}".`, {
        hint: 'For example --fleet products=5,groups=50,devices=10000',
      })
    }
    fleet[name] = Number(value)
  }
  return fleet as Fleet
}

/** The rules of `--fault KIND=COUNT`: a status, or the name of another kind of failure. Throws USAGE for anything else. */
export function faultsOf(
  options: OptionValues,
): readonly { readonly count: number; readonly fault: FaultKind }[] {
  return listOf(options, 'fault').map((text) => {
    const [, kind = '', count = ''] = /^(\d{3}|reset|garbage|truncated|html|hang)=(\d+)$/.exec(text) ?? []
    if (kind === '')
      throw new ImptError('USAGE', `Option "--fault" has incorrect value "${text}".`, {
        hint: 'For example --fault 503=3 or --fault reset=1',
      })
    const fault = /^\d/.test(kind) ? { kind: 'status', status: Number(kind) } : { kind }
    return { count: Number(count), fault: fault as FaultKind }
  })
}
