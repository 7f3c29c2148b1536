import { ImptError } from '../../output/error.ts'
import type { Context } from '../context.ts'

/** A line from the person, asked for with `mark`, or from the pipe; null at its end and on Ctrl-C. */
export async function nextLine({ ask }: Context, mark: string): Promise<string | null> {
  try {
    return await ask.line(ask.interactive ? mark : '', false)
  } catch (error) {
    if (error instanceof ImptError && (error.code === 'NO_TTY' || error.code === 'CANCELLED')) return null
    throw error
  }
}
