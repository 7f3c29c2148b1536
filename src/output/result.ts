import type { PeopleTable } from './columns.ts'
import type { ImptError } from './error.ts'
import type { LogLook } from './log-line.ts'

/** An entity with the relations that a command has resolved for it, ready for each output mode and for scripts. */
export interface Entity {
  /** The name of its kind (output.md 7): `Device Group`; the key of the documented JSON. */
  readonly name: string
  readonly id: string
  /** Attributes in the order of the API's answer, with the API's names and values. */
  readonly attributes: Readonly<Record<string, unknown>>
  readonly relations: readonly Relation[]
  /** The ids of all related entities as the API gave them, by the API's names, also of those that `relations` does not show. */
  readonly related: Readonly<Record<string, string>>
}

/** A related entity (or several) and the key under which it is shown; `Corrupted X` when the related entity is gone. */
export interface Relation {
  readonly key: string
  readonly value: Entity | readonly Entity[]
  /** `info` shows every attribute of a single related entity; the default is the list form. */
  readonly form?: Form
}

/**
 * How an entity is shown (output.md 7): `list` and `created` show the fixed attributes that have a value, `created` without relations;
 * `info` shows every attribute.
 */
export type Form = 'list' | 'info' | 'created'

/** One line of a device's log, as the API gives it; `device_id` is there in streams only. */
export interface LogEntry {
  readonly ts: string
  readonly type: string
  readonly msg: string
  readonly device_id?: string
  readonly [key: string]: unknown
}

/**
 * What a command gives back. It never prints: renderers turn a result into text and scripts turn it into values. Messages are told
 * as they happen, through the context.
 */
export type Result =
  /** One entity; `beside` holds what is shown next to it (the Auth object of `project info --full`). */
  | {
      readonly kind: 'entity'
      readonly form: Form
      readonly entity: Entity
      readonly beside?: readonly Entity[]
    }
  /** A list, which may still be arriving. */
  | {
      readonly kind: 'entities'
      readonly of: string
      readonly items: readonly Entity[] | AsyncIterable<Entity>
    }
  /** Log entries as they come, where `live`. Such a log ends only by Ctrl-C or by the server; one that `ends` by itself is broken off by Ctrl-C. */
  | {
      readonly kind: 'logs'
      readonly live: boolean
      readonly ends?: true
      readonly items: AsyncIterable<LogEntry>
      /** The id of the only device that there is, where the entries do not name it. */
      readonly device?: string
      /** How people see the entries; `names`: also where no terminal shows them, or not even there. */
      readonly lines?: Omit<LogLook, 'paint'> & { readonly names?: boolean | undefined }
    }
  /** What happens, as it happens: a record for programs and a text for people each. Ends with an error where it failed. */
  | {
      readonly kind: 'events'
      readonly items: AsyncIterable<Readonly<Record<string, unknown>>>
      /** The columns of CSV. */
      readonly columns: readonly string[]
      /** Whole lines; empty for what only programs are told. */
      readonly text: (item: Readonly<Record<string, unknown>>) => string
    }
  /** Plain records that are no API entity (`sandbox status`); `told`: text modes have shown it already as it came about (a test run). */
  | {
      readonly kind: 'record'
      readonly record: Readonly<Record<string, unknown>>
      readonly failed?: boolean
      readonly told?: true
      /** What JSON shows of a record that was told: what was asked for beside the verdict. */
      readonly asked?: Readonly<Record<string, unknown>>
      /** What scripts get instead of the record, and JSON too where `isList` says so. */
      readonly value?: readonly Readonly<Record<string, unknown>>[]
      readonly isList?: true
      /** What tables and CSV have of it where its own fields are lists and records. */
      readonly rows?: readonly Readonly<Record<string, unknown>>[]
      /** What people see in the place of `key: value` lines: a sentence, and a table that fits the terminal. */
      readonly shown?: { readonly head: string; readonly table: PeopleTable }
      /** The exit code of a command that did what it should and has something to say by it, such as 6: differences found. */
      readonly exit?: number
      /** The error that a failed one ends with; in JSON the record says it all. */
      readonly failure?: ImptError
    }
  /**
   * Nothing to show; `touched` is what a script gets. A single entity is a record, an array a list; `silent` leaves out the status line, `exit` is the
   * exit code of a command that has told what there is to tell in its own way.
   */
  | {
      readonly kind: 'done'
      readonly touched: Entity | readonly Entity[] | null
      readonly silent?: true
      readonly exit?: number
    }
