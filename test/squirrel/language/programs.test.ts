import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../../../src/squirrel/language/compile.ts'
import { Vm } from '../../../src/squirrel/language/vm.ts'
import { programs } from './programs.ts'

for (const program of programs) {
  test(`the measured program "${program.name}" gives the same number in Squirrel and in JavaScript`, () => {
    const result = compile(program.squirrel, 'bench')
    assert.ok(result.ok)
    const vm = new Vm()
    assert.equal(vm.call(vm.run(result.unit), vm.root), program.javascript())
  })
}
