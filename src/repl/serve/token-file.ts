import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ImptError } from '../../output/error.ts'
import { isAlive } from '../../program/alive.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { resolveContext, type Environment, type ExecutionContext } from '../../session/execution-context.ts'
import { withLock } from '../../session/lock.ts'
import { ensureFolder, foldersOf } from '../../session/paths.ts'

/** How to reach a session that `impt serve` keeps open. The token admits; only the user can read it. */
export interface Invitation {
  readonly port: number
  readonly token: string
  readonly pid: number
  readonly version: string
}

/** Whether any session is served at all: one look at a folder, before anything else is done. */
export function isAnyServed(env: Environment): boolean {
  try {
    return readdirSync(folderOf(env)).length > 0
  } catch {
    return false
  }
}

/** The name of an execution context: the same login of the same user at the same endpoint has the same. */
export async function contextKey(
  env: Environment,
  directory: string,
  sandbox: string | undefined,
): Promise<string> {
  const parts = sandbox === undefined ? partsOf(await resolveContext(directory, env)) : ['sandbox', sandbox]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}

function partsOf(context: ExecutionContext): readonly unknown[] {
  return context.kind === 'file'
    ? ['file', context.file.path, context.auth.endpoint]
    : ['variables', context.endpoint, context.credential]
}

/** Reads the invitation of a context; undefined where there is no usable one. */
export function readInvitation(env: Environment, key: string): Invitation | undefined {
  try {
    const { port, token, pid, version } = JSON.parse(readFileSync(pathOf(env, key), 'utf8')) as Record<
      string,
      unknown
    >
    const isWhole =
      typeof port === 'number' &&
      typeof token === 'string' &&
      typeof pid === 'number' &&
      typeof version === 'string'
    return isWhole ? { port, token, pid, version } : undefined
  } catch {
    return undefined
  }
}

/** Writes the invitation, for the user only (0600). Throws FILE, and CONFLICT while another server of this context runs. */
export async function writeInvitation(env: Environment, key: string, invitation: Invitation): Promise<void> {
  await ensureFolder(folderOf(env))
  // Two servers that start at the same moment must not both think that they are the one.
  await withLock(pathOf(env, key), async () => {
    const before = readInvitation(env, key)
    if (before && before.pid !== process.pid && isAlive(before.pid)) {
      const isOther = before.version !== invitation.version
      const of = isOther ? ` of impt ${before.version}` : ''
      throw new ImptError(
        'CONFLICT',
        `A session${of} is open already in this context (process ${before.pid}).`,
        {
          hint: isOther
            ? `End it before: this is impt ${invitation.version}`
            : '"impt attach" opens a prompt on it',
        },
      )
    }
    await replaceFile(pathOf(env, key), JSON.stringify(invitation), 'secret')
  })
}

/** Takes the invitation back, if it is still this one. */
export async function removeInvitation(env: Environment, key: string, token: string): Promise<void> {
  if (readInvitation(env, key)?.token === token) await rm(pathOf(env, key), { force: true })
}

function folderOf(env: Environment): string {
  return join(foldersOf(env).state, 'serve')
}

function pathOf(env: Environment, key: string): string {
  return join(folderOf(env), `${key}.json`)
}
