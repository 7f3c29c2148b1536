import { tell, type Terminal } from '../output/terminal.ts'
import type { Defaults } from '../session/session.ts'
import { loginFolder } from '../session/logins.ts'
import { choosingOf, noTargetInSandbox } from '../session/target-choice.ts'
import { targetOf, type Target } from '../session/targets.ts'
import type { Surface } from './command-run.ts'

/** The surface of a command at its target; the same one where none is in effect after all. Throws NOT_FOUND, USAGE, AUTH, FILE. */
export async function placed(surface: Surface, named: string | undefined): Promise<Surface> {
  const { session, directory, at, used, terminal } = surface
  if (session.sandbox) {
    const asked = named ?? at
    if (asked === undefined) return surface
    throw noTargetInSandbox(asked)
  }
  const choosing = await choosingOf(session, directory, { at: named ?? at, used })
  if (choosing === undefined) return surface
  const target = await targetOf(session, directory, choosing)
  if (choosing.by === 'directory' && surface.tellsTarget === true) tellChoice(terminal, directory, target)
  // What is remembered of names belongs to the login around, unless the target is that of the whole run.
  const isOther = named !== undefined || choosing.by === 'directory'
  return {
    ...surface,
    target,
    ...loginOf(surface, target),
    defaults: defaultsOf(surface, target),
    ...(isOther && { memory: undefined }),
  }
}

const told = new Set<string>()

/** What a directory chose earlier is easily forgotten: it is told, once a run. */
function tellChoice(terminal: Terminal, directory: string, { name, login }: Target): void {
  const key = `${directory} ${name}`
  if (told.has(key)) return
  told.add(key)
  tell(
    terminal,
    `Target "${name}"${login === undefined ? '' : `, login "${login}"`}: chosen for this directory by "impt target use"\n`,
  )
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
