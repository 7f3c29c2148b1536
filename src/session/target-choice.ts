import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { ownTargetsPath, projectTargetsPath } from './names-here.ts'
import type { Session } from './session.ts'

/** What names a target, beside `--at` on the command itself; the first one that does counts. */
export interface Naming {
  /** What is named around the command: `--at` before it, `with target`. */
  readonly at?: string | undefined
  /** `use target` of the prompt. */
  readonly used?: string | undefined
}

/** A target that is in effect, and who said so. */
export interface Choosing {
  readonly name: string
  readonly by: 'at' | 'variable' | 'use' | 'directory'
  /** Of `target use`: the login that the target had when it was chosen. */
  readonly login?: string | undefined
}

type Base = Pick<Session, 'env' | 'folders'>

/** The file with what `target use` chose, by directory. */
export function chosenPath({ folders }: Pick<Session, 'folders'>): string {
  return join(folders.state, 'targets.json')
}

/** Whether anything outside a command line may name a target: the variable, or `target use` of some directory. Reads no file. */
export function mayHaveTarget(session: Base): boolean {
  return Boolean(session.env.IMPT_TARGET) || existsSync(chosenPath(session))
}

/** Whether there may be a production target, whose account is guarded. Needs nothing of the program of targets. */
export function mayGuard({ env }: Pick<Session, 'env'>, directory: string): boolean {
  return [ownTargetsPath(env), projectTargetsPath(directory)].some((path) => {
    try {
      return /"production"\s*:\s*true/.test(readFileSync(path, 'utf8'))
    } catch {
      // What is wrong with the file is for the reader of targets to say.
      return false
    }
  })
}

/** Which target is in effect: what is named around, `IMPT_TARGET`, `use target`, `target use` of the directory, in this order. Throws FILE. */
export async function choosingOf(
  session: Base,
  directory: string,
  { at, used }: Naming,
): Promise<Choosing | undefined> {
  if (at !== undefined) return { name: at, by: 'at' }
  const { IMPT_TARGET } = session.env
  if (IMPT_TARGET) return { name: IMPT_TARGET, by: 'variable' }
  if (used !== undefined) return { name: used, by: 'use' }
  if (!existsSync(chosenPath(session))) return undefined
  const { directoryTarget } = await import('./targets.ts')
  const found = await directoryTarget(session, directory)
  return found && { ...found, by: 'directory' }
}

/** The refusal of a target where `--sandbox` has taken the place of every login. */
export function noTargetInSandbox(name: string): ImptError {
  return new ImptError('USAGE', `The sandbox has no target "${name}".`, {
    hint: 'It has an account of its own: leave out --sandbox, or the target',
  })
}
