import { hanging, wrapWords } from '../../output/wrap.ts'
import type { Context } from '../context.ts'

/** Shows lines for people, those that are too long for the terminal broken at their words; what belongs to a line above stands further in. */
export function showLines({ line, width }: Pick<Context, 'line' | 'width'>, lines: readonly string[]): void {
  for (const one of lines) for (const part of hanging(one, width)) line(`${part.trimEnd()}\n`)
}

/** Shows sentences for people, filled up to the width of the terminal. */
export function showSentences(
  { line, width }: Pick<Context, 'line' | 'width'>,
  sentences: readonly string[],
): void {
  for (const one of sentences) for (const part of wrapWords(one, width)) line(`${part}\n`)
}
