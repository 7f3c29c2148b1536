// How values come into files: whole, at the end, or only where nothing is there.
import { createReadStream } from 'node:fs'
import { chmod, open as openFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { raise } from '../values/fault.ts'
import { fileError, pathIn } from '../run/path.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import { redirect, type Way, WRITERS, writeText } from '../run/redirect.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, Secret, Stream, type Value } from '../values/value.ts'
import { type Call, wholeOf } from './builtin.ts'
import { written } from './writing.ts'

/** Extensions that are written in a format. */
const WRITTEN_AS: Readonly<Record<string, string>> = {
  '.json': 'json',
  '.jsonl': 'json',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.yaml': 'yaml',
  '.yml': 'yaml',
  '.md': 'md',
  '.html': 'html',
}

/** What `save` does. Throws FILE, DATA or BUG_TYPE at the place. */
export async function save(
  input: Piped,
  name: string,
  { append, force, mode }: { append: boolean; force: boolean; mode: string | undefined },
  call: Call,
): Promise<Value> {
  const place = call.at('path')
  const { task } = call
  const bits = modeOf(mode, call)
  const path = pathIn(task, name)
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  if (exists && !append && !force) {
    throw raise(place, 'FILE', `${name}: the file exists already`, 'add --force to replace it, or --append')
  }
  if (
    append &&
    input instanceof Stream &&
    input.kind === 'stream' &&
    !task.settings.dryRun &&
    isOfRows(name)
  ) {
    // What has no end is in the file as it comes.
    for await (const item of input) await save([item], name, { append, force, mode }, call)
    return null
  }
  // Looked for once more when the name is taken: others may make the file in between.
  const way = append ? 'append' : force ? 'replace' : 'create'
  if ((input instanceof ProgramOutput && bits === undefined) || task.settings.dryRun)
    return redirect(call.frame, input, () => name, way, place)
  const content = await fileText(input, extname(name).toLowerCase(), name, append, call)
  try {
    await write(path, append && exists ? await addition(path, content, name, call) : content, way, bits)
  } catch (error) {
    throw fileError(error, name, place)
  }
  return null
}

async function write(path: string, text: string, way: Way, mode: number | undefined): Promise<void> {
  if (mode === undefined) return writeText(text, path, way)
  // Nobody else may read it in the moment before it has its mode.
  if (way !== 'append') {
    await WRITERS[way](path, text, 'secret')
    return chmod(path, mode)
  }
  const file = await openFile(path, 'a', 0o600)
  try {
    await file.chmod(mode)
    await file.appendFile(text)
  } finally {
    await file.close()
  }
}

function modeOf(mode: string | undefined, call: Call): number | undefined {
  if (mode === undefined) return undefined
  if (/^0?[0-7]{3}$/.test(mode)) return Number.parseInt(mode, 8)
  throw raise(call.at('mode'), 'BUG_ARGS', '--mode takes three octal digits, such as 600')
}

/** The content of the file: text as it is, everything else by the extension. */
async function fileText(
  input: Piped,
  extension: string,
  name: string,
  append: boolean,
  call: Call,
): Promise<string> {
  const value = await wholeOf(input, call.place)
  const format = WRITTEN_AS[extension]
  // What was formatted before is written as it would be here; of other texts only a piece that is added is a line.
  if (typeof value === 'string') return format !== undefined || append ? asLines(value) : value
  if (value instanceof Secret)
    throw raise(
      call.place,
      'BUG_TYPE',
      'a secret is not written to a file',
      'write | reveal | save --mode 600 ...',
    )
  if (format !== undefined) {
    return asLines(await written(value, format, call, { lines: extension === '.jsonl' }))
  }
  if (isList(value) && value.every((item) => typeof item === 'string'))
    return value.map((line) => `${line}\n`).join('')
  if (isList(value) || isRecord(value) || value === null) {
    throw raise(
      call.place,
      'BUG_TYPE',
      `${aType(value)} cannot be saved as "${name}"`,
      'use .json, .jsonl, .csv, .tsv, .yaml, .md or .html, or write | to ... before it',
    )
  }
  const text = textOf(value, call.place)
  return append ? asLines(text) : text
}

/** A text that ends with a line end, unless it is empty. */
function asLines(content: string): string {
  return content === '' || content.endsWith('\n') ? content : `${content}\n`
}

/** Extensions of files in which each line, or each row, stands for itself. */
const ROWS: ReadonlySet<string> = new Set(['.csv', '.tsv', '.jsonl'])

/** Whether rows or lines are added to a file one by one. */
function isOfRows(name: string): boolean {
  const extension = extname(name).toLowerCase()
  return ROWS.has(extension) || WRITTEN_AS[extension] === undefined
}

/** What is added to a file of rows: it begins a line of its own, and a table with the same columns does not repeat their names. */
async function addition(path: string, text: string, name: string, call: Call): Promise<string> {
  const extension = extname(name).toLowerCase()
  if (text === '' || !ROWS.has(extension)) return text
  const start = (await isCutOff(path)) ? '\n' : ''
  if (extension === '.jsonl') return start + text
  const header = (await firstLine(path)).replace(/^\ufeff/, '')
  if (header === '') return start + text
  const end = text.indexOf('\n')
  if (text.slice(0, end).replace(/^\ufeff/, '') === header) return start + text.slice(end + 1)
  throw raise(
    call.place,
    'DATA',
    `${name} has other columns: ${header}`,
    'select the same columns, or save to another file',
  )
}

/** The first line of a file, without its end. No more is read: each piece that is added asks for it. */
async function firstLine(path: string): Promise<string> {
  let head = ''
  for await (const chunk of createReadStream(path, 'utf8')) {
    head += chunk as string
    if (head.includes('\n')) break
  }
  return /^[^\r\n]*/.exec(head)?.[0] ?? ''
}

/** Whether the last line of a file has no end, as some programs write it. */
async function isCutOff(path: string): Promise<boolean> {
  const file = await openFile(path)
  try {
    const { size } = await file.stat()
    if (size === 0) return false
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
    return buffer.toString('latin1') !== '\n'
  } finally {
    await file.close()
  }
}
