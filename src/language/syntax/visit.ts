import type { Command } from './tree.ts'

/** Calls back for every node in a tree, in the order of the text. */
export function visitNodes(node: unknown, found: (node: { readonly kind: string }) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const item of node) visitNodes(item, found)
    return
  }
  if (typeof (node as { kind?: unknown }).kind === 'string') found(node as { kind: string })
  for (const value of Object.values(node)) visitNodes(value, found)
}

/** Calls back for every command in a tree, in the order of the text. */
export function visitCommands(node: unknown, found: (command: Command) => void): void {
  visitNodes(node, (inner) => {
    if (inner.kind === 'command') found(inner as Command)
  })
}
