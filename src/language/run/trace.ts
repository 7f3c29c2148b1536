import { visible } from '../../output/visible.ts'
import type { Task } from './frame.ts'
import { inlineText } from '../values/inline-text.ts'
import { type Place, positionOf } from '../syntax/source.ts'
import type { Value } from '../values/value.ts'

/** Prints what a statement did, as `set -x` does (language.md 2.14). */
export function trace(task: Task, place: Place, text: string, value?: Value): void {
  const { line } = positionOf(place.source.text, place.start)
  const shown = value === undefined ? '' : ` ${inlineText(value)}`
  task.machine.host.err(`+ ${visible(`${place.source.name}:${line}: ${text.trimEnd()}`)}${shown}\n`)
}
