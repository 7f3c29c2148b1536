import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { fileError } from '../session/file-error.ts'

/** The first error of a text: line and column from 1. */
export interface TextError {
  readonly line: number
  readonly column: number
  readonly text: string
}

/** How files are formatted and told. */
interface Formatting {
  readonly directory: string
  /** The formatted text; null for one with an error. */
  readonly format: (text: string) => string | null
  /** The error of a text that is not formatted for it. */
  readonly errorOf: (text: string) => TextError | undefined
  /** How names of the files of a folder end: `.nut`. */
  readonly ending: string
  /** The command that formats, for hints. */
  readonly command: string
  /** The command that tells what is wrong with a file. */
  readonly checker: string
  /** Only names what would change. */
  readonly check: boolean
  /** Only shows what would change. */
  readonly diff: boolean
  /** What became of the files is for a program, which gets the patches too. */
  readonly quiet?: boolean
  readonly out: (text: string) => void | Promise<void>
}

/** What became of a file. `diff`: a patch from the text as it was to the formatted one; empty where they are equal. */
interface Formatted {
  readonly file: string
  readonly state: 'formatted' | 'differs' | 'same' | 'broken'
  readonly diff: string
  readonly error?: TextError | undefined
}

/** Formats a text, that of standard input, to standard output. Throws DATA (exit code 2) for one with an error. */
export async function formatInput(
  input: Uint8Array,
  { format, errorOf, checker, out }: Formatting,
): Promise<void> {
  const text = decoded(input, '<stdin>')
  const made = format(text)
  if (made === null)
    throw new ImptError('DATA', 'The text on standard input has an error.', {
      exit: 2,
      ...told([{ file: '<stdin>', error: errorOf(text) }]),
      hint: `See "${checker} -"`,
    })
  await out(made)
}

/** Where files are wrong, for people and for programs. */
function told(broken: readonly Pick<Formatted, 'file' | 'error'>[]) {
  const problems = broken.flatMap(({ file, error }) => (error === undefined ? [] : [{ file, ...error }]))
  return {
    notes: problems.map(({ file, line, column, text }) => `${file}:${line}:${column}: ${text}`),
    data: { problems },
  }
}

/**
 * Formats files in place, atomically, names those that changed, and gives what became of each; a folder stands for its files with the ending, but for
 * those in `node_modules` and below names that begin with a dot. Throws FILE for one that cannot be read or written, DATA (exit code 2) for ones with
 * an error, which are left alone when all others are done, and EXTERNAL (1) where `check` finds ones that would change; both hold the same list.
 */
export async function formatFiles(given: readonly string[], how: Formatting): Promise<readonly Formatted[]> {
  const files: Formatted[] = []
  for (const name of await filesOf(given, how)) files.push(await formatFile(name, how))
  const those = (state: Formatted['state']) =>
    files.filter((one) => one.state === state).map(({ file }) => file)
  const broken = files.filter(({ state }) => state === 'broken')
  const differing = those('differs')
  const { notes, data } = told(broken)
  const shown = files.map(({ file, state, diff }): Formatted => ({ file, state, diff }))
  if (broken.length > 0)
    throw new ImptError(
      'DATA',
      `Left alone because of an error in it: ${listed(broken.map(({ file }) => file))}.`,
      {
        exit: 2,
        notes,
        hint: `See "${how.checker} ${broken[0]?.file}"`,
        data: { files: shown, ...data },
      },
    )
  if (how.check && differing.length > 0)
    throw new ImptError('EXTERNAL', `Not formatted: ${listed(differing)}.`, {
      hint: `Format with "${how.command} ${differing.join(' ')}"`,
      data: { files: shown },
    })
  return shown
}

async function formatFile(name: string, how: Formatting): Promise<Formatted> {
  const path = resolve(how.directory, name)
  const text = await textOf(path, name)
  const made = how.format(text)
  if (made === null) return { file: name, state: 'broken', diff: '', error: how.errorOf(text) }
  if (made === text) return { file: name, state: 'same', diff: '' }
  let diff = ''
  if (how.diff || how.quiet) {
    const { createTwoFilesPatch } = await import('diff')
    diff = createTwoFilesPatch(visible(name), visible(name), text, made)
  }
  if (how.diff) await how.out(diff)
  if (how.check || how.diff) return { file: name, state: 'differs', diff }
  await refuseReadOnly(path, name)
  await replaceFile(path, made, 'plain').catch((error: unknown) => {
    throw fileError(name, error)
  })
  await how.out(`${visible(name)}: formatted\n`)
  return { file: name, state: 'formatted', diff }
}

/** What files names mean, each once: a folder stands for its files with the ending. Throws FILE for a folder that has none. */
export async function filesOf(
  names: readonly string[],
  where: Pick<Formatting, 'directory' | 'ending'>,
): Promise<readonly string[]> {
  const files = await Promise.all(names.map((name) => filesIn(name, where)))
  return [...new Set(files.flat())]
}

async function filesIn(
  name: string,
  { directory, ending }: Pick<Formatting, 'directory' | 'ending'>,
): Promise<readonly string[]> {
  // No name, such as that of a variable that is not set, is none of a file, and least of all the whole folder.
  if (name === '') return [name]
  const path = resolve(directory, name)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return [name]
  const { glob } = await import('tinyglobby')
  const files = await glob(`**/*${ending}`, {
    cwd: path,
    ignore: ['**/node_modules/**'],
    followSymbolicLinks: false,
    expandDirectories: false,
  })
  if (files.length === 0)
    throw new ImptError('FILE', `${visible(name)}: the folder has no ${ending} files.`, { exit: 2 })
  return files.toSorted().map((file) => join(name, file))
}

/** A file that nobody may write keeps its text: to replace it by another of its name would only need rights in its folder. */
async function refuseReadOnly(path: string, name: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o222) === 0)
    throw new ImptError('FILE', `${visible(name)}: the file is read-only.`, {
      exit: 2,
      hint: 'Make it writable, or see what would change with --diff',
    })
}

async function textOf(path: string, name: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError(name, error)
  })
  return decoded(bytes, name)
}

function decoded(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ImptError('FILE', `${visible(name)}: the file is not UTF-8 text`, {
      exit: 2,
      hint: 'Save it as UTF-8',
    })
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => visible(name)).join(', ')
}
