import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { deleteFile, readJsonFile, updateJsonFile, writeJsonFile } from './json-file.ts'
import type { JsonFile } from './json-file.ts'
import { knownKeys } from './known-keys.ts'
import type { KeyRule } from './known-keys.ts'

/** The content of a Project file (files.md 4). File names are relative to its directory, or absolute. */
export interface ProjectContent {
  readonly deviceGroupId: string
  readonly deviceFile?: string
  readonly agentFile?: string
  /** Ours: whether `build deploy` and `build run` preprocess the source files. Absent from files of the previous tool. */
  readonly preprocess?: boolean
  /** Ours: folders of libraries for `#require`. */
  readonly libraries?: readonly string[]
}

const RULES: Record<keyof ProjectContent, KeyRule> = {
  deviceGroupId: { type: 'text', required: true },
  deviceFile: { type: 'text' },
  agentFile: { type: 'text' },
  preprocess: { type: 'boolean' },
  libraries: { type: 'texts' },
}

/** The Project file of a directory; parents are not searched. */
export function projectFile(directory: string): JsonFile {
  return {
    title: 'Project',
    path: join(directory, '.impt.project'),
    form: 'plain',
    remedy:
      'Correct the file, delete it with "impt project delete", or make a new one with "impt project link"',
  }
}

/** Reads the Project file of a directory; undefined when there is none. Throws FILE `Project File is corrupted.`. */
export async function readProject(directory: string): Promise<ProjectContent | undefined> {
  const file = projectFile(directory)
  const content = await readJsonFile(file)
  return content === undefined ? undefined : knownKeys<ProjectContent>(file, content, RULES)
}

/** Reads the Project file of a directory. Throws FILE when it is missing or corrupted. */
export async function requireProject(directory: string): Promise<ProjectContent> {
  const project = await readProject(directory)
  if (project !== undefined) return project
  throw missing()
}

/** Writes a fresh Project file, keys in the documented order; those of an old file that we do not know are dropped (create). Throws FILE. */
export async function writeProject(directory: string, content: ProjectContent): Promise<void> {
  const { deviceGroupId, deviceFile, agentFile, preprocess } = content
  await writeJsonFile(projectFile(directory), { deviceGroupId, deviceFile, agentFile, preprocess })
}

/**
 * Links the Project file of a directory to a group: a fresh file, but for `preprocess`, where nothing is said about it, and for keys that we do
 * not know, which an existing file keeps. One that is corrupted is replaced. Throws FILE.
 */
export async function linkProject(directory: string, content: ProjectContent): Promise<void> {
  const { deviceGroupId, deviceFile, agentFile, preprocess } = content
  const old = (await readJsonFile(projectFile(directory)).catch(() => undefined)) ?? {}
  await writeJsonFile(projectFile(directory), {
    ...old,
    deviceGroupId,
    deviceFile,
    agentFile,
    preprocess: preprocess ?? old['preprocess'],
  })
}

/** Changes some keys of an existing Project file and keeps all others, also those we do not know. Throws FILE. */
export async function updateProject(directory: string, changes: Partial<ProjectContent>): Promise<void> {
  await updateJsonFile(projectFile(directory), (content) => {
    if (content === undefined) throw missing()
    return { ...content, ...changes }
  })
}

/** Deletes the Project file, corrupted or not; false when there was none. Throws FILE. */
export async function deleteProject(directory: string): Promise<boolean> {
  return deleteFile(projectFile(directory).path)
}

function missing(): ImptError {
  return new ImptError('FILE', 'Project File is not found in the current directory.', {
    hint: 'Make one with "impt project create" or "impt project link"',
  })
}
