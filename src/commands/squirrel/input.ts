import { API, signatureOf } from '../../squirrel/api/table/rows.ts'
import { tokenizeAll } from '../../squirrel/language/syntax/lexer.ts'
import { KEYWORDS } from '../../squirrel/language/syntax/token.ts'
import type { Completion, Paint } from '../context.ts'
import type { SquirrelSession } from './prompt.ts'
import { memberRows } from '../../squirrel/analysis/platform.ts'
import { typeRow } from '../../squirrel/analysis/language-rows.ts'

const COMMANDS = ['agent', 'device', 'help', 'load', 'quit', 'reset', 'type']

/** Strings, verbatim strings, characters, comments, brackets: all that decides whether an input is complete. */
const PART = /\/\/.*|\/\*[^]*?\*\/|@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\*|@"|[()[\]{}]/g

/** Whether Enter runs the text: no bracket, comment or verbatim string is open. */
export function isCompleteSquirrel(text: string): boolean {
  if (/^\s*:/.test(text)) return true
  let depth = 0
  for (const [part] of text.matchAll(PART)) {
    if (part === '/*' || part === '@"') return false
    if ('([{'.includes(part)) depth++
    else if (')]}'.includes(part)) depth--
  }
  return depth <= 0
}

/** How each part of an input looks; what cannot be read yet, such as a string that is open, looks plain. */
export function paintSquirrel(text: string): Paint {
  if (/^\s*:/.test(text)) return [{ end: text.length, style: 'command' }]
  const { tokens, comments } = tokenizeAll(text, '', [])
  const parts = [
    ...tokens.map(({ kind, text: word, start, end }) => ({ start, end, style: styleOf(kind, word) })),
    ...comments.map(({ start, end }) => ({ start, end, style: 'comment' as const })),
  ].sort((a, b) => a.start - b.start)
  return parts.flatMap(({ start, end, style }) => [
    { end: start, style: 'plain' as const },
    { end, style },
  ])
}

function styleOf(kind: string, word: string): Paint[number]['style'] {
  switch (kind) {
    case 'string':
      return 'text'
    case 'integer':
    case 'float':
      return 'number'
    case 'identifier':
      return TOP.has(word) ? 'command' : 'plain'
    case 'end':
    case 'error':
      return 'plain'
    default:
      return KEYWORDS.has(kind) ? 'keyword' : 'operator'
  }
}

/** The first words of the imp API: `server`, `imp`, `hardware`. */
const TOP = new Set(API.flatMap(({ path, kind }) => (kind === 'class' ? [] : [path.split('.')[0] ?? ''])))

/** What can stand at the cursor: commands of the prompt, members of a value, names of the session, the imp API and the language. */
export async function completeSquirrel(
  text: string,
  cursor: number,
  session: Pick<SquirrelSession, 'side' | 'evaluate'>,
): Promise<Completion> {
  const before = text.slice(0, cursor)
  const command = /^\s*:(\w*)$/.exec(before)?.[1]
  if (command !== undefined)
    return found(
      cursor,
      command,
      COMMANDS.map((insert) => ({ insert })),
    )
  const match = /((?:::)?[A-Za-z_][\w.]*\.|)([A-Za-z_]\w*)?$/.exec(before)
  const owner = match?.[1]?.slice(0, -1) ?? ''
  const part = match?.[2] ?? ''
  const api = API.filter(({ side, kind }) => (side === 'both' || side === session.side) && kind !== 'class')
  if (owner === '') {
    const top = api.filter(({ path }) => !path.includes('.'))
    const names = [
      ...top.map(itemOf),
      ...(await slotsOf('getroottable()', session)),
      ...[...KEYWORDS].map((insert) => ({ insert })),
    ]
    return found(cursor, part, names)
  }
  const members = api.filter(
    ({ path }) => path.startsWith(`${owner}.`) && !path.slice(owner.length + 1).includes('.'),
  )
  const names = [...members.map(itemOf), ...(members.length > 0 ? [] : await membersOf(owner, session))]
  return found(cursor, part, names)
}

function itemOf(row: (typeof API)[number]): { insert: string; detail: string } {
  return { insert: row.path.slice(row.path.lastIndexOf('.') + 1), detail: signatureOf(row) }
}

/** The slots of a value and the members of its type. `owner` is a path of names, which calls nothing. */
async function membersOf(owner: string, session: Pick<SquirrelSession, 'evaluate'>) {
  const kind = await textOf(`typeof ${owner}`, session)
  const own = ['table', 'class', 'instance'].includes(kind)
    ? await slotsOf(kind === 'instance' ? `${owner}.getclass()` : owner, session)
    : []
  return [...own, ...memberRows(typeRow(kind)).map(itemOf)]
}

async function slotsOf(owner: string, session: Pick<SquirrelSession, 'evaluate'>) {
  const listing = `(function() { local names = ""; foreach (name, value in ${owner}) if (typeof name == "string") names += name + " "; return names; })()`
  return (await textOf(listing, session))
    .split(' ')
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map((insert) => ({ insert }))
}

/** The value of an expression that gives a string; `''` for any other. */
async function textOf(expression: string, session: Pick<SquirrelSession, 'evaluate'>): Promise<string> {
  const result = await session.evaluate(expression)
  return result.kind === 'value' && result.text.startsWith('"') ? result.text.slice(1, -1) : ''
}

function found(
  cursor: number,
  part: string,
  names: readonly { readonly insert: string; readonly detail?: string }[],
): Completion {
  const items = new Map<string, { readonly insert: string; readonly detail?: string }>()
  for (const item of names)
    if (item.insert.startsWith(part) && !items.has(item.insert)) items.set(item.insert, item)
  const sorted = [...items.values()].sort((a, b) => (a.insert < b.insert ? -1 : 1))
  return { start: cursor - part.length, end: cursor, items: sorted }
}
