import { ImptError } from '../output/error.ts'
import type { Defaults } from '../session/session.ts'
import { loginFolder } from '../session/logins.ts'
import { findTarget, type Target } from '../session/targets.ts'
import type { Surface } from './command-run.ts'

/** The surface of a command at its target; the same one where none is in effect after all. Throws NOT_FOUND, USAGE, AUTH, FILE. */
export async function placed(surface: Surface, named: string | undefined): Promise<Surface> {
  const { session, directory, at, used } = surface
  const { env } = session
  const asked = named ?? at
  if (session.sandbox) {
    if (asked === undefined) return surface
    throw new ImptError('USAGE', `The sandbox has no target "${asked}".`, {
      hint: 'It has an account of its own: leave out --sandbox or --at',
    })
  }
  const name = asked ?? (env.IMPT_TARGET || used)
  if (name === undefined) return surface
  const target = await findTarget(name, directory, env)
  return { ...surface, target, ...loginOf(surface, target), defaults: defaultsOf(surface, target) }
}

/** A target without a login leaves the documented order as it is. */
function loginOf({ session }: Surface, { login }: Target): Pick<Surface, 'authDirectory'> {
  return login === undefined ? {} : { authDirectory: loginFolder(session.env, login) }
}

/** What `use` and `with` say is closer to the command than the target is. */
function defaultsOf({ defaults = {} }: Surface, { product, dg }: Target): Defaults {
  if (defaults.product !== undefined || defaults.dg !== undefined) return defaults
  return {
    ...(product === undefined ? {} : { product: { text: product } }),
    ...(dg === undefined ? {} : { dg: { text: dg, product } }),
  }
}
