import type { Source } from '../syntax/source.ts'
import type { TestBlock } from '../syntax/tree.ts'
import { compileBlock } from './block.ts'
import type { Eval } from './frame.ts'

/** `test "name" { ... }`: runs where a run asks for the test of this place (`impt check --test`), and nowhere else. */
export function compileTest(node: TestBlock, source: Source): Eval {
  const run = compileBlock(node.body, source, 'print')
  return (frame) => {
    const { test } = frame.task.machine.options
    if (test === undefined || test !== node.start || frame.parent !== null) return null
    return run(frame, [])
  }
}
