/** What decides about colour: the options, the environment and the terminal. */
interface ColourInputs {
  /** `--color` is true, `--no-color` false. */
  readonly option?: boolean
  readonly env: NodeJS.ProcessEnv
  readonly isTerminal: boolean
}

/** Whether to colour, in the order of repl.md 3.11: option, NO_COLOR, FORCE_COLOR, TERM=dumb, terminal. */
export function wantsColour({ option, env, isTerminal }: ColourInputs): boolean {
  if (option !== undefined) return option
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '')
    return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  if (env.TERM === 'dumb') return false
  return isTerminal
}
