import { open, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Adapter } from 'lowdb'
import { ImptError } from '../output/error.ts'
import { replaceFile } from './atomic-file.ts'
import type { FileForm } from './atomic-file.ts'
import { codeOf, namingFile } from './file-error.ts'
import { withLock } from './lock.ts'

/** The content of each of our JSON files: one object. Keys that we do not know are kept. */
export type JsonObject = { readonly [key: string]: unknown }

/**
 * What a file is called in messages (`Project`, `Local Auth`), where it is, and how it is kept.
 * `remedy` is the hint shown when the file is corrupted.
 */
export interface JsonFile {
  readonly title: string
  readonly path: string
  /** How the user named it, where errors of the system speak of it; the path otherwise. */
  readonly name?: string
  readonly form: FileForm
  readonly remedy?: string
}

const MAX_BYTES = 256 * 1024 * 1024

/**
 * Reads the object in a JSON file; undefined when there is no file. Throws FILE `<title> File is corrupted.` when the content is not
 * one JSON object (the file is left as it is; a damaged cache counts as no file), and `File error: ...` when it cannot be read.
 */
export async function readJsonFile(file: JsonFile): Promise<JsonObject | undefined> {
  return (await adapterOf(file).read()) ?? undefined
}

/** Writes a fresh object: keys in their order, indented by 2, no newline at the end (files.md). Throws FILE; then the old content is kept. */
export async function writeJsonFile(file: JsonFile, content: JsonObject): Promise<void> {
  // The lock would fail first, and speak of its own file.
  await namingFile(file.name ?? file.path, () => stat(dirname(file.path)))
  await withLock(file.path, () => adapterOf(file).write(content))
}

/**
 * Reads, changes and writes a file while no other impt process does so; `change` gets undefined when there is no file, and may take its
 * time (a token refresh asks the server). Gives what was written. When `change` gives undefined, nothing is written.
 */
export async function updateJsonFile(
  file: JsonFile,
  change: (content: JsonObject | undefined) => Promise<JsonObject | undefined> | JsonObject | undefined,
): Promise<JsonObject | undefined> {
  const { Low } = await import('lowdb')
  return withLock(file.path, async () => {
    const database = new Low<JsonObject | undefined>(adapterOf(file), absent)
    await database.read()
    const changed = await change(database.data === absent ? undefined : database.data)
    if (changed === undefined) return undefined
    database.data = changed
    await database.write()
    return changed
  })
}

/** Deletes a file; false when there was none. Throws FILE. */
export async function deleteFile(path: string): Promise<boolean> {
  return namingFile(path, async () => {
    try {
      await unlink(path)
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    }
  })
}

/** Whether something stands at a path, readable or not. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR',
  )
}

/** The error for a file whose content makes no sense; `reason` says what is wrong, without quoting the content. */
export function corrupted(file: JsonFile, reason: string): ImptError {
  return new ImptError('FILE', `${file.title} File is corrupted.`, {
    hint: file.remedy ?? `Correct or delete ${file.path}`,
    notes: [`${file.path}: ${reason}`],
  })
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// lowdb needs some default content; this one stands for "no file".
const absent: JsonObject = {}

function adapterOf(file: JsonFile): Adapter<JsonObject | undefined> & { read(): Promise<JsonObject | null> } {
  return {
    async read() {
      const bytes = await namingFile(file.name ?? file.path, () => readBytes(file.path))
      return bytes === undefined ? null : objectIn(file, bytes)
    },
    async write(content) {
      const text = JSON.stringify(content, null, file.form === 'cache' ? 0 : 2)
      await namingFile(file.name ?? file.path, () => replaceFile(file.path, text, file.form))
    },
  }
}

// A pipe or a device in place of the file would make a read wait or go on for ever.
async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    const status = await stat(path)
    if (!status.isFile() && !status.isDirectory()) throw new Error('it is not a regular file')
    if (status.size > MAX_BYTES) throw new Error('it is too large')
    const handle = await open(path, 'r')
    try {
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

function objectIn(file: JsonFile, bytes: Buffer): JsonObject | null {
  const content = parsed(bytes)
  if (isObject(content)) return content
  if (file.form === 'cache') return null
  if (content !== undefined) throw corrupted(file, 'it does not hold a JSON object')
  throw corrupted(file, bytes.length === 0 ? 'it is empty' : 'it is not valid JSON')
}

// The parser's own message is not used: it quotes the content, which may be a credential.
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
