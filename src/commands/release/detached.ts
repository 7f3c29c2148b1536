import { spawn } from 'node:child_process'
import { openSync, closeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Releases, ReleaseStore } from '../../fleet/release/store.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { ownCommand } from '../../program/self.ts'
import type { Context } from '../context.ts'
import { inField } from './named.ts'

/** How often a new process is looked at, and how long it may take to begin, in ms. */
const LOOK_MS = 100
const BEGIN_MS = 60_000

/** Throws USAGE where a process of its own would have another impCentral. */
export function assertDetachable({ session }: Context): void {
  if (session.sandbox)
    throw new ImptError(
      'USAGE',
      'The impCentral of --sandbox ends with its process, and a release with it.',
      {
        hint: 'Leave out --detach, or use "impt sandbox serve" and log in there',
      },
    )
}

/**
 * Leaves a release that is written down to a process that goes on without this one; all questions are answered. What it prints goes to a
 * file of the release. Returns once that process works on it; throws what it said where it ended before.
 */
export async function handOver(context: Context, releases: Releases, store: ReleaseStore): Promise<void> {
  const { plan, folder } = store
  const { target } = context
  const [retyped] = target === undefined ? inField(plan) : [target.name]
  const words = [
    'release',
    'resume',
    plan.id,
    ...(target === undefined ? [] : ['--at', target.name]),
    ...(retyped === undefined ? [] : ['--retype', retyped]),
  ]
  const [program, ...first] = ownCommand()
  const log = join(folder, 'output.log')
  const output = openSync(log, 'a', 0o600)
  const child = spawn(program, [...first, '--no-session', ...words], {
    // A target is looked for in the directory, a login in that of its auth file.
    cwd: target === undefined ? context.authDirectory : context.directory,
    env: context.session.env,
    detached: true,
    // Windows would open a console for it.
    windowsHide: true,
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const failed = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null))
    child.once('exit', resolve)
  })
  child.unref()
  const begin = performance.now()
  for (;;) {
    if (await releases.isHeld(plan.id)) break
    const code = await Promise.race([failed, delay(LOOK_MS, 'runs' as const)])
    if (code === 0) break
    if (code !== 'runs' || performance.now() - begin > BEGIN_MS)
      throw new ImptError('EXTERNAL', `Release ${plan.id} did not begin in a process of its own.`, {
        notes: (await readFile(log, 'utf8'))
          .trimEnd()
          .split('\n')
          .slice(-5)
          .map((line) => visible(line)),
        hint: `"impt release resume ${plan.id}" works on it here`,
      })
  }
  context.info(
    `Release ${plan.id} goes on in process ${child.pid}; "impt release status ${plan.id} --follow" shows it, and pause, abort and rollback work as ever.`,
  )
}
