/** Questions to a debugger that wait for their answers, by their numbers. */
import type { DebugAnswer } from './protocol.ts'

export class Questions {
  private last = 0
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >()

  /** What is answered to the question that `send` puts under a number. Rejects with an Error for people. */
  ask(send: (call: number) => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const call = ++this.last
      this.waiting.set(call, { resolve, reject })
      send(call)
    })
  }

  answered(answer: DebugAnswer): void {
    const waiting = this.waiting.get(answer.call)
    this.waiting.delete(answer.call)
    if ('refused' in answer) waiting?.reject(new Error(answer.refused))
    else waiting?.resolve(answer.result)
  }

  /** Nobody will answer what waits. */
  lost(reason: string): void {
    for (const { reject } of this.waiting.values()) reject(new Error(reason))
    this.waiting.clear()
  }
}
