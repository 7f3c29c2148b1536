import { BUILTINS } from './functions.ts'
import type { Source } from './source.ts'

/**
 * A source, macro or loop being executed. The names it brings are seen by all that it includes or calls, so a macro
 * called in a loop sees `loop`.
 */
export interface Frame {
  readonly source: Source
  readonly locals: ReadonlyMap<string, unknown>
  readonly parent: Frame | undefined
}

/**
 * Finds a name, in the order: predefined `__NAME__`, macro arguments and `loop`, given variables, functions,
 * `@set` variables and macros. A name that is set to nothing gives `null`, an unknown one `undefined`.
 */
export function find(
  name: string,
  frame: Frame,
  line: number,
  variables: Readonly<Record<string, unknown>>,
  globals: ReadonlyMap<string, unknown>,
): unknown {
  if (name.startsWith('__')) {
    const special = predefined(name, frame, line)
    if (special !== undefined) return special
  }
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    if (at.locals.has(name)) return at.locals.get(name) ?? null
  }
  if (Object.hasOwn(variables, name)) return variables[name] ?? null
  return BUILTINS.get(name) ?? globals.get(name)
}

function predefined(name: string, frame: Frame, line: number): unknown {
  switch (name) {
    case '__LINE__':
      return line
    case '__FILE__':
      return frame.source.file
    case '__PATH__':
      return frame.source.path
    case '__REPO_REF__':
      return nearest(frame, (source) => source.repository)?.ref
    case '__REPO_PREFIX__':
      return nearest(frame, (source) => source.repository)?.prefix
    case '__URL_ROOT__':
      return nearest(frame, (source) => source.urlRoot)
    case '__URL_PATH__':
      return nearest(frame, (source) => source.urlPath)
    default:
      return undefined
  }
}

/** What the innermost source that has it gives: a file included by a repository's file still knows the repository. */
function nearest<Found>(frame: Frame, get: (source: Source) => Found | undefined): Found | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const found = get(at.source)
    if (found !== undefined) return found
  }
  return undefined
}
