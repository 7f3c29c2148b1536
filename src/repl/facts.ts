import { basename, sep } from 'node:path'
import { PUBLIC_ENDPOINT } from '../impcentral/endpoint.ts'
import { redactUrl } from '../impcentral/redact.ts'
import { nameOf } from '../entities/cached.ts'
import { isInField } from '../entities/kinds.ts'
import { readProject } from '../session/project-file.ts'
import type { Choice } from '../session/session.ts'
import type { Target } from '../session/targets.ts'
import type { Names } from './names.ts'
import type { PromptFacts } from './prompt.ts'

/** What the session stands in. */
interface Standing {
  readonly directory: string
  /** What `use` says. */
  readonly product?: Choice | undefined
  readonly dg?: Choice | undefined
  readonly dryRun: boolean
}

/** The Device Group of the Project file of a directory; undefined where there is no readable one. */
export async function projectGroupOf(directory: string): Promise<string | undefined> {
  const project = await readProject(directory).catch(() => undefined)
  return project?.deviceGroupId
}

/** What the prompt says, from memory only: names come from the cache, ids stand in for those that are not known. */
export function promptFacts(
  names: Names,
  standing: Standing,
  more: {
    readonly home: string
    readonly projectGroup: string | undefined
    readonly jobs: number
    readonly status: number
    readonly private: boolean
    readonly now: number
    readonly sandbox: boolean
    readonly target: Target | undefined
  },
): PromptFacts {
  const { cache, account, endpoint, endsAt } = names
  const groupId = standing.dg?.id ?? (standing.product === undefined ? more.projectGroup : undefined)
  const chosen = standing.product && cache.get('product', standing.product.id)
  const group = groupId === undefined ? undefined : cache.get('dg', groupId)
  const productId = group?.related['product']
  const product = productId === undefined ? undefined : cache.get('product', productId)
  const minutes = endsAt === undefined ? undefined : Math.ceil((endsAt - more.now) / 60_000)
  return {
    ...(names.isLoggedIn ? { account: account?.username ?? '' } : {}),
    ...(endpoint === undefined || endpoint === PUBLIC_ENDPOINT
      ? {}
      : { endpoint: more.sandbox ? 'sandbox' : hostOf(endpoint) }),
    ...(standing.product !== undefined && !group
      ? { product: chosen ? nameOf('product', chosen) : standing.product.text }
      : product
        ? { product: nameOf('product', product) }
        : {}),
    // The id in a Project file says nothing to people: until the name is known nothing stands there.
    ...(group
      ? { group: nameOf('dg', group) }
      : standing.dg === undefined
        ? {}
        : { group: standing.dg.text }),
    production: group !== undefined && isInField(group.type),
    ...(more.target === undefined
      ? {}
      : { target: more.target.name, targetIsProduction: more.target.production }),
    directory: shortened(standing.directory, more.home),
    jobs: more.jobs,
    status: more.status,
    ...(minutes !== undefined && minutes < 5 ? { minutesLeft: Math.max(0, minutes) } : {}),
    dryRun: standing.dryRun,
    private: more.private,
  }
}

/** `~/fw`; of a deep directory only the last part. */
function shortened(directory: string, home: string): string {
  const shown =
    directory === home
      ? '~'
      : directory.startsWith(home + sep)
        ? `~${directory.slice(home.length)}`
        : directory
  return shown.length > 30 ? `…/${basename(directory)}` : shown
}

function hostOf(endpoint: string): string {
  try {
    return new URL(endpoint).host
  } catch {
    return redactUrl(endpoint)
  }
}
