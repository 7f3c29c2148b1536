import { ImptError } from '../output/error.ts'
import { named } from '../output/messages.ts'
import { KINDS, type Kind, type Listed } from './kinds.ts'

/**
 * What the server must have told for us to go on. Absent and null are not taken for empty: throws DATA, and nothing is written. `what` begins
 * with "the"; `value` comes from reading by id where lists may leave it out.
 */
export function told<T>(value: T | null | undefined, what: string, kind: Kind, id: string): T {
  if (value !== undefined && value !== null) return value
  throw new ImptError('DATA', `The server does not tell ${what} of ${named(KINDS[kind].name, id)}.`, {
    hint: 'Nothing was changed',
  })
}

/** The environment variables of a group; null means that there are none. Throws DATA as `told`: writing others would take them away. */
export function variablesTold({ id, attributes }: Listed<'dg'>): Readonly<Record<string, unknown>> {
  return attributes.env_vars === null ? {} : told(attributes.env_vars, 'the environment variables', 'dg', id)
}

/** The tags of a build; null means that there are none. Throws DATA as `told`. */
export function tagsTold({ id, attributes }: Listed<'build'>): readonly string[] {
  return attributes.tags === null ? [] : told(attributes.tags, 'the tags', 'build', id)
}
