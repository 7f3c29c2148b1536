import assert from 'node:assert/strict'
import { type CompiledUnit, compile } from '../../../src/squirrel/language/compile.ts'
import { Call } from '../../../src/squirrel/language/variants/frame.ts'
import type { Variant } from '../../../src/squirrel/language/variants/variant.ts'
import { SqAbort, SqError, traceText } from '../../../src/squirrel/language/run/errors.ts'
import { native } from '../../../src/squirrel/language/library/native.ts'
import type { SqValue } from '../../../src/squirrel/language/values/values.ts'
import { Vm, type VmOptions } from '../../../src/squirrel/language/vm.ts'

/** Runs a source; what it printed, then the compile error or the trace of the error that ended it. */
export function transcript(
  source: string,
  file = 'test.nut',
  options: VmOptions = {},
  variant: Variant = 'plain',
): string {
  let printed = ''
  const unit = compile(source, file, new Map(), variant)
  if (!unit.ok) {
    return unit.errors.map(({ row, column, text }) => `COMPILE ERROR ${row}:${column} ${text}\n`).join('')
  }
  const vm = new Vm({ print: (text) => void (printed += text), instrument, ...options })
  try {
    vm.run(unit.unit)
  } catch (error) {
    if (!(error instanceof SqError || error instanceof SqAbort)) throw error
    printed += `ERROR: ${traceText(error).join('\n')}\n`
  } finally {
    vm.close()
  }
  return printed
}

/** What the code of each variant is watched with: something to count in, a debugger that stops nowhere, no variables from outside. */
function instrument(unit: CompiledUnit): Record<string, unknown> {
  switch (unit.variant) {
    case 'debug':
      return {
        D: { top: null },
        H: new Uint8Array(unit.points.length),
        M: new Int32Array(1),
        R: Call,
        U: unit,
        at: () => assert.fail('nobody stops here'),
      }
    case 'profile':
      return { begins() {}, ends() {}, goesOn() {} }
    case 'evaluation':
      return { K: { e: [] } }
    default:
      return { c: new Uint32Array(unit.points.length) }
  }
}

/** The value a source returns. */
export function evaluate(source: string, options: VmOptions = {}): SqValue {
  const unit = compile(source, 'test.nut')
  if (!unit.ok) throw new Error(unit.errors.map((error) => error.text).join('\n'))
  const vm = new Vm(options)
  try {
    return vm.run(unit.unit)
  } finally {
    vm.close()
  }
}

/** Runs host code as a native function of a machine, with its budget. */
export function withinMachine(work: () => void): void {
  const vm = new Vm()
  const code = native('test', '', () => {
    work()
    return null
  })
  vm.call(code, vm.root)
}

/** The first compile error of a source as `row:column text`, or null. */
export function compileErrorOf(source: string): string | null {
  const result = compile(source, 'test.nut')
  if (result.ok) return null
  const [first] = result.errors
  return first === undefined ? null : `${first.row}:${first.column} ${first.text}`
}
