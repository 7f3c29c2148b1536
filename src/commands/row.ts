import type { NamedHere } from '../session/names-here.ts'
import type { Kind } from '../entities/kinds.ts'
import type { RecordName } from '../entities/schema.ts'
import type { Run } from './context.ts'
import type { JsonResult } from './schema/shape.ts'

/**
 * The value that an option takes: `text` needs one, `optional-text` may have one, `flag` has none, `boolean` may have `true` or
 * `false` (none means true), `integer` needs a positive whole number (commands.md 2).
 */
export type OptionKind = 'text' | 'optional-text' | 'flag' | 'boolean' | 'integer'

/**
 * What a word or an option is read as. `read` gives undefined for what does not fit; then the message says "must be `a`, not `given`".
 * Absent in a row means the text as it was written.
 */
export interface Type<V = unknown> {
  readonly name: string
  /** With its article: `a number`. */
  readonly a: string
  readonly read: (value: unknown) => V | undefined
  /** What a word without quotes stands for, where that is more than its text. */
  readonly bare?: (text: string) => unknown
  /** A value as messages name it: `"abc"`, `a list`. */
  readonly given: (value: unknown) => string
  readonly hint?: (value: unknown) => string | undefined
}

/** One word of a callable that is no option, in its order. */
export interface WordRow {
  readonly name: string
  readonly type?: Type
  readonly optional?: true
  /** The last one: takes all words that are left, and at least one unless it is optional. */
  readonly many?: true
  /** What looks like an option is a word of it: `all` from here on, `unknown` where the callable has no such option. */
  readonly dashes?: 'all' | 'unknown'
  /** Names a field that is made, not one that is there. */
  readonly fresh?: true
  /** The values are the words themselves (`Word`), for a callable that binds them to something else. */
  readonly whole?: true
  readonly choices?: readonly string[]
  readonly path?: 'file' | 'directory'
  readonly names?: NamedHere
  /** The kind of entity that the word names; completion offers them. */
  readonly identifies?: Kind
  /** The words of this place name a group and a command of it; `or guide`: a guide may stand there, too. */
  readonly command?: true | 'or guide'
}

/**
 * What binding needs to know of anything that can be called: an impt command, a built-in, a function or a parameter list of a script, a
 * word of the prompt. `bind` is the only reader of arguments, before the run and in it.
 */
export interface Signature {
  readonly name: string
  /** How it is written, where that is more than its name and its words. */
  readonly usage?: string
  readonly words?: readonly WordRow[]
  readonly options?: readonly OptionRow[]
}

/** One option of a command, as the Commands Manual lists it. The only description of it in the program. */
export interface OptionRow {
  readonly name: string
  readonly letter?: string
  readonly kind: OptionKind
  readonly type?: Type
  /** The word in angle brackets of the manual, such as `DEVICE_GROUP_IDENTIFIER`. */
  readonly value?: string
  readonly summary: string
  readonly choices?: readonly string[]
  readonly default?: string | number | boolean | readonly string[]
  /** `project`: filled from `use` or the Project file when it is absent ("Yes/[Project]" in the manual). */
  readonly required?: true | 'project'
  /** Not required where this other option is given. */
  readonly unless?: string
  /** An `optional-text` takes the next word only if it is one of these, or begins with one and `=`. */
  readonly begins?: readonly string[]
  /** May be repeated. `own`: the manual does not say so; given once, its value is no list. */
  readonly list?: true | 'own'
  /** Accepts `""`. */
  readonly empty?: true
  /** An `integer` that may be 0, as in `--port 0`. */
  readonly zero?: true
  /** A credential: never in history, traces, debug output or errors. */
  readonly secret?: true
  /** A credential of the form `Name: value`: its name may be shown, and the value too where the name says that it is none. */
  readonly header?: true
  /** The value is a JSON text; a record or a list of a script stands for its own. */
  readonly json?: true
  /** The kind of entity that the value names; completion offers them. */
  readonly identifies?: Kind
  readonly path?: 'file' | 'directory'
  readonly names?: NamedHere
  /** Listed under "Filter options" in help. */
  readonly filter?: true
  /** Ours, not in the manual of the previous generation. */
  readonly own?: true
}

/**
 * `read` asks the server only, `write` changes it, `local` writes files, `auth` changes who is logged in, `stream` opens a log stream,
 * which may end another one of the account. A dry run carries out only `read` (language.md 2.12).
 */
type Effect = 'read' | 'write' | 'local' | 'auth' | 'stream'

/** What a script gets from the command (language.md 2.6). */
type ResultShape = 'record' | 'list' | 'stream' | 'null'

interface CommandFacts extends Signature {
  readonly group: string
  /** `''` for commands of a single word, such as `impt serve`. */
  readonly name: string
  readonly summary: string
  /** Paragraphs of the long description. */
  readonly description: readonly string[]
  readonly options: readonly OptionRow[]
  readonly effect: Effect
  readonly result: ResultShape
  /** The kind of entity in the result. */
  readonly entity?: RecordName
  /**
   * The JSON of the result, where effect, result and entity do not say it: its form, or the schema of records that are no entities, which is
   * loaded when somebody asks for it.
   */
  readonly json?: 'list' | 'info' | 'created' | 'nothing' | (() => Promise<JsonResult>)
  /** Asks before it acts unless `--confirmed`. */
  readonly confirms?: true
  /** Asks for the name of a production group before it changes one, also without a target. */
  readonly retypesGroups?: true
  /** Goes on by itself, or waits, after it has changed something: Ctrl-C waits for the answer of a change, and for nothing more. Streams do. */
  readonly live?: true
  /**
   * About logins and targets, so that none but `--at` on itself counts: what mends a target is not refused for it. `words`: only with a word that names one.
   */
  readonly targetless?: true | 'words'
  /** Stops what another command does: that is never held up by a second question. */
  readonly halts?: true
  /** Deletes or takes away: never takes its target from `use` (repl.md 3.7), and is noted by `check`. `remove`: only with `--remove`. */
  readonly destructive?: true | 'remove'
  /** Kinds whose cached names are dropped after success, because the response does not say what changed (repl.md 3.7 rule 3). */
  readonly drops?: readonly Kind[]
  /** Ours, not in the manual of the previous generation. */
  readonly own?: true
}

/** Loads the code of a command when it first runs. */
type Load = () => Promise<Run>

/**
 * One command: everything that is known about it, and how its code is loaded. `shell` stands on the command line of impt only, not in
 * scripts and not at the prompt, and may be a word that `main` runs by itself.
 */
export type CommandRow = CommandFacts &
  KnownJson &
  ({ readonly where?: undefined; readonly run: Load } | { readonly where: 'shell'; readonly run?: Load })

/** Nobody has to guess what the JSON of a command looks like: a row without either does not compile. */
type KnownJson =
  | { readonly result: 'null' }
  | { readonly entity: RecordName }
  | { readonly json: NonNullable<CommandFacts['json']> }

/** The value of one option after binding: exactly the text that was given, never a guess at its type. */
export type OptionValue = string | number | boolean | readonly string[]

/** The options of one call by their long names. Absent options are absent keys. */
export type OptionValues = { readonly [name: string]: OptionValue | undefined }

/** One word of a call. A `literal` word (quoted, or from a variable) is always a value, never an option. */
export interface Word {
  readonly text: string
  readonly literal?: true
  /** The value itself where it is more than its text; of `--name=value` the part after `=`. */
  readonly value?: unknown
  /** Known only in the run: whatever it will be fits. */
  readonly unknown?: true
  /** A block, which takes the place of a word. */
  readonly block?: true
  /** From a value of type secret: only options marked secret take it. */
  readonly secret?: true
}

/** A command with its exact option values, ready to run. */
export interface Invocation {
  readonly command: CommandRow
  readonly options: OptionValues
  readonly words: readonly string[]
}
