/** What the terminal front end writes, line by line. */
import { visible } from '../output/visible.ts'
import type { DebugEvent, StackFrame } from '../squirrel/debug/protocol.ts'
import type { LogLine } from './debuggee.ts'
import type { Known } from './words.ts'

export type Stopped = Extract<DebugEvent, { event: 'stopped' }>

export function logText({ ts, type, text }: LogLine): string {
  return `${new Date(ts).toISOString()} [${type}] ${visible(text)}`
}

export function placeText({ name, file, line }: StackFrame): string {
  return file === undefined ? visible(name) : `${visible(name)} at ${visible(file)}:${line}`
}

export function lineText(line: number, text: string, mark = ' '): string {
  return `${mark}${String(line).padStart(4)}  ${visible(text)}`
}

export function reasonText({ reason, text, breakpoints }: Stopped): string {
  switch (reason) {
    case 'breakpoint':
      return `Breakpoint ${breakpoints.join(', ')}${text === '' ? '' : `, ${visible(text)}`}`
    case 'exception':
      return `Error "${visible(text)}"`
    case 'entry':
      return 'Beginning'
    case 'pause':
      return 'Paused'
    default:
      return 'Step'
  }
}

export function breakText({ id, name, file, line, condition, hits, log }: Known): string {
  const place = name ?? `${file}:${line}`
  const more = [
    condition === undefined ? '' : ` if ${condition}`,
    hits === undefined ? '' : ` hits ${hits}`,
    log === undefined ? '' : ` log ${log}`,
  ].join('')
  return `${String(id).padStart(3)} ${visible(place + more)}`
}
