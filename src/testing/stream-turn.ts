import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { Client } from '../impcentral/client.ts'
import { exitCodeOf, ImptError } from '../output/error.ts'
import { embeddedCloud } from '../session/cloud.ts'
import { withLock } from '../session/lock.ts'
import { ensureFolder } from '../session/paths.ts'
import { shownTime } from './duration.ts'
import type { Journal } from './journal.ts'

/** The file whose lock stands for the log stream of an account; undefined where streams are shared, or the account cannot be told. */
export async function streamLock(context: Context, client: Client): Promise<string | undefined> {
  const { session } = context
  const { sharesLogs, folders } = session
  if (sharesLogs) return undefined
  try {
    const { id } = await client.accounts.get('me')
    await ensureFolder(folders.state)
    const cloud = embeddedCloud(session) ?? client.endpoint
    const key = createHash('sha256').update(`${cloud} ${id}`).digest('hex').slice(0, 16)
    return join(folders.state, `log-stream-${key}`)
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ImptError)) throw error
    return undefined
  }
}

/**
 * Runs a task when no other test run of this machine uses the log stream that the lock stands for; who has it is told at once. Throws
 * CONFLICT, without a verdict, when it stays taken for `wait` milliseconds.
 */
export function inStreamTurn<T>(
  context: Context,
  lock: string | undefined,
  wait: number,
  journal: Journal,
  task: () => Promise<T>,
): Promise<T> {
  if (lock === undefined) return task()
  return withLock(lock, task, {
    patience: wait,
    note: context.directory,
    signal: context.signal,
    refused: () =>
      new ImptError('CONFLICT', `The log stream of the account was in use for all of ${shownTime(wait)}.`, {
        hint: 'Wait longer with --wait, or end the other test run',
        exit: exitCodeOf('NO_VERDICT'),
      }),
    onWait: (holder) =>
      journal.warning(
        `Another test run of this machine uses the log stream of the account: ${holder}. Waiting for it, at most ${shownTime(wait)} (--wait).`,
      ),
  })
}
