/** Runs one file on a fresh virtual device or agent. */
import { type CompileError, checkProgram, soloDevice, soloProgram } from './check.ts'
import type { DeviceScript } from './device-script.ts'
import { type Defect, createFleet } from './fleet.ts'
import type { HttpReach } from './http-exchange.ts'
import type { LogType } from './platform-texts.ts'
import type { TimeMode } from './virtual-clock.ts'

export type RunOptions = {
  source: string
  side: 'agent' | 'device'
  /** Code of the other side, which runs beside. */
  other?: string
  libraries?: string[]
  script?: DeviceScript
  http?: Partial<HttpReach>
  /** Ahead of the clock by default. */
  time?: TimeMode
  seed?: number
  /** Ends the run. */
  signal?: AbortSignal
}

/** `ts`: virtual milliseconds since 1970. */
export type RunLog = { ts: number; type: LogType; text: string }

/** Nothing in `errors`: the code ran. `failed`: it ended with a run-time error. */
export type RunResult = { errors: CompileError[]; failed: boolean; defect?: Defect }

/** Log entries of the platform about loading and connecting, which say nothing about a single file. */
const platformTypes: ReadonlySet<LogType> = new Set(['status'])

/** Runs the file until nothing is left to do, an error ends its code, or the signal comes. */
export async function runFile(options: RunOptions, onLog: (entry: RunLog) => void): Promise<RunResult> {
  const { source, side, other = '', libraries = [], script, signal } = options
  const otherSide = side === 'agent' ? 'device' : 'agent'
  const errors = [
    ...checkProgram(source, `${side}_code`, { libraries }),
    ...checkProgram(other, `${otherSide}_code`, { libraries }),
  ]
  if (errors.length > 0) return { errors, failed: true }
  let failed = false
  let ended = false
  return new Promise((resolve) => {
    const end = (result: RunResult) => {
      if (ended) return
      ended = true
      signal?.removeEventListener('abort', stop)
      void fleet.close().then(() => resolve(result))
    }
    const stop = () => end({ errors: [], failed })
    const fleet = createFleet(
      {
        log(_id, ts, type, text) {
          if (!ended && !platformTypes.has(type)) onLog({ ts, type, text })
        },
        failed(_id, failing) {
          failed = true
          // A device would begin anew again and again.
          if (failing === 'device') stop()
        },
        idle: stop,
        defect: (defect) => end({ errors: [], failed: true, defect }),
      },
      {
        time: options.time ?? { kind: 'fast' },
        libraries,
        ...(options.http ? { http: options.http } : {}),
        ...(options.seed === undefined ? {} : { seed: options.seed }),
        limits: { keepAlive: true },
      },
    )
    signal?.addEventListener('abort', stop)
    fleet.boot(
      soloDevice,
      soloProgram(
        side === 'agent'
          ? { agentCode: source, deviceCode: other }
          : { deviceCode: source, agentCode: other },
      ),
    )
    if (script) fleet.script(soloDevice.id, script)
  })
}
