import { createWriteStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { visible } from '../../output/visible.ts'
import { createFile, replaceFile } from '../../session/atomic-file.ts'
import { withValue } from './eval.ts'
import type { Eval, Frame, Task } from './frame.ts'
import { fileError, pathIn } from './path.ts'
import { lineOf, renderValue } from '../values/print-value.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import type { Place } from '../syntax/source.ts'
import { argumentText } from '../values/text-of.ts'
import { Stream, type Value } from '../values/value.ts'

/** How a file is written: in place of what is there, at its end, or only where nothing is there. */
export type Way = 'replace' | 'append' | 'create'

/** `> FILE` and `>> FILE`: the bytes that a non-terminal would get; `>` replaces the file at once when all is written (language.md 2.7). */
export function redirect(
  frame: Frame,
  piped: Piped,
  target: Eval,
  way: Way,
  place: Place,
): Value | Promise<Value> {
  return withValue(target(frame), (value) =>
    write(frame.task, piped, argumentText(value, place, 'the file name'), way, place),
  )
}

async function write(task: Task, piped: Piped, name: string, way: Way, place: Place): Promise<Value> {
  if (task.settings.dryRun) {
    task.machine.suppressed += 1
    if (piped instanceof ProgramOutput) await piped.stop()
    else if (piped instanceof Stream) await piped.close()
    await task.out(`would write: ${visible(name)}\n`)
    return null
  }
  const path = pathIn(task, name)
  try {
    if (piped instanceof ProgramOutput) await writeBytes(piped, path, way)
    else if (way === 'append' && piped instanceof Stream && piped.kind === 'stream')
      // What has no end is in the file as it comes.
      for await (const item of piped) await appendFile(path, `${lineOf(item)}\n`)
    else await writeText(await shownText(piped), path, way)
  } catch (error) {
    throw fileError(error, name, place)
  }
  return null
}

async function shownText(value: Value): Promise<string> {
  if (!(value instanceof Stream)) return renderValue(value, {})
  const items: Value[] = []
  for await (const item of value) items.push(item)
  return value.kind === 'list' ? renderValue(items, {}) : items.map((item) => `${lineOf(item)}\n`).join('')
}

/** Writes a text to a file. */
export async function writeText(text: string, path: string, way: Way): Promise<void> {
  if (way === 'append') await appendFile(path, text)
  else await WRITERS[way](path, text, 'plain')
}

/** What writes a whole file. */
export const WRITERS = { replace: replaceFile, create: createFile } as const

async function writeBytes(output: ProgramOutput, path: string, way: Way): Promise<void> {
  if (way === 'append') {
    await pipeline(output.stdout, createWriteStream(path, { flags: 'a' }))
    await output.finished()
    return
  }
  await WRITERS[way](path, whole(output.chunks(), output), 'plain')
}

/** All that a program writes; throws at the end if it has failed. */
async function* whole(bytes: AsyncIterable<Uint8Array>, output: ProgramOutput): AsyncGenerator<Uint8Array> {
  yield* bytes
  await output.finished()
}
