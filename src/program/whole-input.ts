import { addAbortSignal, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

/** All that a stream gives until its end, such as standard input. Throws what the signal was aborted with: whoever gives the input may never end it. */
export async function wholeInput(input: Readable, signal: AbortSignal): Promise<Buffer> {
  signal.throwIfAborted()
  try {
    return await buffer(addAbortSignal(signal, input))
  } catch (error) {
    signal.throwIfAborted()
    throw error
  }
}
