import { addAbortSignal, type Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ImptError } from '../output/error.ts'

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

/** A reader of all of an input, for whoever asks first. A second one gets USAGE. */
export function readOnce(input: () => Readable, signal: AbortSignal): () => Promise<Buffer> {
  let isRead = false
  return async () => {
    if (isRead)
      throw new ImptError('USAGE', 'Standard input can be read only once.', {
        hint: 'Name files for the others',
      })
    isRead = true
    return wholeInput(input(), signal)
  }
}
