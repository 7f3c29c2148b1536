import { createColors } from 'picocolors'

/** How text is laid out for whom it goes to. */
export interface Look {
  readonly colour: boolean
  /** Columns of the terminal; undefined where stdout is none, so that nothing is shortened. */
  readonly width?: number | undefined
}

/** Colours that are decided by us alone, not by what picocolors finds in the environment. */
export function colours({ colour }: Look): ReturnType<typeof createColors> {
  return createColors(colour)
}
