import type { Reading } from './line-editor.ts'
import type { Surface } from './shell.ts'

/** Where inputs are typed and text of the prompt's own is shown: with redrawing, or plain. */
export interface Screen extends Surface {
  /** Reads one input; `draft` stands in it already. */
  readonly read: (draft?: string) => Promise<Reading>
  /** Writes whole lines above the input. */
  readonly print: (text: string) => void
  /** Gives the terminal back; may be called again and again. */
  readonly close: () => void
}
