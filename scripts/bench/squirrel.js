// Squirrel: six programs against the same ones written in JavaScript, and the cost of virtual devices.
import { register } from 'tsx/esm/api'
import { compare, row } from './measure.js'

export const title = 'Squirrel'

export async function* rows() {
  const unregister = register()
  const { programs } = await import('../../test/squirrel/language/programs.ts')
  const { compile } = await import('../../src/squirrel/language/compile.ts')
  const { Vm } = await import('../../src/squirrel/language/vm.ts')
  const ratios = []
  for (const { name, squirrel, javascript } of programs) {
    const compiled = compile(squirrel, name)
    if (!compiled.ok) throw new Error(`${name} does not compile`)
    const vm = new Vm({ budget: Number.MAX_SAFE_INTEGER })
    const program = vm.run(compiled.unit)
    const { ours, plain } = await compare({ plain: () => void javascript(), ours: () => void vm.call(program, vm.root) }, 5)
    ratios.push(ours / plain)
    yield row(`  ${name} / JavaScript`, ours / plain, Infinity)
  }
  yield row('geometric mean of the six programs / JavaScript', Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length), 4)
  await unregister()
}
