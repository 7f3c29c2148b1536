import { columnsOf, cutTo, previousBoundary } from './editor/graphemes.ts'
import type { Span } from './screen/style.ts'

/** All that the prompt may say; nothing of it is asked for when it is drawn. */
export interface PromptFacts {
  /** Undefined: not logged in. `''`: logged in, but the name of the account is not known yet. */
  readonly account?: string
  /** The host of the endpoint, if it is not the public cloud. */
  readonly endpoint?: string
  /** The target in effect, and whether its changes are asked twice. */
  readonly target?: string
  readonly targetIsProduction?: boolean
  /** What `use` or the Project file says. */
  readonly product?: string
  readonly group?: string
  /** The group is one of devices in the field: mistakes here are expensive. */
  readonly production?: boolean
  readonly directory: string
  readonly jobs: number
  /** The exit code of the last input. */
  readonly status: number
  /** Minutes that a login without renewal still lasts, when they are few. */
  readonly minutesLeft?: number
  readonly dryRun: boolean
  readonly private: boolean
}

/** The shape of last resort. */
export const BARE_PROMPT: readonly Span[] = [{ text: 'impt› ', style: 'plain' }]

/**
 * The prompt as spans that together take at most 70 % of the columns. Where there is little room whole parts go, the directory first, then
 * the account, then the product: half words say nothing (language-2 E6). Only a name that alone is too long is cut in its middle.
 */
export function promptSpans(facts: PromptFacts, columns: number): readonly Span[] {
  const most = Math.max(12, columns * 0.7)
  const fits = (spans: readonly Span[]) => widthOf(spans) <= most
  for (const gone of [[], ['directory'], ['directory', 'account'], ['directory', 'account', 'product']]) {
    const spans = build(facts, 40, gone as readonly Part[])
    if (fits(spans)) return spans
  }
  for (const length of [30, 24, 16, 12, 8]) {
    const spans = build(facts, length, ['directory', 'account', 'product'])
    if (fits(spans)) return spans
  }
  const narrow: Span[] =
    facts.production === true || facts.targetIsProduction === true
      ? [
          { text: 'impt ', style: 'plain' },
          { text: 'production!', style: 'danger' },
          { text: ' › ', style: 'plain' },
        ]
      : [...BARE_PROMPT]
  return widthOf(narrow) <= columns - 8 ? narrow : BARE_PROMPT
}

/** The parts that may go. */
type Part = 'directory' | 'account' | 'product'

/** The prompt in words, for plain mode: no symbols, no colour. */
export function promptText(facts: PromptFacts): string {
  const spans = build(facts, 60)
  return spans
    .map((span) => span.text)
    .join('')
    .replace(/› $/, '> ')
    .replaceAll('‹', '[')
    .replaceAll('›', ']')
    .replaceAll('✗', 'failed ')
}

function build(facts: PromptFacts, most: number, gone: readonly Part[] = []): readonly Span[] {
  const spans: Span[] = [{ text: 'impt ', style: 'plain' }]
  const at = facts.target ?? facts.endpoint
  const where = at === undefined ? '' : `@${middleCut(at, most)}`
  const account = gone.includes('account') ? '' : (facts.account ?? '')
  if (facts.account === undefined) spans.push({ text: '(not logged in) ', style: 'plain' })
  if (account !== '' || facts.target !== undefined)
    spans.push({ text: `${middleCut(account, most)}${where} `, style: 'account' })
  if (facts.targetIsProduction === true)
    spans.push({ text: 'production!', style: 'danger' }, { text: ' ', style: 'plain' })
  const place = [
    gone.includes('product') && facts.group !== undefined ? undefined : facts.product,
    facts.group,
  ]
    .filter((name) => name !== undefined)
    .map((name) => middleCut(name, most))
  if (place.length > 0) {
    spans.push({ text: '‹', style: 'plain' }, { text: place.join(' / '), style: 'context' })
    if (facts.production === true)
      spans.push({ text: ' ', style: 'plain' }, { text: 'production!', style: 'danger' })
    spans.push({ text: '› ', style: 'plain' })
  }
  if (!gone.includes('directory'))
    spans.push({ text: `${middleCut(facts.directory, most)} `, style: 'directory' })
  if (facts.jobs > 0) spans.push({ text: `(jobs ${facts.jobs}) `, style: 'plain' })
  if (facts.minutesLeft !== undefined) spans.push({ text: `(token ${facts.minutesLeft}m) `, style: 'danger' })
  if (facts.dryRun) spans.push({ text: '(dry run) ', style: 'danger' })
  if (facts.private) spans.push({ text: '(private) ', style: 'plain' })
  if (facts.status !== 0) spans.push({ text: `✗${facts.status} `, style: 'failure' })
  return [...spans, { text: '› ', style: 'plain' }]
}

/** Keeps both ends of a long name: groups of one product often differ at their end only. */
export function middleCut(text: string, most: number): string {
  const shown = cutTo(text, 10_000)
  if (columnsOf(shown) <= most) return shown
  const half = Math.floor((most - 1) / 2)
  return cutTo(shown, most - half) + tailOf(shown, half)
}

/** The last characters of a text, in so many columns. */
function tailOf(text: string, columns: number): string {
  let start = text.length
  for (let used = 0; start > 0;) {
    const before = previousBoundary(text, start)
    used += columnsOf(text.slice(before, start))
    if (used > columns) break
    start = before
  }
  return text.slice(start)
}

function widthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { text }) => sum + columnsOf(text), 0)
}
