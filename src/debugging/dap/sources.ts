/** The files of a program as the protocol names them: by their path, or by a number where they have none. */
import type { DebugProtocol } from '@vscode/debugprotocol'
import { fileURLToPath } from 'node:url'
import { type Arguments, optionalText, optionalWhole } from './arguments.ts'
import type { Paths } from './paths.ts'

export type Sources = {
  sourceOf(file: string): DebugProtocol.Source
  /** The file of the program that a request means; undefined when there is none. */
  fileOf(source: Arguments): string | undefined
}

/** `references`: the sources without a file, by their references from 1 on; an editor keeps them over a restart. */
export function createSources(paths: Paths, references: string[]): Sources {
  return {
    sourceOf(file) {
      const name = file.split(/[\\/]/).at(-1) ?? file
      const path = paths.pathOf(file)
      if (path !== undefined) return { name, path }
      const known = references.indexOf(file) + 1
      return {
        name,
        sourceReference: known > 0 ? known : references.push(file),
        origin: 'as it was compiled',
      }
    },
    fileOf(source) {
      const reference = optionalWhole(source, 'sourceReference') ?? 0
      if (reference > 0) return references[reference - 1]
      const path = optionalText(source, 'path')
      if (path === undefined) return undefined
      return paths.fileOf(path.startsWith('file://') ? fileURLToPath(path) : path)
    },
  }
}
