/** A Squirrel prompt on a fresh virtual device and its agent. */
import { soloDevice, soloProgram } from './check.ts'
import { createFleet } from './fleet.ts'
import { CompileError } from './language/syntax/compile-error.ts'
import type { Statement } from './language/syntax/ast.ts'
import { tokenize } from './language/syntax/lexer.ts'
import { parse } from './language/syntax/statements.ts'
import type { RunLog } from './run-file.ts'
import { whenAborted } from '../program/aborted.ts'
import type { Failure } from './failure.ts'
import type { Evaluation } from './protocol.ts'
import type { SideKind } from './side.ts'

type PromptOptions = {
  /** The type of the imp; that of other virtual devices if absent. */
  type?: string
  libraries?: string[]
  onLog: (entry: RunLog) => void
}

type Prompt = {
  /** Runs an input on a side: an expression gives its value, `incomplete` asks for more lines. */
  evaluate(text: string, side: SideKind): Promise<Evaluation>
  /** How a callback ended that failed since the device began; it is in the log. */
  readonly failure: Failure | undefined
  /** Lets time run ahead until nothing is left to do or a callback fails, at most for an hour of it; ends early when the signal is aborted. */
  settle(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Starts a device whose two sides have no code; time follows the clock. */
export function createPrompt(options: PromptOptions): Prompt {
  let settled = () => {}
  const ready = new Promise<void>((resolve) => {
    settled = resolve
  })
  let failure: Failure | undefined
  const fleet = createFleet(
    {
      log: (_id, ts, type, text) => void (type === 'status' || options.onLog({ ts, type, text })),
      failed(_id, how) {
        failure ??= how
        settled()
      },
      idle: () => settled(),
    },
    { libraries: options.libraries ?? [], limits: { keepAlive: true } },
  )
  fleet.boot({ ...soloDevice, impType: options.type ?? soloDevice.impType }, soloProgram({}))
  return {
    async evaluate(text, side) {
      await ready
      return fleet.evaluate(soloDevice.id, side, inputOf(text))
    },
    get failure() {
      return failure
    },
    async settle(signal) {
      await ready
      if (failure !== undefined) return
      await new Promise<void>((resolve) => {
        const deafen = whenAborted(signal, resolve)
        settled = () => {
          deafen()
          resolve()
        }
        fleet.setTime({ kind: 'fast' })
      })
    },
    close: () => fleet.close(),
  }
}

/** A local of one input would be gone with it: at the prompt it is a slot of the root, so that the next input knows it. */
function inputOf(text: string): string {
  let rest = text
  for (const statement of statementsOf(text).toReversed()) {
    if (statement.kind !== 'local') continue
    const slots = statement.variables.map(({ token, initial }) => {
      if (initial === null) return `::${token.text} <- null`
      const { first, last } = initial.span
      const isNamed = initial.kind === 'function' && first.kind === 'function'
      const value = isNamed && first.end <= token.start && token.end < last.end ? token.end : undefined
      return `::${token.text} <- ${value === undefined ? text.slice(first.start, last.end) : `function${text.slice(value, last.end)}`}`
    })
    rest = rest.slice(0, statement.token.start) + slots.join('; ') + rest.slice(statement.end.end)
  }
  return rest
}

/** The statements of an input; none where it is not complete or wrong, which running it tells. */
function statementsOf(text: string): Statement[] {
  try {
    return parse(tokenize(text, '')).statements
  } catch (error) {
    if (error instanceof CompileError) return []
    throw error
  }
}
