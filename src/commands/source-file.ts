import { isUtf8 } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { codeOf, fileError } from '../session/file-error.ts'
import type { ProjectContent } from '../session/project-file.ts'
import type { Context } from './context.ts'
import { textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** The two programs of a build. */
export const SIDES = ['device', 'agent'] as const
export type Side = (typeof SIDES)[number]

/** A file of Squirrel source: its name as it was given, its full path, and its text. */
export interface SourceFile {
  readonly name: string
  readonly path: string
  readonly text: string
}

/** The names of the source files by side: from the options, else from the Project file (commands.md 3). */
export function sourceNames(
  options: OptionValues,
  project: ProjectContent | undefined,
): Readonly<Partial<Record<Side, string>>> {
  const device = textOf(options, 'device-file') ?? project?.deviceFile
  const agent = textOf(options, 'agent-file') ?? project?.agentFile
  return { ...(device === undefined ? {} : { device }), ...(agent === undefined ? {} : { agent }) }
}

/** The text of a source; warns where it is not UTF-8, since what cannot be read is replaced, as it always was. */
export function sourceText(context: Context, bytes: Uint8Array, name: string): string {
  const text = Buffer.from(bytes).toString('utf8')
  if (!isUtf8(bytes)) {
    const line = text.slice(0, text.indexOf('\ufffd')).split('\n').length
    context.warn(
      `${name}:${line} is not UTF-8: each byte that cannot be read becomes U+FFFD in the code. Save the file as UTF-8.`,
    )
  }
  return text
}

/**
 * Reads a source file relative to the command's directory, as `sourceText` does. Throws NOT_FOUND or FILE with the documented texts.
 */
export async function readSource(context: Context, side: Side, name: string): Promise<SourceFile> {
  const path = resolve(context.directory, name)
  try {
    return { name, path, text: sourceText(context, await readFile(path), name) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new ImptError('NOT_FOUND', `File with IMP ${side} source code "${name}" is not found.`, {
        cause: error,
      })
    throw fileError(name, error)
  }
}
