import { usageOf } from '../../commands/bind.ts'
import { hanging, wrapWords } from '../../output/wrap.ts'
import type { BuiltIn } from './builtin.ts'

/** Lines of help are not wider, however wide the terminal is. */
const WIDEST = 100

/** The help of a built-in or a word of the prompt: how it is called, what it does, its options and examples. Text is wrapped, code is not. */
export function helpOf(found: BuiltIn, columns = WIDEST): string {
  const width = Math.min(columns, WIDEST)
  const options = found.options.map(({ name, summary }) => [`--${name}`, summary] as const)
  const widest = Math.max(0, ...options.map(([name]) => name.length))
  const examples = Object.entries(found.examples).flatMap(([code, shown]) => [
    ...code.split('\n').map((line) => `  ${line}`),
    ...(typeof shown === 'string' ? shown : `error[${shown.fails}]`)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `    ${line}`),
  ])
  return [
    ...hanging(usageOf(found), width),
    ...wrapWords(found.summary, width - 2, '  '),
    ...(options.length === 0 ? [] : ['', 'Options:']),
    ...options.flatMap(([name, summary]) => hanging(`  ${name.padEnd(widest)}  ${summary}`.trimEnd(), width)),
    ...(examples.length === 0 ? [] : ['', 'Examples:', ...examples]),
    '',
  ].join('\n')
}
