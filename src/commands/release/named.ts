import { isInField } from '../../entities/kinds.ts'
import type { Finder } from '../../entities/finder.ts'
import { factsOf, type GroupFacts } from '../../fleet/release/check.ts'
import { sourceOf } from '../../fleet/release/last-good.ts'
import { codeOf } from '../../fleet/release/promote.ts'
import type { ReleasePlan, Source } from '../../fleet/release/types.ts'
import { ImptError } from '../../output/error.ts'
import { CURRENT, currentOf } from '../build/current.ts'
import type { Context } from '../context.ts'
import { textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'

/** Who and why is part of what the cloud keeps of a release. */
export async function reasonOf(context: Context, options: OptionValues): Promise<string> {
  const given = textOf(options, 'reason')
  if (given !== undefined) return given
  if (context.ask.interactive) return context.ask.text('the reason of this release', false)
  throw new ImptError('USAGE', 'A release needs a reason, and there is no one to ask.', {
    hint: 'Give --reason',
  })
}

/** The build that is meant, or with `dg:NAME` the current one of a group; several of equal text count as one. */
export async function sourceNamed(
  finder: Finder,
  text: string,
): Promise<{ readonly source: Source; readonly text: { readonly group: string | undefined } }> {
  const found = text.startsWith(CURRENT)
    ? [await currentOf(finder, text.slice(CURRENT.length))]
    : await finder.findAll('build', text)
  const [first, ...others] = found
  if (first === undefined || others.length > 20) await finder.find('build', text)
  const codes = []
  for (const { id } of found) codes.push(await codeOf(finder.client, id, {}))
  const [one] = codes
  if (one === undefined) throw new ImptError('NOT_FOUND', `Deployment "${text}" is not found.`)
  // Builds of different texts under one tag: which one is meant, only a person knows.
  if (codes.some(({ device, agent }) => device !== one.device || agent !== one.agent))
    await finder.find('build', text)
  const groupId = one.build.relationships?.['devicegroup']?.id
  const from = groupId === undefined ? null : await finder.byId('dg', groupId)
  return { source: sourceOf(one.build, from?.attributes.name ?? 'no group'), text: { group: from?.id } }
}

export function groupsNamed(finder: Finder, texts: readonly string[]): Promise<GroupFacts[]> {
  return Promise.all(texts.map(async (text) => factsOf(finder.client, (await finder.find('dg', text)).id)))
}

export async function userOf(finder: Finder): Promise<string> {
  const { id, attributes } = await finder.me()
  return attributes.username ?? attributes.email ?? id
}

/** The names of the production and factory groups of a release: they are asked for twice. */
export function inField({ stages }: ReleasePlan): readonly string[] {
  return stages
    .flat()
    .filter(({ type }) => isInField(type))
    .map(({ name }) => name)
}
