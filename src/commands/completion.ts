import { completionScript } from './completion-scripts.ts'
import type { Run } from './context.ts'

/** `impt completion SHELL`: prints a script for the shell to read, or the names that such a script asks for, one a line. */
export const completion: Run = async (context, _options, [shell]) => {
  if (shell === 'targets' || shell === 'logins') {
    const { namesHere } = await import('../session/names-here.ts')
    const names = namesHere(shell === 'targets' ? 'target' : 'login', context.directory, context.session.env)
    context.out(names.map((name) => `${name}\n`).join(''))
    return { kind: 'done', touched: null, silent: true }
  }
  context.out(completionScript(shell as Parameters<typeof completionScript>[0]))
  return { kind: 'done', touched: null, silent: true }
}
