import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Invocation } from '../commands/row.ts'
import type { Session } from '../session/session.ts'
import type { Surface } from './command-run.ts'

/** Where the targets are kept that `target use` chose, by directory. */
export function chosenPath({ folders }: Pick<Session, 'folders'>): string {
  return join(folders.state, 'targets.json')
}

/** Whether anything but this call may name a target: the variable, or `target use` of some directory. Reads no file. */
export function mayHaveTarget(session: Pick<Session, 'env' | 'folders'>): boolean {
  return Boolean(session.env.IMPT_TARGET) || existsSync(chosenPath(session))
}

/**
 * Puts a command where its target says (fleet.md 5): `--at` on the command, what is named around it, `IMPT_TARGET`, `use target`, `target use`
 * of the directory, in this order. Without any the surface stays as it is, and no module is loaded. Throws NOT_FOUND, USAGE, FILE.
 */
export async function atTarget(invocation: Invocation, surface: Surface): Promise<Surface> {
  const named = invocation.options['at'] as string | undefined
  const { session, at, used, authDirectory } = surface
  // `with auth` says itself whose login it is; only what is named closer to the command counts more.
  const around =
    authDirectory === undefined && (at !== undefined || used !== undefined || mayHaveTarget(session))
  if (named === undefined && !around) return surface
  return (await import('./placing.ts')).placed(surface, named)
}
