import type { Wanted } from '../values/convert.ts'

/** What a built-in reads from the pipe: `list` items one by one, `any` value, `maybe` if there is one, `none`. */
export type Input = 'list' | 'any' | 'maybe' | 'none'

export interface BuiltInParameter {
  readonly name: string
  readonly type: Wanted | 'field'
  readonly optional?: true
  readonly rest?: true
  readonly choices?: readonly string[]
}

export interface BuiltInOption {
  readonly name: string
  readonly type: Wanted
}

/** One built-in command of the language: all that binding, checking, completion and help know of it. */
export interface BuiltIn {
  readonly name: string
  readonly summary: string
  readonly input: Input
  readonly parameters: readonly BuiltInParameter[]
  readonly options: readonly BuiltInOption[]
  readonly block?: 'required'
  /** Takes an expression over the item's fields (`where`): not bound by this table. */
  readonly row?: true
  /** Everything after the first word is passed on as it is (`sys`, `run`). */
  readonly passes?: true
}

const p = (name: string, type: BuiltInParameter['type'] = 'text'): BuiltInParameter => ({ name, type })
const maybe = (name: string, type: BuiltInParameter['type'] = 'text'): BuiltInParameter => ({
  name,
  type,
  optional: true,
})
const rest = (name: string, type: BuiltInParameter['type'] = 'text'): BuiltInParameter => ({
  name,
  type,
  rest: true,
})
const flags = (...names: readonly string[]): BuiltInOption[] => names.map((name) => ({ name, type: 'flag' }))
const o = (name: string, type: Wanted): BuiltInOption => ({ name, type })

type Extra = Partial<Pick<BuiltIn, 'block' | 'row' | 'passes'>>

function row(
  name: string,
  input: Input,
  summary: string,
  parameters: readonly BuiltInParameter[] = [],
  options: readonly BuiltInOption[] = [],
  extra: Extra = {},
): BuiltIn {
  return { name, input, summary, parameters, options, ...extra }
}

const BLOCK = { block: 'required' } as const
const ROW = { row: true } as const

/** Every built-in (language.md 2.9). */
export const BUILT_INS: readonly BuiltIn[] = [
  row('where', 'list', 'Keeps the items for which the condition is true.', [], [], ROW),
  row('any', 'list', 'Whether the condition is true for at least one item.', [], [], ROW),
  row('all', 'list', 'Whether the condition is true for all items.', [], [], ROW),
  row(
    'until',
    'list',
    'Passes items on and ends after the first for which the condition is true.',
    [],
    [o('timeout', 'duration')],
    ROW,
  ),
  row('add', 'any', 'Adds a field: add age = now - created_at.', [], [], ROW),
  row('select', 'any', 'Keeps these fields, in this order; new=old renames.', [rest('field', 'field')]),
  row('reject', 'any', 'Leaves these fields out.', [rest('field', 'field')]),
  row('sort-by', 'list', 'Sorts by fields; null comes last.', [rest('field', 'field')], flags('desc')),
  row('reverse', 'list', 'Turns the order around.'),
  row('first', 'list', 'The first item, or the first n items.', [maybe('n', 'number')]),
  row('first?', 'list', 'The first item, or null if there is none.'),
  row('last', 'list', 'The last item, or the last n items.', [maybe('n', 'number')]),
  row('last?', 'list', 'The last item, or null if there is none.'),
  row('skip', 'list', 'Leaves out the first n items.', [p('n', 'number')]),
  row('count', 'list', 'The number of items.'),
  row('group-by', 'list', 'Groups items by a field: records of key, count and items.', [p('field', 'field')]),
  row('unique', 'list', 'Keeps the first of equal items, or of items with equal fields.', [
    rest('field', 'field'),
  ]),
  row('map', 'list', 'The value of the block for each item.', [], [], BLOCK),
  row(
    'each',
    'list',
    'Runs the block for each item and passes the items on.',
    [],
    [o('parallel', 'number'), ...flags('keep-going', 'report'), o('delay', 'duration')],
    BLOCK,
  ),
  row('sum', 'list', 'The sum; null items are skipped.', [maybe('field', 'field')]),
  row('min', 'list', 'The least value.', [maybe('field', 'field')]),
  row('max', 'list', 'The greatest value.', [maybe('field', 'field')]),
  row('avg', 'list', 'The average.', [maybe('field', 'field')]),
  row('median', 'list', 'The middle value.', [maybe('field', 'field')]),
  row('flatten', 'list', 'Joins lists in a list, or in a field of each item.', [maybe('field', 'field')]),
  row(
    'join',
    'list',
    'Adds the fields of the matching items of another list.',
    [p('other', 'list')],
    [o('on', 'text'), ...flags('left')],
  ),
  row('get', 'any', 'The value at a path, such as device_group.name.', [p('path', 'field')]),
  row('tee', 'any', 'Runs the block with the value and passes the value on.', [], [], BLOCK),
  row('confirm', 'maybe', 'Shows the list and asks once.', [p('question')], [o('type', 'text')]),
  row(
    'to',
    'any',
    'Turns a value into text: json, csv, tsv, table, lines or text.',
    [{ name: 'format', type: 'text', choices: ['json', 'csv', 'tsv', 'table', 'lines', 'text'] }],
    [...flags('compact', 'lines', 'bom', 'raw'), o('sep', 'text')],
  ),
  row(
    'from',
    'any',
    'Reads text as json, csv or tsv.',
    [{ name: 'format', type: 'text', choices: ['json', 'csv', 'tsv'] }],
    [...flags('lines'), o('sep', 'text')],
  ),
  row('lines', 'any', 'The lines of a text or of the output of a program.'),
  row(
    'save',
    'any',
    'Writes to a file, by its extension as JSON, CSV or text.',
    [p('path', 'file')],
    [...flags('append', 'force'), o('mode', 'text')],
  ),
  row(
    'open',
    'none',
    'Reads a file, by its extension as JSON, CSV or text.',
    [p('path', 'file')],
    flags('text'),
  ),
  row('print', 'maybe', 'Prints a line.', [rest('value', 'value')]),
  row('eprint', 'maybe', 'Prints a line to stderr.', [rest('value', 'value')]),
  row('echo', 'maybe', 'Prints a line.', [rest('value', 'value')]),
  row('ask', 'none', 'Asks for a line.', [p('question')], [...flags('secret'), o('default', 'text')]),
  row('sleep', 'none', 'Waits.', [p('time', 'duration')]),
  row(
    'retry',
    'none',
    'Runs the block again after an error, n times in all.',
    [p('n', 'number')],
    [o('delay', 'duration'), ...flags('backoff'), o('on', 'text')],
    BLOCK,
  ),
  row(
    'wait-until',
    'none',
    'Runs the block until it gives true.',
    [],
    [o('timeout', 'duration'), o('every', 'duration')],
    BLOCK,
  ),
  row('lower', 'any', 'In small letters.'),
  row('upper', 'any', 'In capitals.'),
  row('trim', 'any', 'Without spaces at both ends.'),
  row('split', 'any', 'Cuts a text at a separator.', [p('separator')]),
  row('join-text', 'list', 'Joins texts with a separator between them.', [maybe('separator')]),
  row(
    'replace',
    'any',
    'Replaces each occurrence of a text, or of a pattern.',
    [p('old'), p('new')],
    flags('pattern'),
  ),
  row('starts-with', 'any', 'Whether the text starts so.', [p('start')]),
  row('ends-with', 'any', 'Whether the text ends so.', [p('end')]),
  row('contains', 'any', 'Whether the text or list holds this.', [p('part', 'value')]),
  row('length', 'any', 'The number of characters of a text or of items of a list.'),
  row('format', 'any', 'A time as text: format "yyyy-MM-dd HH:mm".', [p('pattern')], flags('utc')),
  row('to-number', 'any', 'Reads a text as a number.'),
  row('to-text', 'any', 'A number, bool, time or duration as text.'),
  row('to-time', 'any', 'Reads a text as a time; a number as milliseconds since 1970.'),
  row('keys', 'any', 'The names of the fields.'),
  row('values', 'any', 'The values of the fields.'),
  row('glob', 'none', 'The files that match a pattern, in order.', [p('pattern')]),
  row('temp-dir', 'none', 'Makes a directory that is removed when impt ends.'),
  row('cd', 'none', 'Changes the working directory.', [maybe('path', 'dir')]),
  row('pwd', 'none', 'The working directory.'),
  row('which', 'none', 'What a word is: a group, a built-in, a function or a program.', [p('word')]),
  row('describe', 'any', 'The type of a value and its fields.'),
  row('help', 'none', 'Shows help for a command, a built-in or a guide.', [rest('topic')]),
  row('reveal', 'any', 'The text of a secret.'),
  row('secret', 'maybe', 'Makes a secret of a text.', [maybe('text')]),
  row(
    'sys',
    'maybe',
    'Runs a program and gives {text, exit}.',
    [p('program'), rest('argument')],
    [o('ok', 'text')],
    { passes: true },
  ),
  row('sh', 'maybe', 'Runs a line of the shell of the system.', [p('line')]),
  row('run', 'none', 'Runs another script in its own scope.', [p('file', 'file'), rest('argument')], [], {
    passes: true,
  }),
]

const byName: ReadonlyMap<string, BuiltIn> = new Map(BUILT_INS.map((builtIn) => [builtIn.name, builtIn]))

/** The built-in of this name. */
export function findBuiltIn(name: string): BuiltIn | undefined {
  return byName.get(name)
}

/** How a built-in is written: `sort-by FIELD... [--desc]`. */
export function usageOf({ name, parameters, options, block, row: isRow }: BuiltIn): string {
  const words = parameters.map(({ name: parameter, optional, rest: many, choices }) => {
    const shown = choices?.join('|') ?? parameter.toUpperCase()
    return optional === true ? `[${shown}]` : many === true ? `${shown}...` : shown
  })
  const marks = options.map(
    (option) => `[--${option.name}${option.type === 'flag' ? '' : ` ${option.type.toUpperCase()}`}]`,
  )
  const tail =
    block === 'required'
      ? ['{ ... }']
      : isRow === true
        ? [name === 'add' ? 'NAME = EXPRESSION' : 'CONDITION']
        : []
  return [name, ...words, ...marks, ...tail].join(' ')
}
