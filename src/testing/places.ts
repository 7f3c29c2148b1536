import { basename, isAbsolute, relative } from 'node:path'
import { compileMessages, formatCompileMessage } from '../impcentral/failure.ts'
import type { ImptError } from '../output/error.ts'
import { locate, type LineMap } from '../preprocess/lines.ts'
import type { Side } from './test-files.ts'

/** Where the rows of the code of each side come from. */
export type LineMaps = Readonly<Record<Side, LineMap>>

const ROW = /\b(device|agent)_code:(\d{1,7})\b/g

/** Whether a log entry speaks of a row of deployed code. */
export function hasPlaces(text: string): boolean {
  return text.search(ROW) !== -1
}

/**
 * Replaces `device_code:12` and `agent_code:12` by the file and line that a person wrote. Files below `directory` are shown relative to it,
 * others by their full path, also where the compiler followed a marker, which has only their base name.
 */
export function withPlaces(text: string, maps: LineMaps, directory: string): string {
  const mapped = text.replace(ROW, (found, side: Side, row: string) => {
    const { file, line } = locate(maps[side], Number(row))
    return file === '' || maps[side].length === 0 ? found : `${shortened(file, directory)}:${line}`
  })
  return withOutside(mapped.replaceAll(`${directory}/`, ''), maps, directory)
}

/** The rows of a compile error, each followed by its place in the source. */
export function compileNotes(error: ImptError, maps: LineMaps, directory: string): readonly string[] {
  return compileMessages([{ meta: error.http?.meta ?? [] }]).flatMap((message) => {
    const { file, row, column } = message
    const side = file === 'device_code' ? 'device' : file === 'agent_code' ? 'agent' : undefined
    const place = side === undefined ? { file, line: row } : locate(maps[side], row)
    return [
      formatCompileMessage(message),
      `  ${shortened(place.file || file, directory)}:${place.line}:${column}`,
    ]
  })
}

function withOutside(text: string, maps: LineMaps, directory: string): string {
  const files = [...new Set([...maps.agent, ...maps.device].map(({ file }) => file))]
  const names = files.map((file) => [basename(file), shortened(file, directory)] as const)
  return names
    .filter(([name, shown]) => isAbsolute(shown) && names.filter(([other]) => other === name).length === 1)
    .reduce((all, [name, shown]) => {
      const parts = all.split(`${name}:`)
      return parts.reduce((whole, part, index) =>
        /[\w./-]$/.test(parts[index - 1] ?? '') || !/^\d/.test(part)
          ? `${whole}${name}:${part}`
          : `${whole}${shown}:${part}`,
      )
    }, text)
}

/** A path below a directory, relative to it; any other as it is. */
export function shortened(file: string, directory: string): string {
  const path = isAbsolute(file) ? relative(directory, file) : file
  return path.startsWith('..') ? file : path
}
