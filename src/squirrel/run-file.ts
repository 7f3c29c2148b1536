/** Runs one file on a fresh virtual device or agent. */
import { impTypeOf } from './api/table/types.ts'
import { type CompileError, checkedProgram, soloDevice, soloProgram } from './check.ts'
import type { DebugLink, DebugListener } from './debug/protocol.ts'
import type { DeviceScript } from './device-script.ts'
import { type Failure, roomFailure } from './failure.ts'
import type { Count } from './measure/counted.ts'
import { type Defect, createFleet } from './fleet.ts'
import type { HttpReach } from './http-exchange.ts'
import type { LogType } from '../output/log-line.ts'
import type { SideKind } from './side.ts'
import type { Profile } from './measure/profiler.ts'
import type { TimeMode } from './virtual-clock.ts'
import type { ThreadLimits } from './worker-thread.ts'
import { whenAborted } from '../program/aborted.ts'

export type RunOptions = {
  source: string
  side: SideKind
  /** Code of the other side, which runs beside. */
  other?: string
  /** Names of the files, for traces. */
  files?: Partial<Record<SideKind, string>>
  libraries?: string[]
  /** Values of `__VARS`. */
  vars?: Record<string, string | number>
  /** Type of the imp, such as `imp001`. */
  type?: string
  script?: DeviceScript
  http?: Partial<HttpReach>
  /** Virtual seconds after which the run ends; an hour otherwise. */
  seconds?: number
  /** Instead of running ahead of the clock up to that moment. */
  time?: TimeMode
  /** Decides all random numbers. */
  seed?: number
  /** Virtual time at the beginning, milliseconds since 1970; now otherwise. */
  start?: number
  /** Ticks that one callback may take. */
  ticks?: number
  /** Measures what functions cost. */
  profile?: boolean
  /** Counts what the code reaches. */
  coverage?: boolean
  limits?: Partial<ThreadLimits>
  /** Ends the run. */
  signal?: AbortSignal
}

/** A run whose code can be stopped. */
type DebuggedRun = {
  listener: DebugListener
  /** The code stops at its first statement. */
  entry: boolean
  /** The places of the program are known; nothing runs before `begin`. */
  ready(link: DebugLink, begin: () => void): void
}

/** `ts`: virtual milliseconds since 1970. */
export type RunLog = { ts: number; type: LogType; text: string }

/** Nothing in `errors`: the code ran. `failure`: how it ended, when it did not end by itself. */
export type RunResult = {
  errors: CompileError[]
  failure?: Failure
  defect?: Defect
  counted?: readonly Count[]
  profile?: Profile
}

/** Log entries of the platform about loading and connecting, which say nothing about a single file. */
const platformTypes: ReadonlySet<LogType> = new Set(['status'])
const longestRun = 3600

/**
 * Runs the file until nothing is left to do, either side fails, its time is over, or the signal comes. Nothing that was logged before is lost.
 * Device code for which the imp has no room does not begin: that is a failure too.
 */
export async function runFile(
  options: RunOptions,
  onLog: (entry: RunLog) => void,
  debugged?: DebuggedRun,
): Promise<RunResult> {
  const { source, side, other = '', libraries = [], vars = {}, script, signal } = options
  const otherSide = side === 'agent' ? 'device' : 'agent'
  const checked = {
    [side]: checkedProgram(source, `${side}_code`, { libraries, vars }),
    [otherSide]: checkedProgram(other, `${otherSide}_code`, { libraries, vars }),
  } as Record<SideKind, ReturnType<typeof checkedProgram>>
  const errors = [...checked[side].errors, ...checked[otherSide].errors]
  if (errors.length > 0) return { errors }
  const impType = impTypeOf(options.type ?? soloDevice.impType)
  // The device would only say "Out of space", and be silent.
  if (impType !== undefined && checked.device.size > impType.code)
    return { errors, failure: roomFailure(checked.device.size, impType) }
  const start = options.start ?? Date.now()
  const until = start + (options.seconds ?? longestRun) * 1000
  let ended = false
  let begun = false
  let deafen = (): void => undefined
  return new Promise((resolve) => {
    const end = (result: RunResult) => {
      if (ended) return
      ended = true
      deafen()
      void fleet.close().then(() => {
        const profile = fleet.profile(soloDevice.id)
        resolve({ ...result, counted: fleet.counted(soloDevice.id), ...(profile ? { profile } : {}) })
      })
    }
    const stop = () => end({ errors: [] })
    const fleet = createFleet(
      {
        log(_id, ts, type, text) {
          if (!ended && !platformTypes.has(type)) onLog({ ts, type, text })
        },
        failed: (_id, failure) => end({ errors: [], failure }),
        // A world that waits for its program to begin is idle too.
        idle: () => void (begun && stop()),
        defect: (defect) => end({ errors: [], defect }),
      },
      {
        now: () => start,
        time: options.time ?? { kind: 'fast', until },
        libraries,
        onFailure: 'end',
        profile: options.profile === true,
        seed: options.seed ?? 0,
        ...(options.ticks === undefined ? {} : { ticks: options.ticks }),
        ...(options.http ? { http: options.http } : {}),
        limits: { keepAlive: true, ...options.limits },
      },
    )
    if (signal) deafen = whenAborted(signal, stop)
    if (ended) return
    const code =
      side === 'agent' ? { agentCode: source, deviceCode: other } : { deviceCode: source, agentCode: other }
    const device = { ...soloDevice, impType: options.type ?? soloDevice.impType }
    const program = { ...soloProgram(code), envVars: vars, files: options.files ?? {} }
    if (options.coverage) fleet.count(device.id)
    const begin = () => {
      begun = true
      fleet.boot(device, program)
      if (script) fleet.script(soloDevice.id, script)
    }
    if (debugged === undefined) return begin()
    debugged.ready(fleet.debug(device, program, debugged.listener, debugged.entry), begin)
  })
}
