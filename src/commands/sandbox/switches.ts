import { ImptError } from '../../output/error.ts'
import type { FaultKind } from '../../sandbox/injection.ts'
import type { Fleet } from '../../sandbox/fleet.ts'
import { listOf, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'

/** The switches of `sandbox serve` and `start` that were given, under the names that the server knows. */
export function switchesOf(options: OptionValues): Readonly<Record<string, number>> {
  const all = {
    latency: numberOf(options, 'latency'),
    rateLimit: numberOf(options, 'rate-limit'),
    tokenLife: numberOf(options, 'token-life'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
    string,
    number
  >
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
