import { resolve } from 'node:path'
import { ImptError } from '../../output/error.ts'
import { named } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { staged, type Staged } from '../../session/atomic-file.ts'
import { namingFile } from '../../session/file-error.ts'
import { exists } from '../../session/json-file.ts'
import { readProject } from '../../session/project-file.ts'
import { buildTarget, finderOf, wholeResult } from '../common.ts'
import type { Context } from '../context.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { SIDES, sourceNames } from '../source-file.ts'
import { codeOf } from './code.ts'

/** A file that is to be written: its name as it was given, its full path, and its new content. */
interface Download {
  readonly name: string
  readonly path: string
  readonly text: string
}

/** `impt build get`: writes the source files of a build, all or none, and shows it (commands.md 7). */
export async function get(context: Context, options: OptionValues): Promise<Result> {
  const only = { device: flagOf(options, 'device-only'), agent: flagOf(options, 'agent-only') }
  if (only.device && only.agent) {
    throw new ImptError('USAGE', 'Options "--device-only" and "--agent-only" are mutually exclusive.', {
      hint: 'Without both, both files are downloaded',
    })
  }
  const finder = await finderOf(context)
  const { resource } = await buildTarget(context, finder, textOf(options, 'build'))
  const build = await finder.whole('build', resource)
  const names = sourceNames(options, await readProject(context.directory))
  const files = SIDES.filter((side) => !(side === 'device' ? only.agent : only.device)).map((side) => {
    const name = names[side]
    if (name === undefined) throw new ImptError('USAGE', `Option "--${side}-file" must be specified.`)
    return { name, path: resolve(context.directory, name), text: codeOf(build, side) }
  })
  const present: string[] = []
  for (const { name, path } of files) if (await exists(path)) present.push(name)
  if (present.length > 0 && !flagOf(options, 'confirmed')) {
    await context.ask.confirm(`Source file(s) ${present.join(', ')} already exist. They will be overwritten.`)
  }
  await writeAll(files)
  context.info(
    `${named('Deployment', textOf(options, 'build') ?? build.id)} source file(s) are downloaded successfully.`,
  )
  return wholeResult(context, finder, build)
}

/** Writes all files or none: each is complete on the disk before the first takes its place. Throws FILE, which says what was written. */
async function writeAll(files: readonly Download[]): Promise<void> {
  const waiting: (readonly [Download, Staged])[] = []
  const written: string[] = []
  try {
    for (const file of files)
      waiting.push([file, await namingFile(file.name, () => staged(file.path, file.text, 'plain'))])
    for (const [{ name }, { commit }] of waiting) {
      await namingFile(name, commit)
      written.push(name)
    }
  } catch (error) {
    for (const [{ name }, { discard }] of waiting) if (!written.includes(name)) await discard()
    if (!(error instanceof ImptError)) throw error
    const state = written.length > 0 ? `Only ${written.join(', ')} was written` : 'No file was written'
    throw new ImptError(error.code, error.message, {
      hint: error.hint === undefined ? state : `${state}. ${error.hint}`,
      cause: error,
    })
  }
}
