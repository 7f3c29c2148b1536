import { completionScript } from './completion-scripts.ts'
import type { Run } from './context.ts'

/** `impt completion SHELL`: prints a script for the shell to read. */
export const completion: Run = async (context, _options, [shell]) => {
  context.out(completionScript(shell as Parameters<typeof completionScript>[0]))
  return { kind: 'done', touched: null, silent: true }
}
