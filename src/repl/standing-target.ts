import { visible } from '../output/visible.ts'
import { ImptError } from '../output/error.ts'
import { loginFolder, loginsFolder } from '../session/logins.ts'
import type { Session } from '../session/session.ts'
import { choosingOf, type Naming } from '../session/target-choice.ts'
import type { Target } from '../session/targets.ts'
import { join } from 'node:path'

/** What the prompt stands at: the target in effect, and the directory whose login counts. */
interface StandingTarget {
  readonly target: Target | undefined
  readonly authDirectory: string
  /** Why the target that is named can not be used: commands fail for it too. */
  readonly problem?: string
}

/** A login that nobody can have: where the target cannot be told, the prompt shows no other account in its place. */
const NOBODY = '-'

/** Finds the target in effect for the prompt. Without any nothing is loaded. Never throws for what is wrong with the files of targets. */
export async function standingTarget(
  session: Session,
  directory: string,
  naming: Naming,
): Promise<StandingTarget> {
  const none = { target: undefined, authDirectory: directory }
  if (session.sandbox) return none
  try {
    const choosing = await choosingOf(session, directory, naming)
    if (choosing === undefined) return none
    const { targetOf } = await import('../session/targets.ts')
    const { withGuard } = await import('../session/target-accounts.ts')
    const target = await withGuard(session, directory, await targetOf(session, directory, choosing))
    const { login } = target
    return {
      target,
      authDirectory: login === undefined ? directory : loginFolder(session.env, login),
    }
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    const problem = `${visible(error.message)}${error.hint === undefined ? '' : ` (${visible(error.hint)})`}`
    return { target: undefined, authDirectory: join(loginsFolder(session.env), NOBODY), problem }
  }
}
