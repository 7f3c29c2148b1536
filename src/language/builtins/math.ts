import { raise } from '../values/fault.ts'
import { held } from '../values/operators.ts'
import { number, whole } from '../values/types.ts'
import { builtin, type Call, fails, maybe, word } from './builtin.ts'

/** One number from one number. A list or a stream of numbers is worked on item by item. */
export const MATH = [
  builtin({
    name: 'round',
    summary: 'Rounds to a whole number, or to n decimals; a half goes away from zero. -2 rounds to hundreds.',
    input: 'number',
    words: [maybe('n', whole(-20, 20))],
    examples: {
      '2.5 | round': '3',
      '[3.14159, 2] | round 2': '3.14\n2',
      '1234 | round -2': '1200',
      '"3" | round': fails('BUG_TYPE'),
    },
    run: (given, { n = 0 }) => rounded(given, n),
  }),
  builtin({
    name: 'floor',
    summary: 'The greatest whole number that is not above it.',
    input: 'number',
    examples: { '2.7 | floor': '2', '-2.1 | floor': '-3' },
    run: (given) => Math.floor(given),
  }),
  builtin({
    name: 'ceil',
    summary: 'The least whole number that is not below it.',
    input: 'number',
    examples: { '2.1 | ceil': '3', '-2.7 | ceil': '-2' },
    run: (given) => withoutMinusZero(Math.ceil(given)),
  }),
  builtin({
    name: 'abs',
    summary: 'Without its sign.',
    input: 'number',
    examples: { '-3 | abs': '3', '[-1, 1] | abs': '1\n1' },
    run: (given) => Math.abs(given),
  }),
  builtin({
    name: 'sqrt',
    summary: 'The square root.',
    input: 'number',
    examples: { '9 | sqrt': '3', '-1 | sqrt': fails('DATA') },
    run: (given, _args, call) => finite(Math.sqrt(given), given, call),
  }),
  builtin({
    name: 'pow',
    summary: 'Raised to a power.',
    input: 'number',
    words: [word('power', number)],
    examples: { '2 | pow 10': '1024', '9 | pow 0.5': '3', '-8 | pow 0.5': fails('DATA') },
    run: (given, { power }, call) => finite(given ** power, given, call),
  }),
  builtin({
    name: 'logarithm',
    summary: 'The natural logarithm, or that of a base.',
    input: 'number',
    words: [maybe('base', number)],
    examples: { '1000 | logarithm 10': '3', '1 | logarithm': '0', '0 | logarithm': fails('DATA') },
    run(given, { base }, call) {
      if (base === 10) return finite(Math.log10(given), given, call)
      if (base === 2) return finite(Math.log2(given), given, call)
      return finite(base === undefined ? Math.log(given) : Math.log(given) / Math.log(base), given, call)
    },
  }),
  builtin({
    name: 'random',
    summary: 'A number from 0 to below 1, or a whole number from a to b, both of them possible.',
    input: 'none',
    words: [maybe('a', whole(-1e15, 1e15)), maybe('b', whole(-1e15, 1e15))],
    examples: { 'random 3 3': '3', 'print ((random) < 1)': 'true', 'random 3 1': fails('BUG_ARGS') },
    run(_input, { a, b }, call) {
      if (a === undefined) return Math.random()
      if (b === undefined || b < a)
        throw raise(
          call.at('a'),
          'BUG_ARGS',
          '"random" takes none or two numbers, the smaller first',
          'write random 1 6',
        )
      return a + Math.floor(Math.random() * (b - a + 1))
    },
  }),
]

/**
 * Rounds to `n` decimals, or for a negative `n` to tens, hundreds and so on. A half goes away from zero, by the exact value of the number:
 * 1.005 is a little less than it looks and gives 1 for two decimals.
 */
export function rounded(given: number, n: number): number {
  if (!Number.isFinite(given) || Math.abs(given) >= 1e21) return given
  if (n >= 0) return withoutMinusZero(Number(given.toFixed(n)))
  const unit = 10 ** -n
  return withoutMinusZero(Math.sign(given) * Math.round(Math.abs(given) / unit) * unit)
}

function withoutMinusZero(given: number): number {
  return given === 0 ? 0 : given
}

function finite(made: number, given: number, call: Call): number {
  if (Number.isFinite(made)) return made
  if (Math.abs(made) === Infinity && given !== 0) held(made, call.place)
  throw raise(call.place, 'DATA', `"${call.name}" of ${given} is not a number`)
}
