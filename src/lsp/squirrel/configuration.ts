import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import picomatch from 'picomatch'
import { testFileOf } from '../../testing/test-files.ts'
import { type Files, isBelow, isInside } from '../files.ts'

export type Side = 'device' | 'agent'

/** A file that a build is made of. */
export interface Entry {
  readonly file: string
  readonly side: Side
  readonly preprocess: boolean
}

/** What the Project file and the test configuration say that are nearest to a file, at or above it in the workspace. */
export interface Configuration {
  /** The files of the builds. */
  readonly entries: readonly Entry[]
  /** Where `#require` looks: folders of the workspace only, as a folder from somewhere else may name any. */
  readonly libraries: readonly string[]
  /** The folder in which a command is run, where includes are looked for too; undefined without any of the files. */
  readonly directory: string | undefined
  /** Variables of the preprocessor. */
  readonly define: Readonly<Record<string, unknown>>
  /** What a file with tests is: its side, and the source that it tests. */
  readonly test: { readonly side: Side; readonly source: string | undefined } | undefined
}

/** Reads what is said about a file; `roots` are the folders of the workspace. What is broken says nothing. */
export function configurationOf(path: string, roots: readonly string[], files: Files): Configuration {
  const project = nearest(path, '.impt.project', roots, files)
  const tests = nearest(path, '.impt.test', roots, files)
  const test = tests && testOf(path, tests)
  const sources = (own: Found | undefined, preprocess: boolean) =>
    (['device', 'agent'] as const).flatMap((side): Entry[] => {
      const file = sourceOf(own, side)
      return file === undefined ? [] : [{ file, side, preprocess }]
    })
  const entries = [...sources(project, project?.content['preprocess'] === true), ...sources(tests, true)]
  const folders = [project, tests].flatMap((own) =>
    texts(own?.content['libraries']).map((name) => resolve(own?.folder ?? '', name)),
  )
  return {
    entries,
    libraries: folders.filter((folder) => isInside(folder, roots)),
    directory: (test === undefined ? (project ?? tests) : tests)?.folder,
    define: variablesOf(tests, files),
    test,
  }
}

/** A configuration file and where it lies. */
interface Found {
  readonly folder: string
  readonly content: Readonly<Record<string, unknown>>
}

function nearest(path: string, name: string, roots: readonly string[], files: Files): Found | undefined {
  for (let folder = dirname(path); roots.some((root) => isBelow(folder, root)); folder = dirname(folder)) {
    const text = files.read(join(folder, name))
    if (typeof text === 'string') return { folder, content: recordIn(text) }
    if (dirname(folder) === folder) break
  }
  return undefined
}

function sourceOf(own: Found | undefined, side: Side): string | undefined {
  const name = own?.content[`${side}File`]
  return own !== undefined && typeof name === 'string' && name !== '' ? resolve(own.folder, name) : undefined
}

function testOf(path: string, tests: Found): Configuration['test'] {
  const name = relative(tests.folder, path).replaceAll(sep, '/')
  const patterns = texts(tests.content['testFiles']).map((pattern) =>
    posix.normalize(pattern.replaceAll('\\', '/')),
  )
  if (!patterns.includes(name) && !(patterns.length > 0 && picomatch(patterns)(name))) return undefined
  const { side } = testFileOf(name, () => false)
  return { side, source: sourceOf(tests, side) }
}

/** The variables of the Builder configuration that a test configuration names. */
function variablesOf(tests: Found | undefined, files: Files): Record<string, unknown> {
  const name = tests?.content['builderConfig']
  const text =
    tests !== undefined && typeof name === 'string' ? files.read(resolve(tests.folder, name)) : undefined
  return typeof text === 'string' ? recordIn(text) : {}
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function recordIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
