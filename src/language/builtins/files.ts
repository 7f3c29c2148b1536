import { appendFile, chmod, mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { replaceFile } from '../../session/atomic-file.ts'
import { raise } from '../values/fault.ts'
import type { Settings } from '../run/host.ts'
import { directoryOf, fileError, pathIn } from '../run/path.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { redirect, writeText } from '../run/redirect.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, Secret } from '../values/value.ts'
import { type Call, type Implementation, wordOf } from './call.ts'
import { csvOf, jsonLinesOf, jsonOf, to, wholeInput } from './formats.ts'

export const open: Implementation = async (call) => {
  const name = wordOf(call)
  const place = call.places[0] ?? call.place
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(pathIn(call.task, name)))
  } catch (error) {
    if (error instanceof TypeError) throw raise(place, 'DATA', `${name}: the file is not UTF-8 text`)
    throw fileError(error, name, place)
  }
  if (call.options['text'] === true) return text
  switch (extname(name).toLowerCase()) {
    case '.json':
      return jsonOf(text, place, name)
    case '.jsonl':
      return jsonLinesOf(text, place, name)
    case '.csv':
      return csvOf(text, ',', place, name)
    case '.tsv':
      return csvOf(text, '\t', place, name)
    default:
      return text
  }
}

export const save: Implementation = async (call) => {
  const name = wordOf(call)
  const place = call.places[0] ?? call.place
  const { task, options, input } = call
  const append = options['append'] === true
  const path = pathIn(task, name)
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  if (exists && !append && options['force'] !== true) {
    throw raise(place, 'FILE', `${name}: the file exists already`, 'add --force to replace it, or --append')
  }
  if (input instanceof ProgramOutput || task.settings.dryRun)
    return redirect(call.frame, input ?? null, () => name, append, place)
  const text = await fileText(call, extname(name).toLowerCase(), name)
  try {
    await write(
      path,
      append && exists ? await withoutHeader(path, text, name, call) : text,
      append,
      modeOf(call),
    )
  } catch (error) {
    throw fileError(error, name, place)
  }
  return null
}

async function write(path: string, text: string, append: boolean, mode: number | undefined): Promise<void> {
  if (mode === undefined) return writeText(text, path, append)
  // Nobody else may read it in the moment before it has its mode.
  if (append) await appendFile(path, text, { mode: 0o600 })
  else await replaceFile(path, text, 'secret')
  await chmod(path, mode)
}

function modeOf(call: Call): number | undefined {
  const { mode } = call.options
  if (mode === undefined) return undefined
  if (typeof mode === 'string' && /^0?[0-7]{3}$/.test(mode)) return Number.parseInt(mode, 8)
  throw raise(call.place, 'BUG_ARGS', '--mode takes three octal digits, such as 600')
}

/** The content of the file: text as it is, everything else by the extension. */
async function fileText(call: Call, extension: string, name: string): Promise<string> {
  const value = await wholeInput(call)
  if (typeof value === 'string') return value
  if (value instanceof Secret)
    throw raise(
      call.place,
      'BUG_TYPE',
      'a secret is not written to a file',
      'write | reveal | save --mode 600 ...',
    )
  const format = { '.json': 'json', '.jsonl': 'json', '.csv': 'csv', '.tsv': 'tsv' }[extension]
  if (format !== undefined) {
    const options = extension === '.jsonl' ? { lines: true } : {}
    const text = (await to({ ...call, input: value, args: [format], options, purpose: 'value' })) as string
    return text === '' || text.endsWith('\n') ? text : `${text}\n`
  }
  if (isList(value) && value.every((item) => typeof item === 'string'))
    return value.map((line) => `${line}\n`).join('')
  if (isList(value) || isRecord(value) || value === null) {
    throw raise(
      call.place,
      'BUG_TYPE',
      `${aType(value)} cannot be saved as "${name}"`,
      'use .json, .jsonl, .csv or .tsv, or write | to ... before it',
    )
  }
  return textOf(value, call.place)
}

/** A table that is appended to a file with the same columns does not repeat their names. */
async function withoutHeader(path: string, text: string, name: string, call: Call): Promise<string> {
  const extension = extname(name).toLowerCase()
  if (extension !== '.csv' && extension !== '.tsv') return text
  const [header = ''] = (await readFile(path, 'utf8')).replace(/^\ufeff/, '').split('\n', 1)
  if (header === '') return text
  const end = text.indexOf('\n')
  if (text.slice(0, end).replace(/^\ufeff/, '') === header) return text.slice(end + 1)
  throw raise(
    call.place,
    'DATA',
    `${name} has other columns: ${header}`,
    'select the same columns, or save to another file',
  )
}

export const glob: Implementation = async (call) => {
  const { glob: find } = await import('tinyglobby')
  const files = await find(wordOf(call), {
    cwd: call.task.settings.directory,
    onlyFiles: true,
    expandDirectories: false,
  })
  return files.sort()
}

export const tempDir: Implementation = async (call) => {
  const path = await mkdtemp(join(tmpdir(), 'impt-'))
  call.task.machine.temporary.push(path)
  return path
}

export const cd: Implementation = async (call) => {
  const { task } = call
  if (task.parallel)
    throw raise(
      call.place,
      'BUG_ARGS',
      '"cd" cannot be used in each --parallel',
      'write with dir PATH { ... }',
    )
  const settings = task.settings as { -readonly [K in keyof Settings]: Settings[K] }
  settings.directory = await directoryOf(
    task,
    wordOf(call) === '' ? '~' : wordOf(call),
    call.places[0] ?? call.place,
  )
  return null
}

export const pwd: Implementation = (call) => call.task.settings.directory
