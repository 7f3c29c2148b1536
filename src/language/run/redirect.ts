import { createWriteStream } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { visible } from '../../output/visible.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { withValue } from './eval.ts'
import type { Eval, Frame, Task } from './frame.ts'
import { fileError, pathIn } from './path.ts'
import { lineOf, renderValue } from '../values/print-value.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import type { Place } from '../syntax/source.ts'
import { argumentText } from '../values/text-of.ts'
import { Stream, type Value } from '../values/value.ts'

/** `> FILE` and `>> FILE`: the bytes that a non-terminal would get; `>` replaces the file at once when all is written (language.md 2.7). */
export function redirect(
  frame: Frame,
  piped: Piped,
  target: Eval,
  append: boolean,
  place: Place,
): Value | Promise<Value> {
  return withValue(target(frame), (value) =>
    write(frame.task, piped, argumentText(value, place, 'the file name'), append, place),
  )
}

async function write(task: Task, piped: Piped, name: string, append: boolean, place: Place): Promise<Value> {
  if (task.settings.dryRun) {
    task.machine.suppressed += 1
    if (piped instanceof ProgramOutput) await piped.stop()
    else if (piped instanceof Stream) await piped.close()
    await task.out(`would write: ${visible(name)}\n`)
    return null
  }
  const path = pathIn(task, name)
  try {
    if (piped instanceof ProgramOutput) await writeBytes(piped, path, append)
    else await writeText(await shownText(piped), path, append)
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

/** Writes a text to a file, whole or at its end. */
export async function writeText(text: string, path: string, append: boolean): Promise<void> {
  if (append) await appendFile(path, text)
  else await replaceFile(path, text, 'plain')
}

async function writeBytes(output: ProgramOutput, path: string, append: boolean): Promise<void> {
  if (append) {
    await pipeline(output.stdout, createWriteStream(path, { flags: 'a' }))
    await output.finished()
    return
  }
  await replaceFile(path, whole(output.chunks(), output), 'plain')
}

/** All that a program writes; throws at the end if it has failed. */
async function* whole(bytes: AsyncIterable<Uint8Array>, output: ProgramOutput): AsyncGenerator<Uint8Array> {
  yield* bytes
  await output.finished()
}
