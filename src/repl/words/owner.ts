import { canceled, INTERRUPTED } from '../../output/error.ts'
import type { Call } from '../../language/builtins/builtin.ts'
import type { Value } from '../../language/values/value.ts'
import type { Shell } from '../shell.ts'
import { whenAborted } from '../../program/aborted.ts'

/** The prompt that a word of it is about. */
export function shellOf({ task }: Call): Shell {
  return task.machine.owner?.() as Shell
}

/** A word that waits longer than this for the server says so, in ms. */
const PATIENCE_MS = 500

/** Waits for the server: says so when it takes a moment, and stops waiting on Ctrl-C. Throws CANCELLED then. */
export async function awaited<T>(call: Call, what: string, task: Promise<T>): Promise<T> {
  const { signal } = call.task
  const told = setTimeout(() => shellOf(call).print(`${what}; Ctrl-C stops waiting\n`), PATIENCE_MS)
  try {
    return await Promise.race([task, stopped(signal)])
  } finally {
    clearTimeout(told)
    // What comes later is of use for completion; its failure is nobody's.
    task.catch(() => undefined)
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    whenAborted(signal, () => reject(canceled(INTERRUPTED)))
  })
}

/** What a word has to say: at the end of a line its text, everywhere else the same as a value. */
export function say(call: Call, text: string, value: Value): Value | Promise<Value> {
  if (call.purpose === 'file') return text.replace(/\n$/, '')
  if (call.purpose !== 'print') return value
  const written = call.task.out(text)
  return written === undefined ? null : written.then(() => null)
}
