import { coverage } from './coverage.ts'
import { debug } from './debug.ts'
import { evaluation } from './evaluation.ts'
import { type Hooks, plain } from './hooks.ts'
import { profile } from './profile.ts'

/** The build variants by name. */
export const VARIANTS = { plain, coverage, profile, debug, evaluation } satisfies Record<string, Hooks>

/** How a source is compiled: with nothing, or with what somebody wants to watch. */
export type Variant = keyof typeof VARIANTS
