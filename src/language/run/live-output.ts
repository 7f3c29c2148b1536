import { PassThrough } from 'node:stream'
import type { Invocation } from '../../commands/row.ts'
import type { Place } from '../syntax/source.ts'
import type { Task } from './frame.ts'
import type { CommandCall } from './host.ts'
import { ProgramOutput } from './program-output.ts'

/** What a command that has no end shows: a file has it as it comes. */
export function shownAsItComes(
  { machine }: Task,
  invocation: Invocation,
  call: CommandCall,
  place: Place,
  failed: (error: unknown) => unknown,
): ProgramOutput {
  const shown = new PassThrough()
  const stop = new AbortController()
  const signal = AbortSignal.any([call.signal, stop.signal])
  const show = (piece: string): Promise<void> =>
    new Promise((resolve, reject) => {
      shown.write(piece, (error) => (error ? reject(error) : resolve()))
    })
  let failure: unknown
  const ended = machine.host
    .run(invocation, { ...call, signal, show })
    .then(
      () => undefined,
      (error: unknown) => {
        failure = failed(error)
      },
    )
    // What was shown before it failed is kept.
    .then(() => shown.end())
  const program = {
    kill: () => stop.abort(),
    ended: ended.then(() => ({ code: 0, signal: null, stderr: '' })),
  }
  const check = async (): Promise<void> => {
    await ended
    if (failure !== undefined) throw failure as Error
  }
  return new ProgramOutput(program, shown, check, 'what the command shows', place)
}
