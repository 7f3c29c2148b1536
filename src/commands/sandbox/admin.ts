import { ImptError } from '../../output/error.ts'
import { isRunning, readState, type SandboxState } from '../../sandbox/background.ts'
import { adminRequest } from '../../sandbox/adminrequest.ts'
import { opening } from './server.ts'

/** Seeding a large fleet takes its time. */
const PATIENCE_MS = 120_000

/** Calls a route of the running sandbox under `/sandbox`. Throws with the server's own words when it refuses. */
export async function callAdmin(
  state: Pick<SandboxState, 'url' | 'adminToken'>,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
): Promise<unknown> {
  const { status, text } = await adminRequest(state, method, path, body, PATIENCE_MS).catch(
    (error: unknown) => {
      throw new ImptError('NETWORK', `The sandbox at ${state.url} does not answer.`, {
        hint: 'End it with "impt sandbox stop" and start it again',
        cause: error,
      })
    },
  )
  if (status >= 300)
    throw new ImptError(
      status === 404 ? 'NOT_FOUND' : 'DATA',
      reasonIn(text) ?? `The sandbox answered ${status}`,
    )
  return text === '' ? null : JSON.parse(text)
}

/** The sandbox that runs in the folder; undefined where none does. */
export function runningSandbox(folder: string): SandboxState | undefined {
  const state = opening(folder, () => readState(folder))
  return state && isRunning(state) ? state : undefined
}

function reasonIn(text: string): string | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: { title?: string; detail?: string }[] }
    const [first] = errors ?? []
    return first && [first.title, first.detail].filter(Boolean).join(': ')
  } catch {
    return undefined
  }
}
