import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { namingFile } from '../session/file-error.ts'
import { deleteFile, exists } from '../session/json-file.ts'
import type { LocalDeletion } from './deletion.ts'

/** The deletion of a folder that impt itself makes; null where there is none. */
export async function folderDeletion(
  directory: string,
  name: string,
  title: string,
): Promise<LocalDeletion | null> {
  const path = resolve(directory, name)
  if (!(await exists(path))) return null
  return {
    announced: `${title} ${name} directory will be deleted.`,
    done: `${title} ${name} directory is deleted successfully.`,
    async remove() {
      await namingFile(name, () => rm(path, { recursive: true, force: true }))
      return true
    },
  }
}

/** The deletion of source files; null where none of them exists. */
export async function sourcesDeletion(
  directory: string,
  names: readonly string[],
): Promise<LocalDeletion | null> {
  const present: string[] = []
  for (const name of names) if (await exists(resolve(directory, name))) present.push(name)
  if (present.length === 0) return null
  return {
    announced: `The following files will be deleted:\nDevice/agent source files: ${present.join(', ')}`,
    done: `Device/agent source files ${present.map((name) => `"${name}"`).join(', ')} are deleted successfully.`,
    async remove() {
      for (const name of present) await deleteFile(resolve(directory, name))
      return true
    },
  }
}

/** The deletion of a configuration file in its usual place, or at the path that another file names. */
export function configDeletion(
  directory: string,
  title: string,
  name: string,
  isUsualPlace: boolean,
): LocalDeletion {
  return {
    announced: isUsualPlace
      ? `${title} File in the current directory will be deleted.`
      : `${title} File ${name} will be deleted.`,
    done: `${title} is deleted successfully.`,
    remove: () => deleteFile(resolve(directory, name)),
  }
}
