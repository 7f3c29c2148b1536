import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { AccountName } from '../account.ts'
import { sha256 } from '../code.ts'
import type { Change } from './change.ts'

const HIDDEN = new Set(['label', 'updatedAt', 'diff', 'cloud'])

/**
 * Six digits that name a plan: the same for the same account and changes, on every machine. Secrets are part of what is done and so of the id;
 * it is made slowly, so that nobody can try values against it, and only where it is shown or asked for.
 */
export async function planId({ id }: AccountName, changes: readonly Change[]): Promise<string> {
  const canonical = JSON.stringify(changes, (key, value: unknown) => (HIDDEN.has(key) ? undefined : value))
  const derived = await promisify<string, string, number, object, Buffer>(scrypt)(sha256(canonical), id, 3, {
    cost: 4096,
  })
  return derived.toString('hex')
}
