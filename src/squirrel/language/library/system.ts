import { integerOr } from './arguments.ts'
import { native } from './native.ts'
import { machine } from '../run/state.ts'
import { tableOf } from '../values/table.ts'
import { SqFloat, type SqValue } from '../values/values.ts'

/** `clock`, `time` and `date`; all read the machine's clock. */
export const systemFunctions = [
  native('clock', '', () => new SqFloat((machine().now() - machine().started) / 1000)),
  native('time', '', () => Math.floor(machine().now() / 1000) | 0),
  native('date', '[n.', (_, seconds?: SqValue) => date(seconds)),
]

// The platform has no time zone; `time` and `usec` are slots of its own (squirrel.md 1.1).
function date(seconds: SqValue | undefined) {
  const now = machine().now()
  const time = integerOr(seconds, Math.floor(now / 1000) | 0)
  const at = new Date(time * 1000)
  const newYear = Date.UTC(at.getUTCFullYear(), 0, 1)
  return tableOf([
    ['sec', at.getUTCSeconds()],
    ['min', at.getUTCMinutes()],
    ['hour', at.getUTCHours()],
    ['day', at.getUTCDate()],
    ['month', at.getUTCMonth()],
    ['year', at.getUTCFullYear()],
    ['wday', at.getUTCDay()],
    ['yday', Math.floor((at.getTime() - newYear) / 86400000)],
    ['time', time],
    ['usec', seconds === undefined ? Math.floor((now % 1000) * 1000) : 0],
  ])
}
