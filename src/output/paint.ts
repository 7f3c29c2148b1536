import { createColors } from 'picocolors'

/** Colours, or none. Asked with a decision each time: without one the library takes its own, and for that every pipe is a terminal where `CI` is set. */
export function colours(on: boolean): ReturnType<typeof createColors> {
  return createColors(on)
}
