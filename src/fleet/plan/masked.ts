import type { Hidden } from '../account.ts'
import type { Shown } from './change.ts'

/** A value for a plan: secrets are marked, so that whoever shows them hides them. */
export function masked(one: Hidden<string | number> | undefined, secret: boolean): Shown {
  if (one?.value === undefined) return undefined
  return secret ? { secret: one.value } : one.value
}
