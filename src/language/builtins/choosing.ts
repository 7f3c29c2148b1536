import { visible } from '../../output/visible.ts'
import { pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { allItems, itemsOf, mapItems } from '../run/items.ts'
import { cellOf } from '../values/print-value.ts'
import { field, list, text } from '../values/types.ts'
import { isList, type Value } from '../values/value.ts'
import { builtin, type Call, fails, maybe, option } from './builtin.ts'
import { pathParts } from './sorting.ts'

/** Choices are shown this many at once; the rest is found by typing a part. */
const SHOWN = 20

/** What lets people choose, and shows how far something came. */
export const CHOOSING = [
  builtin({
    name: 'choose',
    summary:
      'Lets people choose one item of a list and gives the item: on a terminal in a menu with the arrow keys or by typing a part, in plain mode by its number or a part. The list stands after it or comes through the pipe.',
    input: 'maybe',
    words: [maybe('list', list)],
    options: [
      option('by', field, 'The field of records that is shown; the name, or the id, if absent.'),
      option('question', text, 'What is asked; "Choose: " if absent.'),
    ],
    examples: { 'choose ["a", "b"]': fails('NO_TTY'), 'choose []': fails('EMPTY') },
    async run(input, { list: given, by, question }, call) {
      const items = given ?? (await allItems(itemsOf(input, call.place, 'choose')))
      const names = items.map((item) => nameOf(item, by, call))
      if (items.length === 0) throw raise(call.place, 'EMPTY', 'there is nothing to choose from')
      const asked = question === undefined ? undefined : visible(question, true)
      return items[await chosen(names, asked, call)] ?? null
    },
  }),
  builtin({
    name: 'progress',
    summary: 'Passes items on and shows on a terminal how many have come by.',
    input: 'list',
    words: [maybe('text', text)],
    examples: { '[1, 2] | progress "devices" | count': '2', '[] | progress | count': '0' },
    run(items, { text: words = 'items' }, call) {
      const show = call.task.machine.host.progress
      if (show === undefined) return items
      const of = isList(items) ? ` of ${items.length}` : ''
      const passed = mapItems(call.task, items, (item, index) => {
        show(`${visible(words)}: ${index + 1}${of}`)
        return item
      })
      return passed
    },
  }),
]

function nameOf(item: Value, by: string | undefined, call: Call): string {
  if (by !== undefined) return cellOf(pathOf(item, pathParts(by), call.at('by')))
  return cellOf(item)
}

/**
 * Asks until one is chosen: a number, or a part of one text alone. A part of several shows these; nothing means `fallback`.
 * Gives the position.
 */
export async function chosen(
  names: readonly string[],
  given: string | undefined,
  call: Call,
  fallback?: string,
): Promise<number> {
  const { host } = call.task.machine
  const question = given ?? (host.pick === undefined ? 'Number or a part of the text: ' : 'Choose: ')
  if (!host.terminal.interactive)
    throw raise(
      call.place,
      'NO_TTY',
      `there is no one to choose: ${question.trim()}`,
      'give the value as a param or through $env',
    )
  if (call.task.parallel)
    throw raise(call.place, 'CONFIRM', 'a question cannot be asked in each --parallel', 'ask before it')
  if (host.pick !== undefined)
    return host.pick(names, question, fallback === undefined ? 0 : Math.max(0, names.indexOf(fallback)))
  let left = names.map((_name, position) => position)
  for (;;) {
    host.err(menuOf(left, names))
    const answer = (await host.ask(question, false)).trim()
    if (answer === '' && fallback !== undefined) return names.indexOf(fallback)
    const found = answer === '' ? left : matching(answer, left, names)
    const [only] = found
    if (answer !== '' && found.length === 1 && only !== undefined) return only
    if (found.length === 0) host.err(`Nothing is called "${visible(answer)}".\n`)
    left = found.length === 0 ? names.map((_name, position) => position) : found
  }
}

function matching(answer: string, left: readonly number[], names: readonly string[]): number[] {
  const exact = names.flatMap((name, position) => (name === answer ? [position] : []))
  if (exact.length === 1) return exact
  const number = /^\d+$/.test(answer) ? Number(answer) - 1 : -1
  if (number >= 0 && number < names.length && left.includes(number)) return [number]
  const part = answer.toLowerCase()
  return names.flatMap((name, position) => (name.toLowerCase().includes(part) ? [position] : []))
}

function menuOf(left: readonly number[], names: readonly string[]): string {
  const width = String(names.length).length
  const lines = left
    .slice(0, SHOWN)
    .map((position) => `${String(position + 1).padStart(width)}  ${names[position] ?? ''}\n`)
  if (left.length > SHOWN) lines.push(`... ${left.length - SHOWN} more: type a part of the text\n`)
  return lines.join('')
}
