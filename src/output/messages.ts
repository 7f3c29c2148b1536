import { visible } from './visible.ts'

/** The status lines that scripts look for (output.md 2). */
export const SUCCEEDS = 'IMPT COMMAND SUCCEEDS'
export const FAILS = 'IMPT COMMAND FAILS'
export const IMPOSSIBLE = 'Impossible to execute the command.'
export const SURE = 'Are you sure you want to continue?'

/** How messages name an entity: `Product "Thermo"` (messages.md). */
export function named(name: string, text: string): string {
  return `${name} "${visible(text)}"`
}

export const created = (entity: string) => `${entity} is created successfully.`
export const updated = (entity: string) => `${entity} is updated successfully.`
export const deleted = (entity: string) => `${entity} is deleted successfully.`
export const alreadyDeleted = (entity: string) => `${entity} is already deleted.`
export const notFound = (name: string, text: string) => `${named(name, text)} is not found.`
export const noIdentifier = (name: string) => `No ${name} Identifier is specified.`
export const noneFound = (name: string) => `No ${name}s are found.`
export const listHeading = (name: string, count: number) => `${name} list (${count} items):`
export const andMore = (count: number, name: string) => `And ${count} more ${name}(s).`
export const removed = (entity: string) => `${entity} is removed successfully.`
export const unassigned = (entity: string) => `${entity} is unassigned successfully.`
export const alreadyUnassigned = (entity: string) => `${entity} is already unassigned.`
export const overwritten = (what: string) => `${what} It will be overwritten.`
export const noDevices = (entity: string) => `${entity} does not have assigned Devices.`
export const outdated = (entity: string, file: string) =>
  `${entity}, saved in ${file} File, does not exist anymore.`

/** What the one who loses the log stream is told (impcentral-api.md 7), wherever it was followed: what happened, who it may be, what to do. */
export const STREAM_TAKEN =
  'The log stream was taken by another client of this account, which has one stream at a time.'
export const STREAM_TAKERS =
  'It may be another "impt log stream", "build run --log" or test run, or another tool, of the same account, also on another machine. End it and start this again, give it an account of its own, or run both through one "impt serve".'

/** A count with its noun: `1 device`, `2 devices`; `many` is the plural of a noun that takes no `s`. */
export function counted(count: number, noun: string, many = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : many}`
}
