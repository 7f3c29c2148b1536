import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as operators from '../../../../src/squirrel/language/run/operators.ts'
import { floatText, parseInteger } from '../../../../src/squirrel/language/values/number.ts'
import { SqFloat, type SqValue } from '../../../../src/squirrel/language/values/values.ts'
import { evaluate } from '../run.ts'
import { fc } from '../../../properties.ts'

const int32 = fc.oneof(
  fc.integer({ min: -2147483648, max: 2147483647 }),
  fc.constantFrom(0, 1, -1, -2147483648, 2147483647),
)
const float32 = fc.float({ noDefaultInfinity: true, noNaN: true })

const view = new DataView(new ArrayBuffer(8))

function wrap(value: bigint): number {
  view.setBigInt64(0, BigInt.asIntN(64, value), true)
  return view.getInt32(0, true)
}

function single(value: number): number {
  view.setFloat32(0, value)
  return view.getFloat32(0)
}

test('integer arithmetic wraps like a 32-bit cell of memory', () => {
  fc.assert(
    fc.property(int32, int32, (a, b) => {
      assert.equal(operators.add(a, b), wrap(BigInt(a) + BigInt(b)))
      assert.equal(operators.subtract(a, b), wrap(BigInt(a) - BigInt(b)))
      assert.equal(operators.multiply(a, b), wrap(BigInt(a) * BigInt(b)))
      if (b !== 0) {
        assert.equal(operators.divide(a, b), wrap(BigInt(a) / BigInt(b)))
        assert.equal(operators.modulo(a, b), wrap(BigInt(a) % BigInt(b)))
      }
      assert.equal(operators.negate(a), wrap(-BigInt(a)))
      assert.equal(Object.is(operators.multiply(a, b), -0), false)
    }),
  )
})

test('generated code computes integers as the runtime does', () => {
  const names = ['+', '-', '*', '/', '%', '&', '|', '^', '<<', '>>', '>>>']
  fc.assert(
    fc.property(int32, int32, fc.constantFrom(...names), (a, b, operator) => {
      fc.pre(b !== 0)
      const direct = evaluate(`local a = ${a}, b = ${b}; return a ${operator} b`)
      const folded = evaluate(`return ${a} ${operator} ${b}`)
      const assigned = evaluate(
        ['+', '-', '*', '/', '%'].includes(operator)
          ? `local t = { a = ${a} }; t.a ${operator}= ${b}; return t.a`
          : `return (${a}) ${operator} (${b})`,
      )
      const byRuntime: Record<string, (x: SqValue, y: SqValue) => SqValue> = {
        '+': operators.add,
        '-': operators.subtract,
        '*': operators.multiply,
        '/': operators.divide,
        '%': operators.modulo,
      }
      const expected = byRuntime[operator]?.(a, b) ?? operators.bitwise(operator, a, b)
      assert.deepEqual([direct, folded, assigned], [expected, expected, expected])
    }),
    { numRuns: 60 },
  )
})

test('float arithmetic is single precision', () => {
  fc.assert(
    fc.property(float32, float32, (a, b) => {
      const [x, y] = [new SqFloat(a), new SqFloat(b)]
      assert.equal((operators.add(x, y) as SqFloat).v, single(a + b))
      assert.equal((operators.multiply(x, y) as SqFloat).v, single(a * b))
      assert.equal((operators.subtract(x, y) as SqFloat).v, single(a - b))
      if (b !== 0) assert.equal((operators.divide(x, y) as SqFloat).v, single(a / b))
      assert.equal(operators.compare(x, y) < 0, a < b)
    }),
  )
})

test('an integer beside a float is compared and added in single precision, as one that was made a float', () => {
  fc.assert(
    fc.property(int32, float32, (a, b) => {
      assert.equal(operators.equals(a, new SqFloat(b)), single(a) === single(b))
      assert.equal(operators.compare(a, new SqFloat(b)) < 0, single(a) < single(b))
      assert.equal((operators.add(a, new SqFloat(b)) as SqFloat).v, single(single(a) + single(b)))
    }),
    {
      examples: [
        [-2049753153, -1041346816],
        [-2049753153, -2049753216],
      ],
    },
  )
})

test('the text of a float has six significant digits and reads back close to it', () => {
  fc.assert(
    fc.property(float32, (value) => {
      const text = floatText(value)
      assert.match(text, /^-?\d(?:\d{0,5}|[\d.]{0,7})(?:e[+-]\d\d)?$|^-?0\.0*\d{1,6}$/)
      assert.ok(Math.abs(Number(text) - value) <= Math.abs(value) * 1e-5 + 1e-45)
    }),
  )
})

test('integers written in any base read back, modulo 2 to the 32', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
      fc.integer({ min: 2, max: 36 }),
      (value, base) => {
        assert.equal(parseInteger(value.toString(base), base), wrap(value))
      },
    ),
  )
})

test('number literals of the source are taken modulo 2 to the 32', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 40n }), (value) => {
      assert.equal(evaluate(`return ${value}`), wrap(value))
    }),
    { numRuns: 30 },
  )
})
