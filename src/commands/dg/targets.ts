import type { Finder } from '../../entities/finder.ts'
import { groupTypeName, type Listed } from '../../entities/kinds.ts'
import type { Relationships } from '../../impcentral/resources.ts'
import type { DeviceGroupType } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import { named } from '../../output/messages.ts'

interface TargetRow {
  readonly option: 'target' | 'dut'
  readonly relation: 'production_target' | 'dut_target'
  readonly title: string
  /** The type that the target must have, by the type of the fixture group. */
  readonly types: Readonly<Partial<Record<DeviceGroupType, DeviceGroupType>>>
}

/** The two targets of a fixture group, in the order in which they are looked up (commands.md 9, dg create). */
export const TARGETS: readonly TargetRow[] = [
  {
    option: 'target',
    relation: 'production_target',
    title: 'Production Target',
    types: {
      factoryfixture_devicegroup: 'production_devicegroup',
      pre_factoryfixture_devicegroup: 'pre_production_devicegroup',
    },
  },
  {
    option: 'dut',
    relation: 'dut_target',
    title: 'DUT Target',
    types: {
      factoryfixture_devicegroup: 'dut_devicegroup',
      pre_factoryfixture_devicegroup: 'pre_dut_devicegroup',
    },
  },
]

/**
 * Finds the targets of a fixture group and checks their type and Product (manual, dg create). `texts` has the identifiers by option;
 * options that are absent are passed over.
 */
export async function findTargets(
  finder: Finder,
  type: string,
  productId: string | undefined,
  texts: { readonly target?: string | undefined; readonly dut?: string | undefined },
): Promise<Relationships> {
  const relationships: Record<string, { type: string; id: string }> = {}
  for (const row of TARGETS) {
    const text = texts[row.option]
    if (text === undefined) continue
    const wanted = row.types[type as DeviceGroupType]
    if (!wanted) throw invalidForType(row.option, type, ['pre-factory', 'factory'])
    const target = await findTarget(finder, row.title, text)
    checkTarget(row.title, target, text, wanted, productId)
    relationships[row.relation] = { type: target.type, id: target.id }
  }
  return relationships
}

/** Checks the type and the Product of a target. Throws CONFLICT with the documented texts. */
function checkTarget(
  title: string,
  target: Listed<'dg'>,
  text: string,
  wanted: DeviceGroupType,
  productId: string | undefined,
): void {
  if (target.type !== wanted) {
    const types = `is of the type "${groupTypeName(target.type)}" but must be of the type "${groupTypeName(wanted)}".`
    throw new ImptError('CONFLICT', `${title} ${named('Device Group', text)} ${types}`)
  }
  if (target.relationships?.product?.id !== productId) {
    throw new ImptError('CONFLICT', `${title} Device Group must be from the same Product.`)
  }
}

/** The error for an option that a Device Group of this type does not have. */
export function invalidForType(option: string, type: string, types: readonly string[]): ImptError {
  const allowed = types.map((one) => `"${one}"`).join(' or ')
  return new ImptError(
    'USAGE',
    `Invalid option "--${option}" for Device Group of the type "${groupTypeName(type)}". It may be specified for ${allowed} Device Groups only.`,
  )
}

async function findTarget(finder: Finder, title: string, text: string): Promise<Listed<'dg'>> {
  try {
    return await finder.find('dg', text)
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
    throw new ImptError('NOT_FOUND', `${title} ${named('Device Group', text)} is not found.`, {
      cause: error,
    })
  }
}
