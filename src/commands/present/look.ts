import type { Kind } from '../../entities/kinds.ts'

/** How text is laid out for whom it goes to. */
export interface Look {
  readonly colour: boolean
  /** Columns of the terminal; undefined where stdout is none, so that nothing is shortened. */
  readonly width?: number | undefined
  /** Lists with all their columns, whatever the width. */
  readonly wide?: boolean
  /** What is known of the name of a related entity that the list did not resolve. */
  readonly nameOf?: (kind: Kind, id: string) => string | undefined
  /** Lists as blocks of `key: value` lines instead of tables. */
  readonly blocks?: boolean
}
