/** The libraries that are part of this program: our own, with the interfaces that programs expect. */
import { jsonEncoder } from './json-encoder.ts'
import { promise } from './promise.ts'

const bundled: Readonly<Record<string, { version: string; source: string }>> = {
  promise: { version: '4.0.0', source: promise },
  jsonencoder: { version: '2.0.0', source: jsonEncoder },
}

/** Their names as programs write them. */
export const bundledNames = ['Promise', 'JSONEncoder'] as const

/** The same with their versions. */
export const bundledVersions = bundledNames.map((name) => ({
  name,
  version: bundled[name.toLowerCase()]?.version ?? null,
}))

/** The text of a bundled library, by its name in any case; undefined for others, and for versions with another first number. */
export function bundledLibrary(name: string, version: string | null): string | undefined {
  const base = name.toLowerCase().replace(/(?:\.(?:lib|class))?\.nut$/, '')
  const found = Object.hasOwn(bundled, base) ? bundled[base] : undefined
  if (found === undefined || (version !== null && version.split('.')[0] !== found.version.split('.')[0]))
    return undefined
  return found.source
}

export { impUnitSource } from './imp-unit.ts'
