/** A Squirrel prompt on a fresh virtual device and its agent. */
import { soloDevice, soloProgram } from './check.ts'
import { createFleet } from './fleet.ts'
import type { RunLog } from './run-file.ts'
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
  close(): Promise<void>
}

/** Starts a device whose two sides have no code; time follows the clock. */
export function createPrompt(options: PromptOptions): Prompt {
  let started = () => {}
  const ready = new Promise<void>((resolve) => {
    started = resolve
  })
  const fleet = createFleet(
    {
      log: (_id, ts, type, text) => void (type === 'status' || options.onLog({ ts, type, text })),
      idle: () => started(),
    },
    { libraries: options.libraries ?? [], limits: { keepAlive: true } },
  )
  fleet.boot({ ...soloDevice, impType: options.type ?? soloDevice.impType }, soloProgram({}))
  return {
    async evaluate(text, side) {
      await ready
      return fleet.evaluate(soloDevice.id, side, inputOf(text))
    },
    close: () => fleet.close(),
  }
}

/** A local of one input would be gone with it: at the prompt it is a slot of the root, so that the next input knows it. */
function inputOf(text: string): string {
  const [, name, value] = /^\s*local\s+([A-Za-z_]\w*)\s*(?:=\s*([^]*))?$/.exec(text) ?? []
  const [, called, rest] = /^\s*local\s+function\s+([A-Za-z_]\w*)\s*(\([^]*)$/.exec(text) ?? []
  if (called !== undefined) return `::${called} <- function${rest}`
  if (name === undefined || name === 'function' || (value !== undefined && hasMore(value))) return text
  return `::${name} <- ${value ?? 'null'}`
}

/** Whether a declaration goes on behind its value: another variable, or another statement. */
function hasMore(text: string): boolean {
  let depth = 0
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[([{}\])]|[,;\n]/g)) {
    if ('([{'.includes(part)) depth++
    else if (')]}'.includes(part)) depth--
    else if (depth === 0 && /^[,;\n]$/.test(part) && !/^[\s;]*$/.test(text.slice(text.lastIndexOf(part))))
      return true
  }
  return false
}
