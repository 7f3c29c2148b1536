/** A Squirrel prompt on a fresh virtual device or agent. */
import { soloDevice, soloProgram } from './check.ts'
import { createFleet } from './fleet.ts'
import type { RunLog } from './run-file.ts'
import type { Evaluation } from './protocol.ts'

export type PromptOptions = {
  side: 'agent' | 'device'
  libraries?: string[]
  onLog: (entry: RunLog) => void
}

export type Prompt = {
  /** Runs an input: an expression gives its value, `incomplete` asks for more lines. */
  evaluate(text: string): Promise<Evaluation>
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
  fleet.boot(soloDevice, soloProgram({}))
  return {
    async evaluate(text) {
      await ready
      return fleet.evaluate(soloDevice.id, options.side, text)
    },
    close: () => fleet.close(),
  }
}
