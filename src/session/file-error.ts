import { basename } from 'node:path'
import { ImptError } from '../output/error.ts'
import { isNowhere, noHome } from './home.ts'

/**
 * The documented error for a failed file operation: `File error: <file>: <os message>.` (messages.md 1). `file` is named as the user
 * knows it, also inside the message of the system, which may speak of a temporary file.
 */
export function fileError(file: string, error: unknown): ImptError {
  if (error instanceof ImptError) return error
  if (isNowhere(file)) return noHome(error)
  const hint = file === '' ? 'The name of the file is empty' : hintOf(codeOf(error))
  return new ImptError('FILE', `File error: ${file || '""'}: ${reasonOf(file, error)}.`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The system's error code, such as `ENOENT`, or undefined for an error that did not come from the system. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Runs a file operation; what it throws becomes the documented error for `file`. */
export async function namingFile<T>(file: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (error) {
    throw fileError(file, error)
  }
}

function reasonOf(file: string, error: unknown): string {
  // The missing path may also be that of the folder, met while a temporary file was made.
  const isItself =
    error instanceof Error && 'path' in error && basename(String(error.path)) === basename(file)
  if (codeOf(error) === 'ENOENT' && isItself) return 'file is not found'
  const text = error instanceof Error ? error.message : String(error)
  const reason = text.replace(/, [a-z]+( '.*)?$/s, '')
  // The documented text of the most common one; a temporary file stands for the one that was named.
  return codeOf(error) === 'ENOENT' ? `${reason}, open '${file}'` : reason
}

function hintOf(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENOENT':
      return 'Check the name and the folder'
    case 'EACCES':
    case 'EPERM':
      return 'Check the permissions of the file and of its folder'
    case 'EROFS':
      return 'The file system is read-only'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'Free some space on the disk; the previous content is kept'
    case 'EEXIST':
    case 'ENOTDIR':
      return 'A file stands where the folder is expected; move it away, or give another name'
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many files are open on this machine: end other programs, or raise the limit (ulimit -n)'
    case 'ENAMETOOLONG':
      return 'The name is too long for this file system'
    case 'ELOOP':
      return 'Symbolic links lead in a circle there'
    case 'EFBIG':
      return 'The file is larger than the file system or a limit (ulimit -f) allows; the previous content is kept'
    case 'EBUSY':
    case 'ETXTBSY':
      return 'Another program uses it; try again when that has ended'
    case 'EIO':
    case 'ESTALE':
    case 'ENXIO':
    case 'ENODEV':
      return 'The disk or the network file system does not answer; look at it, then try again'
    case 'EISDIR':
      return 'A folder stands where the file is expected; name a file, or move the folder away'
    default:
      return undefined
  }
}
