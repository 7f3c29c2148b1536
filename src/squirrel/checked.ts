/** Checks of plain data that comes from a file or over the network; each throws an Error that names the place. */
export type Check = (value: unknown, path: string) => void

export const number: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'a number')
}
export const hex: Check = (value, path) => {
  if (typeof value !== 'string' || !/^(?:\s*[0-9a-fA-F]{2})*\s*$/.test(value))
    throw wrong(path, 'bytes as pairs of hex digits')
}
export const boolean: Check = (value, path) => {
  if (typeof value !== 'boolean') throw wrong(path, 'true or false')
}
export const text: Check = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, 'a text')
}
export const positive: Check = (value, path) => {
  number(value, path)
  if ((value as number) <= 0) throw wrong(path, 'a number above 0')
}
/** A number from `least` to `most`. */
export function within(least: number, most: number): Check {
  return (value, path) => {
    number(value, path)
    if ((value as number) < least || (value as number) > most)
      throw wrong(path, `a number from ${least} to ${most}`)
  }
}
/** A value, or values with the second from which each counts. */
export function course(one: Check): Check {
  const steps = list(shape({ at: number, value: one }, ['at', 'value']))
  return (value, path) => (typeof value === 'number' ? one : steps)(value, path)
}
/** `{"hex": "..."}` or `{"text": "..."}`. */
export const bytes: Check = (value, path) => {
  shape({ hex, text }, [])(value, path)
  if (Object.keys(value as object).length !== 1) throw wrong(path, 'either "hex" or "text"')
}

/** One of these values. */
export function choice(values: readonly (string | number)[]): Check {
  return (value, path) => {
    if (!values.includes(value as string))
      throw wrong(path, values.map((one) => JSON.stringify(one)).join(' or '))
  }
}

/** An object with members of these kinds only. */
export function shape(members: Readonly<Record<string, Check>>, required: readonly string[]): Check {
  return (value, path) => {
    if (!isRecord(value)) throw wrong(path, 'an object')
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined
      if (!check)
        throw new Error(
          `There is an unknown member "${name}" at ${path}; known are ${Object.keys(members).join(', ')}`,
        )
      check(member, `${path}.${name}`)
    }
    for (const name of required)
      if (!Object.hasOwn(value, name)) throw wrong(path, `an object with "${name}"`)
  }
}

/** The shape that is named by the first member that is there. */
export function oneOf(expected: string, shapes: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    const kind = isRecord(value) ? Object.keys(shapes).find((name) => Object.hasOwn(value, name)) : undefined
    if (kind === undefined) throw wrong(path, expected)
    shapes[kind]?.(value, path)
  }
}

/** An object with any names that `key` lets pass. */
export function map(member: Check, key: (name: string, path: string) => void = () => undefined): Check {
  return (value, path) => {
    if (!isRecord(value)) throw wrong(path, 'an object')
    for (const [name, one] of Object.entries(value)) {
      key(name, path)
      member(one, `${path}.${name}`)
    }
  }
}

export function list(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, 'a list')
    for (const [at, one] of value.entries()) item(one, `${path}[${at}]`)
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function wrong(path: string, expected: string): Error {
  return new Error(`There must be ${expected} at ${path}`)
}
