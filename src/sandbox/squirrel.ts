/** Virtual devices that run real Squirrel: the fleet of src/squirrel as the behaviour of the platform's devices. */
import { impTypeOf } from '../squirrel/api/table/types.ts'
import { checkedScript } from '../squirrel/checked-script.ts'
import type { DeviceScript } from '../squirrel/device-script.ts'
import type { DeviceState } from '../squirrel/device-state.ts'
import { createFleet, type Defect } from '../squirrel/fleet.ts'
import { environmentLibraries } from '../squirrel/environment-libraries.ts'
import type { BehaviourFactory, DeviceBehaviour } from './behaviour.ts'
import type { CompileChecker, CompileMessage } from './core.ts'
import { invalid } from './errors.ts'
import { lifecycleBehaviour } from './lifecycle.ts'

interface SquirrelOptions {
  /** Folders of libraries for `#require`; those of IMPT_LIBRARIES otherwise. */
  readonly libraries?: readonly string[]
  /**
   * Milliseconds without a request after which devices of an old store are taken up again. A server does it at once; an embedded one
   * waits, so that a command, on however busy a machine, does not wake a fleet that it has no use for.
   */
  readonly wakeAfter: number
  /** Told of failures of the virtual machine itself. */
  readonly onDefect?: (defect: Defect) => void
}

/** How long the end of the process waits for devices that have only just been started: their first log lines belong to the command. */
const BOOT_PATIENCE_MS = 1500

/** A device starts noticeably after its agent, since it loads its code first (more-facts.md 24). */
const LOAD_MS = 100

/** Fleets up to this size are woken as a whole when a server starts. */
const MOST_WOKEN = 100

/** What the test framework logs last. Code that goes on then is measured no more: how far it comes is a matter of the machine. */
const TESTS_END = 'SESSION_RESULT'

/** How many devices run code at the same time; 1,000 idle ones take less than 1 GB. */
const MOST_RUNNING = 1000

/** The behaviour for `startSandbox`. */
export function squirrelBehaviour({
  libraries = environmentLibraries(),
  wakeAfter,
  onDefect,
}: SquirrelOptions): BehaviourFactory {
  return (host): DeviceBehaviour => {
    let byWorld = false
    let mode: 'real' | 'fast' = 'real'
    const known = new Set<string>()
    const booting = new Set<string>()
    /** What plays the pins and buses, also of devices that have no code yet. */
    const scripts = new Map<string, DeviceScript>()
    /** Devices whose time runs ahead for a test run; the next start without the wish puts them back. */
    const ahead = new Set<string>()
    let booted: (() => void) | undefined

    const fleet = createFleet(
      {
        log: (id, ts, type, text) => host.log(id, type, text, ts),
        link(id, up) {
          // The platform answers with `connected` or `disconnected`, which the world knows already.
          byWorld = true
          host.link(id, up)
          byWorld = false
        },
        agentRunning: (id, running) => host.agentRunning(id, running),
        report: (id, values) => host.report(id, values),
        reload: (id) => host.reload(id),
        bless: (id) => void host.bless(id),
        state: (id, state) => host.save(`squirrel ${id}`, JSON.stringify(state)),
        idle(id) {
          settled(id)
          if (ahead.has(id)) host.idle(id)
        },
        started: (id) => settled(id),
        failed: (id) => settled(id),
        defect(defect) {
          host.log(
            defect.deviceId,
            'server.error',
            `ERROR: the virtual device failed, which is a defect of impt: ${defect.message}`,
          )
          settled(defect.deviceId)
          onDefect?.(defect)
        },
      },
      { now: () => host.now(), libraries: [...libraries], loadTime: LOAD_MS },
    )

    const stateOf = (id: string): DeviceState | undefined => {
      const text = host.load(`squirrel ${id}`)
      return text === undefined ? undefined : (JSON.parse(text) as DeviceState)
    }
    function settled(id: string): void {
      booting.delete(id)
      if (booting.size === 0) booted?.()
    }
    const playScript = (id: string) => {
      const script = scripts.get(id)
      if (script && known.has(id)) fleet.script(id, script)
    }
    const backToWallClock = (id: string) => {
      if (ahead.delete(id)) fleet.setTime({ kind: mode }, id)
    }
    const isFull = (id: string) => !known.has(id) && known.size >= MOST_RUNNING
    const wake = (id: string) => {
      if (known.has(id) || isFull(id)) return
      const running = host.running(id)
      if (!running?.agentProgram) return
      known.add(id)
      const { device, deviceProgram = null, agentProgram, linked } = running
      fleet.resume(
        device,
        { device: deviceProgram, agent: agentProgram, network: linked, powered: true },
        stateOf(id),
      )
    }
    // Beyond what fits into memory, devices only tell their life cycle.
    const lifeCycle = lifecycleBehaviour(host)
    const wakeAll = () => {
      const ids = [...host.deviceIds()]
      // The devices of a large fleet sleep until somebody has to do with them.
      if (ids.length <= MOST_WOKEN) for (const id of ids) wake(id)
    }
    let isAwake = false
    const wakeLater = () =>
      setTimeout(() => {
        isAwake = true
        wakeAll()
      }, wakeAfter).unref()
    let alarm = wakeLater()

    return {
      start(device, program, cause) {
        if (isFull(device.id)) return lifeCycle.start(device, program, cause)
        known.add(device.id)
        backToWallClock(device.id)
        booting.add(device.id)
        fleet.boot(
          device,
          program,
          cause === 'reconnect' ? undefined : 'WAKEREASON_NEW_SQUIRREL',
          stateOf(device.id),
        )
        playScript(device.id)
      },
      startAgent(device, program) {
        if (isFull(device.id)) return
        known.add(device.id)
        booting.add(device.id)
        fleet.bootAgent(device, program, stateOf(device.id))
      },
      stop: (id) => fleet.stop(id),
      prepare: fleet.prepare,
      watched: wake,
      // A test run is over when nobody reads its log.
      unwatched: backToWallClock,
      requested() {
        if (isAwake) return
        clearTimeout(alarm)
        alarm = wakeLater()
      },
      shutdown(id) {
        wake(id)
        return fleet.shutdown(id)
      },
      connected(device) {
        if (byWorld) return
        wake(device.id)
        if (known.has(device.id)) fleet.connect(device.id)
        else host.log(device.id, 'status', 'Device connected')
      },
      disconnected(id) {
        if (byWorld) return
        wake(id)
        if (known.has(id)) fleet.disconnect(id)
        else host.log(id, 'status', 'Device disconnected')
      },
      power(id, on) {
        wake(id)
        if (known.has(id)) fleet.power(id, on)
      },
      agentRequest(_agentId, id, request) {
        wake(id)
        return fleet.http(id, request)
      },
      setTime(wanted, id) {
        if (id === undefined) {
          mode = wanted
          return fleet.setTime({ kind: wanted })
        }
        if (wanted === 'fast') ahead.add(id)
        else ahead.delete(id)
        fleet.setTime({ kind: wanted }, id)
        // Nothing will come by itself from a device that is away.
        if (wanted === 'fast' && host.running(id)?.linked === false) host.idle(id)
      },
      setLatency(id, milliseconds) {
        wake(id)
        fleet.setLatency(id, milliseconds)
      },
      setScript(id, script, impType) {
        try {
          scripts.set(id, checkedScript(script, impTypeOf(impType)))
        } catch (error) {
          throw invalid('Invalid Script', (error as Error).message)
        }
        wake(id)
        playScript(id)
      },
      async debug(id, listener, wait, signal) {
        wake(id)
        return fleet.attach(id, listener, wait, signal)
      },
      setCoverage: (id, on) => (on ? fleet.count(id, TESTS_END) : fleet.countNoMore(id)),
      coverage: (id) => fleet.counted(id),
      async close() {
        clearTimeout(alarm)
        if (booting.size > 0) {
          const patience = new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, BOOT_PATIENCE_MS)
            booted = () => {
              clearTimeout(timer)
              resolve()
            }
          })
          await patience
        }
        await fleet.close()
      },
    }
  }
}

/** The cloud counts rows in the code as it was uploaded (impcentral-api.md 5): markers must not move them. */
const LINE_MARKER = /^([ \t]*)#line(?=\s)/gm

/** The compiler of the sandbox, as deployments need it. */
export function squirrelCheck(folders: readonly string[] = environmentLibraries()): CompileChecker {
  type Rest = [vars: Parameters<CompileChecker>[2], named: readonly string[]]
  const check = async (code: string, file: CompileMessage['file'], ...[vars, named]: Rest) => {
    const libraries = [...named, ...folders]
    // The compiler is loaded for the first deployment.
    const { checkProgram } = await import('../squirrel/check.ts')
    return checkProgram(code.replace(LINE_MARKER, '$1//ine'), file, { libraries, vars }).map(
      ({ row, column, text }): CompileMessage => ({ file, type: 'error', row, column, text }),
    )
  }
  return async (deviceCode, agentCode, ...rest) => [
    ...(await check(deviceCode, 'device_code', ...rest)),
    ...(await check(agentCode, 'agent_code', ...rest)),
  ]
}
