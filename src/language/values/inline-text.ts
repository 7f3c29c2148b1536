import { visible } from '../../output/visible.ts'
import { type Time, type Value, typeOf } from './value.ts'

const LONGEST = 200

/** A value on one line, cut if it is long: for messages and traces. Secrets are masked. */
export function inlineText(value: Value): string {
  const type = typeOf(value)
  const text =
    type === 'stream'
      ? '<stream>'
      : type === 'time' || type === 'duration' || type === 'secret'
        ? (value as Time).toString()
        : JSON.stringify(value)
  const shown = visible(text)
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown
}
