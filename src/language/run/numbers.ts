import type { Value } from '../values/value.ts'
import { step as turn, type Task } from './frame.ts'

/**
 * The numbers `from`, `from + step`, ... up to `to`, as they are read. Who reads them may do nothing else (`range 1 1e12 | count`), so
 * that each is a step of the run: Ctrl-C, SIGTERM and time limits are heard between two of them.
 */
export async function* numbers(task: Task, from: number, to: number, step: number): AsyncGenerator<Value> {
  for (let index = 0; ; index += 1) {
    const number = from + index * step
    if (step > 0 ? number > to : number < to) return
    const pause = turn(task)
    if (pause !== undefined) await pause
    yield number
  }
}
