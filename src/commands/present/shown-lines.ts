import { hanging } from '../../output/wrap.ts'
import type { Context } from '../context.ts'

/** Shows lines for people, those that are too long for the terminal broken at their words. */
export function showLines({ line, width }: Pick<Context, 'line' | 'width'>, lines: readonly string[]): void {
  for (const one of lines) for (const part of hanging(one, width)) line(`${part}\n`)
}
