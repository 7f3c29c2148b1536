import { type ImptError, withDetail } from '../output/error.ts'
import { errorsOf, type Answer } from './failure.ts'

/** The command groups that show what is under a collection, and the option that names one of it. */
const GROUPS: Readonly<Record<string, string>> = {
  products: 'product',
  devicegroups: 'dg',
  devices: 'device',
  deployments: 'build',
  webhooks: 'wh',
}

/**
 * Whether an answer to a change leaves open what became of it. A refusal (4xx) and errors in the form of the API are clear; what is cut, empty or
 * comes from a gateway is not.
 */
export function isUnclear(answer: Answer): boolean {
  const { status } = answer
  return [408, 502, 504].includes(status) || (status >= 500 && errorsOf(answer).length === 0)
}

/** The error of a change without a clear answer: it may have been carried out, and the hint tells how to see that. */
export function inDoubt(error: ImptError, path: string): ImptError {
  const look = lookAt(path)
  const doubt = `the server may have carried out the request${look === undefined ? '' : `: look with "${look}" before you repeat it`}`
  return withDetail(error, {
    hint: error.hint === undefined ? doubt.replace('the', 'The') : `${error.hint}; ${doubt}`,
    cause: error.cause,
    mayBeDone: true,
  })
}

/** The command that shows what a change of a path was about. Ids of login keys are secrets, so theirs are listed. */
function lookAt(path: string): string | undefined {
  const [collection = '', id, relation] = path.slice(1).split('/').map(decodeURIComponent)
  if (collection === 'accounts') return relation === 'login_keys' ? 'impt loginkey list' : undefined
  const option = GROUPS[collection]
  if (option === undefined) return undefined
  const group = option === 'wh' ? 'webhook' : option
  return id === undefined ? `impt ${group} list` : `impt ${group} info --${option} ${id}`
}
