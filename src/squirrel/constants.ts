/** The enums that the platform defines before it compiles: `__EI` and `__VARS` (impcentral-api.md 11). */
import type { Scalar } from './language/syntax/ast.ts'
import type { Constants } from './language/codegen/emitter.ts'
import { utf8Encode } from './utf8.ts'
import type { Program } from './program.ts'

/** Constants for the code of a deployment. */
export function programConstants(program: Program): Constants {
  const facts = {
    PRODUCT_ID: program.product.id,
    PRODUCT_NAME: program.product.name,
    DEVICEGROUP_ID: program.group.id,
    DEVICEGROUP_NAME: program.group.name,
    DEVICEGROUP_TYPE: program.group.type.replace(/_devicegroup$/, ''),
    DEPLOYMENT_ID: program.deploymentId,
    DEPLOYMENT_SHA: program.sha,
    DEPLOYMENT_CREATED_AT: program.createdAt,
  }
  return new Map([
    ['__EI', scalars(facts)],
    ['__VARS', scalars(program.envVars)],
  ])
}

function scalars(facts: Readonly<Record<string, string | number>>): Map<string, Scalar> {
  return new Map(Object.entries(facts).map(([name, value]) => [name, scalar(value)]))
}

function scalar(value: string | number): Scalar {
  if (typeof value === 'string') return utf8Encode(value)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : { float: value }
}
