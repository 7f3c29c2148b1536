import type { Source } from '../syntax/source.ts'
import type { External } from '../syntax/tree.ts'
import { raise } from '../values/fault.ts'
import { argumentText } from '../values/text-of.ts'
import { Secret } from '../values/value.ts'
import { type ArgumentValue, compileArguments } from './arguments.ts'
import { placeOf } from './eval.ts'
import type { StageRun } from './pipeline.ts'
import { runProgram } from './run-program.ts'
import { compileWord } from './word.ts'

/** `!program args`: started without a shell; the arguments are passed as a list (language.md 2.9). */
export function compileExternal(node: External, source: Source): StageRun {
  const program = compileWord(node.program, source)
  const args = compileArguments(node.args, source, 'value')
  const place = placeOf(source, node)
  return async (frame, input, purpose) => {
    const name = argumentText(await program(frame), place, 'the name of the program')
    const texts = (await args(frame)).map((argument) => programArgument(argument))
    return runProgram(frame, { name, args: texts }, input, purpose, place)
  }
}

/** An argument of a program as text. A secret must be revealed first: process lists show arguments. */
function programArgument(argument: ArgumentValue): string {
  if (argument.kind === 'block') throw raise(argument.place, 'BUG_ARGS', 'a program takes no block')
  const { value, place } = argument
  if (value instanceof Secret) {
    throw raise(
      place,
      'BUG_TYPE',
      'a secret cannot be given to a program',
      'other users see arguments; write with env NAME = $secret { !program }',
    )
  }
  const text = value === undefined ? '' : argumentText(value, place, 'the argument')
  return argument.kind === 'option' ? `${argument.text}${value === undefined ? '' : `=${text}`}` : text
}
