import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../scripts/examples/', import.meta.url)

interface Example {
  readonly name: string
  readonly text: string
}

/** The scripts for a fleet, in order; the first twenty are those of language.md 2.15. */
export const examples: readonly Example[] = readdirSync(folder)
  .filter((name) => name.endsWith('.imptsh'))
  .sort()
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))

/** The text of the example that starts with this number. */
export function example(number: string): Example {
  const found = examples.find(({ name }) => name.startsWith(number))
  if (found === undefined) throw new Error(`there is no example ${number}`)
  return found
}
