import { API, type ApiRow } from '../api/table/rows.ts'
import { IMP_TYPES } from '../api/table/types.ts'
import { LANGUAGE, typeRow } from './language-rows.ts'

/** Where code runs, as far as it is known. */
export interface Place {
  readonly side: 'device' | 'agent' | undefined
  readonly type: string | undefined
}

/** Classes of the language that are global names too; any other class of the tables is a type without a name in programs. */
const NAMED_CLASSES: ReadonlySet<string> = new Set(['blob', 'regexp'])

const byParent = new Map<string, ApiRow[]>()
const byPath = new Map<string, ApiRow[]>()
const isType = new Set<string>()
for (const row of [...API, ...LANGUAGE]) {
  for (const [rows, key] of [
    [byParent, parentOf(row.path)],
    [byPath, row.path],
  ] as const) {
    const known = rows.get(key)
    if (known === undefined) rows.set(key, [row])
    else known.push(row)
  }
  if (row.kind === 'class') isType.add(row.path)
}

function parentOf(path: string): string {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? '' : path.slice(0, dot)
}

/** The last name of a path. */
export function nameOfRow({ path }: ApiRow): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** Whether code at a place has a row. */
export function hasRow({ side, type }: Place, row: ApiRow): boolean {
  if (side !== undefined && row.side !== 'both' && row.side !== side) return false
  return type === undefined || row.types === undefined || row.types.includes(type)
}

/** The global names of the platform. A name that both sides have in their own way comes once a side. */
export function globalRows(): readonly ApiRow[] {
  return (byParent.get('') ?? []).filter(({ path, kind }) => kind !== 'class' || NAMED_CLASSES.has(path))
}

/** The members of an object, a class or a type of value. */
export function memberRows(path: string): readonly ApiRow[] {
  return (byParent.get(path) ?? []).filter(({ path: own }) => !isHardwareType(own))
}

/** The row of a path: that of the place, else one that another side or type has. */
export function rowAt(path: string, place: Place): ApiRow | undefined {
  const rows = byPath.get(path) ?? []
  return rows.find((row) => hasRow(place, row)) ?? rows[0]
}

/** The path of the type that a method is said to return; undefined for what has no members. */
export function typePath(returns: string): string | undefined {
  const name = typeRow(returns.split('|')[0] ?? '')
  return isType.has(name) ? name : undefined
}

const BUS = /^(pin|i2c|spi|uart)([A-Z0-9]+)$/

/** The class of `hardware.pinA`, `hardware.i2cJK` and their like; undefined for other names. */
export function hardwareClass(name: string): string | undefined {
  const kind = BUS.exec(name)?.[1]
  return kind === undefined ? undefined : `hardware.${kind}`
}

/** The names of pins and buses of an imp type, of all types where it is not known. */
export function hardwareNames({ type }: Place): readonly string[] {
  const types = IMP_TYPES.filter(({ name }) => type === undefined || name === type)
  const names = types.flatMap(({ pins, uart, i2c, spi }) => [
    ...pins.map((name) => `pin${name}`),
    ...i2c.map((name) => `i2c${name}`),
    ...spi.map((name) => `spi${name}`),
    ...uart.map((name) => `uart${name}`),
  ])
  return [...new Set(names)].toSorted()
}

function isHardwareType(path: string): boolean {
  return /^hardware\.(?:pin|i2c|spi|uart)$/.test(path)
}
