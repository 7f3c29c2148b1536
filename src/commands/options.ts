import type { OptionValues } from './row.ts'

/** The text of an option; undefined where it was not given. The binder has checked its kind. */
export function textOf(options: OptionValues, name: string): string | undefined {
  return options[name] as string | undefined
}

/** The text of a mandatory option. */
export function mandatory(options: OptionValues, name: string): string {
  return options[name] as string
}

/** Whether a flag was given. */
export function flagOf(options: OptionValues, name: string): boolean {
  return options[name] === true
}

/** The value of a boolean option; undefined where it was not given. */
export function booleanOf(options: OptionValues, name: string): boolean | undefined {
  return options[name] as boolean | undefined
}

/** The number of an option; undefined where it was not given. */
export function numberOf(options: OptionValues, name: string): number | undefined {
  return options[name] as number | undefined
}

/** The values of a repeatable option; empty where it was not given. */
export function listOf(options: OptionValues, name: string): readonly string[] {
  return (options[name] as readonly string[] | undefined) ?? []
}

/** Leaves out what is undefined, as attributes of a request: an attribute that was not given must not be sent. */
export function given<T extends object>(attributes: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
