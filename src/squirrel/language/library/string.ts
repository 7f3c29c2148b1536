import { format } from '../values/format.ts'
import { native } from './native.ts'
import { allocate, charge } from '../run/state.ts'
import { SqArray, type SqValue } from '../values/values.ts'

/** Global functions for strings. */
export const stringFunctions = [
  native('format', 's*', (_, pattern: string, ...args: SqValue[]) => format(pattern, args)),
  native('split', 'ss', (_, text: string, separators: string) => new SqArray(split(text, separators))),
  native('strip', 's', (_, text: string) => text.slice(leading(text), trailing(text))),
  native('lstrip', 's', (_, text: string) => text.slice(leading(text))),
  native('rstrip', 's', (_, text: string) => text.slice(0, trailing(text))),
]

// Each character of the second text separates; empty parts are dropped, as in Squirrel 3.0 (squirrel.md 1.1).
function split(text: string, separators: string): string[] {
  charge((text.length + separators.length) >> 3)
  const isSeparator = new Uint8Array(256)
  for (let at = 0; at < separators.length; at++) isSeparator[separators.charCodeAt(at)] = 1
  const parts: string[] = []
  let start = 0
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && isSeparator[text.charCodeAt(at)] === 0) continue
    if (at > start) {
      allocate(48)
      parts.push(text.slice(start, at))
    }
    start = at + 1
  }
  return parts
}

const BLANKS = ' \t\n\v\f\r'

function leading(text: string): number {
  let at = 0
  while (at < text.length && BLANKS.includes(text.charAt(at))) at++
  charge(at >> 3)
  return at
}

function trailing(text: string): number {
  let at = text.length
  while (at > 0 && BLANKS.includes(text.charAt(at - 1))) at--
  charge((text.length - at) >> 3)
  return at
}
