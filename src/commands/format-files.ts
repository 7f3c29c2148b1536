import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { fileError } from '../session/file-error.ts'

/** How files are formatted and told. */
interface Formatting {
  readonly directory: string
  /** The formatted text; null for one with an error. */
  readonly format: (text: string) => string | null
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
}

/**
 * Formats files in place, atomically, names those that changed, and gives what became of each. Throws FILE for one that cannot be read or written, DATA (exit code 2) for ones with
 * an error, which are left alone when all others are done, and EXTERNAL (1) where `check` finds ones that would change; both hold the same list.
 */
export async function formatFiles(names: readonly string[], how: Formatting): Promise<readonly Formatted[]> {
  const files: Formatted[] = []
  for (const name of names) files.push(await formatFile(name, how))
  const those = (state: Formatted['state']) =>
    files.filter((one) => one.state === state).map(({ file }) => file)
  const broken = those('broken')
  const differing = those('differs')
  if (broken.length > 0)
    throw new ImptError('DATA', `Left alone because of an error in it: ${listed(broken)}.`, {
      exit: 2,
      hint: `See "${how.checker} ${broken[0]}"`,
      data: { files },
    })
  if (how.check && differing.length > 0)
    throw new ImptError('EXTERNAL', `Not formatted: ${listed(differing)}.`, {
      hint: `Format with "${how.command} ${differing.join(' ')}"`,
      data: { files },
    })
  return files
}

async function formatFile(name: string, how: Formatting): Promise<Formatted> {
  const path = resolve(how.directory, name)
  const text = await textOf(path, name)
  const made = how.format(text)
  if (made === null) return { file: name, state: 'broken', diff: '' }
  if (made === text) return { file: name, state: 'same', diff: '' }
  let diff = ''
  if (how.diff || how.quiet) {
    const { createTwoFilesPatch } = await import('diff')
    diff = createTwoFilesPatch(visible(name), visible(name), text, made)
  }
  if (how.diff) await how.out(diff)
  if (how.check || how.diff) return { file: name, state: 'differs', diff }
  await replaceFile(path, made, 'plain').catch((error: unknown) => {
    throw fileError(name, error)
  })
  await how.out(`${visible(name)}: formatted\n`)
  return { file: name, state: 'formatted', diff }
}

async function textOf(path: string, name: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
  } catch (error) {
    if (error instanceof TypeError)
      throw new ImptError('FILE', `${visible(name)}: the file is not UTF-8 text`, {
        exit: 2,
        hint: 'Save it as UTF-8',
      })
    throw fileError(name, error)
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => visible(name)).join(', ')
}
