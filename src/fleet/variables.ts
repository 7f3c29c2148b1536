import type { VariableChanges } from './plan/change.ts'

/** The whole map that is sent: what a fresh read showed, with the changes. */
export function mergedVariables(
  present: Readonly<Record<string, unknown>>,
  { set, unset }: VariableChanges,
): Readonly<Record<string, unknown>> {
  const merged = { ...present, ...set }
  return Object.fromEntries(Object.entries(merged).filter(([name]) => !unset.includes(name)))
}
