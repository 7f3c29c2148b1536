import type { CommandRow } from '../../commands/row.ts'
import { type FieldType, type RecordName, schemaOf } from '../../entities/schema.ts'
import { articled, closestField } from '../values/access.ts'
import { staticText } from '../syntax/static-text.ts'
import { imptCommandOf } from '../syntax/static-call.ts'
import type { Span } from '../syntax/source.ts'
import type { Chain, Command, Expression, Pipeline, Stage, Statement } from '../syntax/tree.ts'
import { type Checking, find, report, type Scope } from './scope.ts'

/** What a value is known to be before the run: a record of a kind with a closed schema, or a list of them. */
export interface Shape {
  readonly kind: RecordName
  readonly many: boolean
}

/** Filters that give the items on, all or some of them. */
const KEEPS: ReadonlySet<string> = new Set(
  'where until sort-by reverse unique skip each tee confirm first last first? last?'.split(' '),
)
const FIRST_OR_LAST = /^(?:first|last)\??$/

/** What a command gives. */
function ofCommand(command: CommandRow | undefined): Shape | undefined {
  if (command?.entity === undefined || command.result === 'null') return undefined
  return { kind: command.entity, many: command.result !== 'record' }
}

/** What the first stage of a pipeline gives. */
export function shapeOfFirst(c: Checking, scope: Scope, first: Pipeline['first']): Shape | undefined {
  if (first.kind === 'external') return undefined
  if (first.kind !== 'command') return shapeOf(c, scope, first)
  const isCommand = !c.functions.has(first.head.text) && c.builtIn(first.head.text) === undefined
  return isCommand ? ofCommand(imptCommandOf(first)?.command) : undefined
}

/** What a stage makes of its input. */
export function shapeAfter(c: Checking, stage: Stage, input: Shape | undefined): Shape | undefined {
  if (stage.kind === 'external' || input === undefined) return undefined
  const name = stage.head.text
  if (c.functions.has(name) || !KEEPS.has(name)) return undefined
  if (name === 'each' && stage.args.some((arg) => arg.kind === 'option' && arg.text === '--report'))
    return undefined
  if (FIRST_OR_LAST.test(name)) return { ...input, many: stage.args.length > 0 }
  return input
}

/** What stands to the right of `=`. */
export function shapeOfRight(c: Checking, scope: Scope, node: Statement): Shape | undefined {
  return node.kind === 'chain' ? shapeOfChain(c, scope, node) : undefined
}

function shapeOfChain(c: Checking, scope: Scope, { first, rest }: Chain): Shape | undefined {
  if (rest.length > 0 || first.redirect !== undefined) return undefined
  let shape = shapeOfFirst(c, scope, first.first)
  for (const stage of first.stages) shape = shapeAfter(c, stage, shape)
  return shape
}

/** What an expression gives. */
export function shapeOf(c: Checking, scope: Scope, node: Expression): Shape | undefined {
  switch (node.kind) {
    case 'variable':
      return node.name === 'it' ? scope.item?.shape : find(scope, node.name)?.declared.shape
    case 'field-name':
      return fieldShape(scope.item?.shape, node.name)
    case 'field':
      return fieldShape(shapeOf(c, scope, node.object), node.name)
    case 'index': {
      const shape = shapeOf(c, scope, node.object)
      return shape?.many === true ? { ...shape, many: false } : undefined
    }
    case 'paren':
      return shapeOfRight(c, scope, node.body)
    default:
      return undefined
  }
}

function fieldShape(shape: Shape | undefined, name: string): Shape | undefined {
  return shape === undefined || shape.many ? undefined : shapeOfField(schemaOf(shape.kind)[name])
}

function shapeOfField(type: FieldType | undefined): Shape | undefined {
  if (type === undefined) return undefined
  if (typeof type === 'object') return { kind: type.list, many: true }
  return /^[A-Z]/.test(type) ? { kind: type as RecordName, many: false } : undefined
}

/** One item of a list, or the record itself. */
export function itemOf(shape: Shape | undefined): Shape | undefined {
  return shape === undefined ? undefined : { ...shape, many: false }
}

/** Reports a field that a record of this kind does not have. One that may be missing (`.name?`) is a warning: the server may tell it one day. */
export function checkField(
  c: Checking,
  shape: Shape | undefined,
  name: string,
  optional: boolean,
  span: Span,
  bare = false,
): void {
  if (shape !== undefined) c.heardField?.(name, shape)
  if (shape === undefined || shape.many) return
  const schema = schemaOf(shape.kind)
  if (Object.hasOwn(schema, name) || Object.keys(schema).length === 0) return
  const names = Object.keys(schema)
  const near = closestField(name, names)
  const text = bare ? `write "${name}" for the text, ` : 'write '
  const hint = optional ? undefined : `${text}${name}? for a field that this impt does not know yet`
  report(
    c,
    optional ? 'warning' : 'error',
    'UNKNOWN_FIELD',
    span,
    `no field "${name}" in ${articled(shape.kind)}${near === undefined ? '' : `; did you mean "${near}"?`}`,
    near === undefined ? (hint ?? `fields are ${names.join(', ')}`) : undefined,
  )
}

/** Checks the words of a built-in that name fields of its input, such as `select id device_group.name?`. */
export function checkFieldWords(c: Checking, node: Command, input: Shape | undefined): void {
  const builtIn = c.builtIn(node.head.text)
  if (input === undefined || builtIn === undefined || c.functions.has(node.head.text)) return
  let position = 0
  for (const argument of node.args) {
    if (argument.kind === 'spread') return
    // An option's value stands after it; none of these built-ins has one before its fields.
    if (
      argument.kind === 'option' &&
      builtIn.options.some((one) => `--${one.name}` === argument.text && one.kind !== 'flag')
    )
      return
    if (argument.kind !== 'word') continue
    const row = builtIn.words[position] ?? builtIn.words.at(-1)
    position += 1
    const text = staticText(argument)
    if (row?.type?.name !== 'field' || row.fresh === true || text === undefined) continue
    // `sort-by a:desc` names a direction beside the field.
    const path = text
      .slice(text.indexOf('=') + 1)
      .replace(/:(?:asc|desc)$/, '')
      .split('.')
    let shape = itemOf(input)
    for (const part of path) {
      const name = part.replace(/\?$/, '')
      if (/^-?\d+$/.test(name)) break
      checkField(c, shape, name, part.endsWith('?'), argument)
      shape = fieldShape(shape, name)
    }
  }
}
