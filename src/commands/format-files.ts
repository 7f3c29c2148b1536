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
  readonly out: (text: string) => void | Promise<void>
}

/**
 * Formats files in place, atomically, and names those that changed. Throws FILE for one that cannot be read or written, DATA (exit code 2) for ones with
 * an error, which are left alone when all others are done, and EXTERNAL (1) where `check` finds ones that would change.
 */
export async function formatFiles(names: readonly string[], how: Formatting): Promise<void> {
  const broken: string[] = []
  const changed: string[] = []
  for (const name of names) {
    const path = resolve(how.directory, name)
    const text = await textOf(path, name)
    const made = how.format(text)
    if (made === null) broken.push(name)
    if (made === null || made === text) continue
    changed.push(name)
    if (how.diff) {
      const { createTwoFilesPatch } = await import('diff')
      await how.out(createTwoFilesPatch(visible(name), visible(name), text, made))
    } else if (!how.check) {
      await replaceFile(path, made, 'plain').catch((error: unknown) => {
        throw fileError(name, error)
      })
      await how.out(`${visible(name)}: formatted\n`)
    }
  }
  if (broken.length > 0)
    throw new ImptError('DATA', `Left alone because of an error in it: ${listed(broken)}.`, {
      exit: 2,
      hint: `See "${how.checker} ${broken[0]}"`,
    })
  if (how.check && changed.length > 0)
    throw new ImptError('EXTERNAL', `Not formatted: ${listed(changed)}.`, {
      hint: `Format with "${how.command} ${changed.join(' ')}"`,
    })
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
