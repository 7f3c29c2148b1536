import { constant, joined, placeOf, withValue } from './eval.ts'
import { compileExpression } from './expression.ts'
import type { Eval } from './frame.ts'
import type { Source } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import type { Word } from '../syntax/tree.ts'

/** Turns a word into a function of the frame: a whole-word value keeps its type, touching parts give text. */
export function compileWord(node: Word, source: Source): Eval {
  const [only] = node.parts
  if (only === undefined) return constant('')
  if (node.parts.length === 1) {
    if (only.kind === 'bare') return constant(only.text)
    return compileExpression(only.kind === 'value' ? only.value : only, source)
  }
  return joined(
    node.parts.map((part): Eval => {
      if (part.kind === 'bare' || part.kind === 'text') return constant(part.text)
      const place = placeOf(source, part)
      const run = compileExpression(part.kind === 'value' ? part.value : part, source)
      return (frame) => withValue(run(frame), (value) => textOf(value, place))
    }),
  )
}

/** Whether the word is written without quotes and variables, so that it may be an option. */
export function isBare(node: Word): boolean {
  return node.parts.every((part) => part.kind === 'bare')
}
