import { schemaOf, type FieldType, type RecordName } from '../entities/schema.ts'
import type { CommandRow } from '../commands/row.ts'
import type { Value } from '../language/values/value.ts'
import { isList, isRecord } from '../language/values/value.ts'
import type { MenuItem } from './item.ts'
import { ranked } from './match.ts'

/** The variables of the session and the environment. */
export interface Variables {
  readonly names: () => readonly string[]
  readonly get: (name: string) => Value | undefined
  readonly environment: readonly string[]
}

/** Variables for `$na`, fields for `$x.fi`, names of the environment for `$env.`. */
export function variableItems(typed: string, variables: Variables): readonly MenuItem[] {
  const open = typed.startsWith('${') ? '${' : '$'
  const path = typed.slice(open.length).split('.')
  const part = path.pop() ?? ''
  const before = open + path.map((name) => `${name}.`).join('')
  const items = (names: readonly string[]) =>
    ranked(names, part, (name) => name).map((name) => ({
      insert: before + name,
      label: name,
      open: true as const,
    }))
  const [first, ...rest] = path
  if (first === undefined) return items([...new Set([...variables.names(), 'env'])].sort())
  if (first === 'env') return items(variables.environment)
  return items(fieldsOf(variables.get(bare(first)), rest))
}

/** The fields of the items of a variable such as `$devices`, for `where`, `select` and their like. */
export function variableFields(variable: string, typed: string, variables: Variables): readonly MenuItem[] {
  const [name = '', ...path] = variable.replace(/^\$/, '').split('.')
  return ranked(fieldsOf(variables.get(bare(name)), path), typed, (field) => field).map((field) => ({
    insert: field,
    label: field,
  }))
}

/** A name without `?` and `[0]`. */
function bare(name: string): string {
  return name.replace(/\?|\[\d*\]/g, '')
}

function fieldsOf(value: Value | undefined, path: readonly string[]): readonly string[] {
  let at: Value | undefined = value
  for (const name of path) {
    if (isListValue(at)) at = at[0]
    at = at !== undefined && isRecord(at) ? at[bare(name)] : undefined
  }
  if (isListValue(at)) at = at[0]
  return at !== undefined && isRecord(at) ? Object.keys(at) : []
}

function isListValue(value: Value | undefined): value is readonly Value[] {
  return value !== undefined && isList(value)
}

/** The fields of what a command gives, for `where`, `select` and their like; nested ones after a dot. */
export function fieldItems(command: CommandRow | undefined, typed: string): readonly MenuItem[] {
  const path = typed.split('.').slice(0, -1)
  let name = command?.entity
  if (command?.result === 'stream') name = 'Log Entry'
  for (const key of path)
    name = name === undefined ? undefined : recordIn(schemaOf(name)[key.replace(/\?$/, '')])
  return kindItems(name, typed)
}

/** The fields of a kind of record, of which the last name of a path is typed; none where the kind is not known. */
export function kindItems(kind: RecordName | undefined, typed: string): readonly MenuItem[] {
  if (kind === undefined) return []
  const dot = typed.lastIndexOf('.') + 1
  const [before, part] = [typed.slice(0, dot), typed.slice(dot)]
  const fields = Object.entries(schemaOf(kind))
  return ranked(fields, part, ([key]) => key).map(([key, type]) => ({
    insert: before + key,
    label: key,
    detail: typeText(type),
  }))
}

function recordIn(type: FieldType | undefined): RecordName | undefined {
  if (type === undefined) return undefined
  if (typeof type === 'object') return type.list
  return /^[A-Z]/.test(type) ? (type as RecordName) : undefined
}

function typeText(type: FieldType): string {
  return typeof type === 'object' ? `list of ${type.list}` : type
}
