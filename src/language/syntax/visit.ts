import type { Command } from './tree.ts'

/** Calls back for every command in a tree, in the order of the text. */
export function visitCommands(node: unknown, found: (command: Command) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const item of node) visitCommands(item, found)
    return
  }
  const { kind } = node as { kind?: unknown }
  if (kind === 'command') found(node as Command)
  for (const value of Object.values(node)) visitCommands(value, found)
}
