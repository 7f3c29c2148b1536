/** One entry of the completion menu. */
export interface MenuItem {
  /** What is put into the buffer, quoted where needed. */
  readonly insert: string
  /** What is shown; escaped where needed. */
  readonly label: string
  /** Shown beside it: an id, a description. */
  readonly detail?: string
  /** Nothing follows yet, as after a directory: no space is added. */
  readonly open?: boolean
}

/** What a completion source found for a place of the text. */
export interface Completions {
  readonly items: readonly MenuItem[]
  readonly start: number
  readonly end: number
  readonly note?: string
}
