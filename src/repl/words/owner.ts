import type { Call } from '../../language/builtins/builtin.ts'
import type { Value } from '../../language/values/value.ts'
import type { Shell } from '../shell.ts'

/** The prompt that a word of it is about. */
export function shellOf({ task }: Call): Shell {
  return task.machine.owner?.() as Shell
}

/** What a word has to say: at the end of a line its text, everywhere else the same as a value. */
export function say(call: Call, text: string, value: Value): Value | Promise<Value> {
  if (call.purpose === 'file') return text.replace(/\n$/, '')
  if (call.purpose !== 'print') return value
  const written = call.task.out(text)
  return written === undefined ? null : written.then(() => null)
}
