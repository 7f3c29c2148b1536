import { Failure } from './errors.ts'

/** The longest text that an expression, a file or the whole output may have, in characters. */
export const MAX_TEXT = 16 * 1024 * 1024

/** The names that a place of the source sees, as an object; made only where a function looks at it. */
export type Names = () => Readonly<Record<string, unknown>>

/** A function as a value of an expression; as text it is its name, like in Builder. */
export class Callable {
  readonly name: string
  /** computes the result from the arguments, and for functions of a library the names of the place; absent where that takes more */
  readonly run: ((args: readonly unknown[], names: Names) => unknown) | undefined

  constructor(name: string, run?: (args: readonly unknown[], names: Names) => unknown) {
    this.name = name
    this.run = run
  }
}

/** Converts the value of an expression to the text that goes into the output. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  const parts: string[] = []
  append(value, 0)
  return parts.join('')

  function append(item: unknown, depth: number): void {
    if (Array.isArray(item)) {
      if (depth > 100) throw new Failure('DATA', 'A list is nested too deeply')
      item.forEach((element: unknown, index) => {
        if (index > 0) parts.push(',')
        if (element !== null && element !== undefined) append(element, depth + 1)
        if (parts.length > MAX_TEXT) throw tooLong()
      })
    } else if (item instanceof Callable) parts.push(item.name)
    else if (typeof item === 'object' && item !== null) parts.push('[object Object]')
    else parts.push(String(item))
  }
}

/** Lists count as their text and functions as their name; all else is as the operators of JavaScript take it. */
export function primitiveOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? textOf(value) : value
}

/** @throws Failure (DATA) if the text is longer than any source could use */
export function checkedLength(text: string): string {
  if (text.length > MAX_TEXT) throw tooLong()
  return text
}

/** The failure for text beyond MAX_TEXT. */
export function tooLong(): Failure {
  return new Failure('DATA', `A text is longer than ${MAX_TEXT / 1024 / 1024} MB`)
}
