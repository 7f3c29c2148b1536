import type { Finder } from '../../entities/finder.ts'
import { diffPrograms, patchText, type FileDiff } from '../../fleet/diff.ts'
import { DIFFERS } from '../../fleet/exit.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { finderOf } from '../common.ts'
import type { Context, Run } from '../context.ts'
import { flagOf, numberOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { SIDES, type Side } from '../source-file.ts'
import { codeOf } from './code.ts'
import { CURRENT, currentOf } from './current.ts'
import { readPrograms } from './program.ts'

/** The local files. */
const HERE = '.'

/** One of the two that are compared: its code, and what is known of it. */
interface Compared {
  readonly code: Readonly<Record<Side, string>>
  readonly head: string
}

/** `impt build diff A [B]`: how two builds, or a build and the sources here, differ. */
export const diff: Run = async (context, options, [a = HERE, b = HERE]) => {
  const only = { device: flagOf(options, 'device-only'), agent: flagOf(options, 'agent-only') }
  if (only.device && only.agent)
    throw new ImptError('USAGE', 'Options "--device-only" and "--agent-only" are mutually exclusive.', {
      hint: 'Without both, both programs are compared',
    })
  // What is wrong with the sources is told before anything is asked of the server.
  const here = a === HERE || b === HERE ? await sourcesHere(context, options) : undefined
  const finder = a === HERE && b === HERE ? undefined : await finderOf(context)
  const of = async (text: string) => (text === HERE ? (here as Compared) : buildOf(finder as Finder, text))
  const [from, to] = await Promise.all([of(a), of(b)])
  const sides = SIDES.filter((side) => !(side === 'device' ? only.agent : only.device))
  const pick = ({ code }: Compared) => Object.fromEntries(sides.map((side) => [side, code[side]]))
  const diffs = await diffPrograms(pick(from), pick(to), {
    context: numberOf(options, 'context') ?? 3,
    ignoreSpace: flagOf(options, 'ignore-space'),
    raw: flagOf(options, 'raw'),
  })
  return resultOf(context, options, from, to, diffs)
}

function resultOf(
  context: Context,
  options: OptionValues,
  from: Compared,
  to: Compared,
  diffs: readonly FileDiff[],
): Result {
  const told = !context.quiet
  if (told && diffs.length > 0) {
    context.line(`A: ${visible(from.head)}\nB: ${visible(to.head)}\n`)
    const text = flagOf(options, 'stat') ? statText(diffs) : patchText(diffs)
    // A patch must be exact; where a terminal shows it, nothing in it may move the cursor.
    if (flagOf(options, 'raw') && !context.colour) context.out(text)
    else context.line(visible(text, true))
  }
  if (told && diffs.length === 0) context.info('The code is the same.')
  return {
    kind: 'record',
    record: {},
    value: diffs.map((one) => ({ ...one, hunks: one.hunks ?? null })),
    isList: true,
    rows: diffs.map((diff) => {
      const { hunks: _, ...one } = diff
      return one
    }),
    ...(told && { told }),
    ...(diffs.length > 0 && { exit: DIFFERS }),
  }
}

function statText(diffs: readonly FileDiff[]): string {
  const wide = Math.max(...diffs.map(({ file }) => file.length))
  return diffs.map(({ file, added, removed }) => ` ${file.padEnd(wide)} | +${added} -${removed}\n`).join('')
}

async function sourcesHere(context: Context, options: OptionValues): Promise<Compared> {
  // That one of two is missing is told when the other one is there.
  const infos: string[] = []
  const hearing = { ...context, info: (text: string) => void infos.push(text) }
  const { device, agent } = await readPrograms(hearing, options, undefined, 'is compared')
  const files = [device.file, agent.file].filter((file) => file !== undefined)
  if (files.length === 0)
    throw new ImptError('FILE', 'There are no sources here to compare with.', {
      hint: 'Give --device-file and --agent-file, stand in a directory with a Project file, or name two builds',
    })
  infos.forEach(context.info)
  return {
    code: { device: device.code, agent: agent.code },
    head: `the sources here (${files.join(', ')})`,
  }
}

async function buildOf(finder: Finder, text: string): Promise<Compared> {
  const build = text.startsWith(CURRENT)
    ? await currentOf(finder, text.slice(CURRENT.length))
    : await finder.whole('build', await finder.find('build', text))
  const { sha, tags, created_at: created, origin } = build.attributes
  const facts = [
    `build ${build.id}`,
    ...(sha ? [`sha ${sha.slice(0, 12)}`] : []),
    ...(tags && tags.length > 0 ? [`tags ${tags.join(', ')}`] : []),
    ...(created ? [created] : []),
    ...(origin ? [`origin ${origin}`] : []),
  ]
  return { code: { device: codeOf(build, 'device'), agent: codeOf(build, 'agent') }, head: facts.join(', ') }
}
