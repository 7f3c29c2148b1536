/**
 * The Debug Adapter Protocol for one client (workbench 3.3): requests become requests to the debugger of a world, what happens there becomes events. One
 * file of over 300 lines, because a session is one state that every request reads.
 */
import type { DebugProtocol } from '@vscode/debugprotocol'
import type {
  Breakpoint,
  DebugEvent,
  FunctionBreakpoint,
  PlacedBreakpoint,
  Scope,
  StackFrame,
  Variable,
} from '../../squirrel/debug/protocol.ts'
import type { SideKind } from '../../squirrel/side.ts'
import type { Debuggee, Happening, LogLine } from '../debuggee.ts'
import {
  type Arguments,
  type Launch,
  argumentsOf,
  flag,
  launchOf,
  objects,
  optionalText,
  optionalWhole,
  text,
  texts,
  whole,
} from './arguments.ts'
import { CAPABILITIES } from './capabilities.ts'
import { createPaths } from './paths.ts'
import { type Sources, createSources } from './sources.ts'

/** What the adapter needs of whoever serves it. */
export type AdapterHost = {
  /** Makes what is debugged. Rejects with an Error for people. */
  launch(launch: Launch): Promise<Debuggee>
  attach(device: string | undefined): Promise<Debuggee>
  /** Whether a client may go on that gave this token. */
  admits(token: string | undefined): boolean
  send(message: DebugProtocol.ProtocolMessage): void
  /** The session is over. */
  over(): void
}

type Adapter = {
  /** Takes a message of the client; what is no request is answered with an error or passed over. */
  take(message: unknown): void
  garbage(): void
  /** The client is gone. */
  close(): Promise<void>
  /** How the program ended: 0 well or not at all. */
  readonly exitCode: number
}

type Stopped = Extract<DebugEvent, { event: 'stopped' }>

const THREADS: Readonly<Record<SideKind, number>> = { device: 1, agent: 2 }

export function createAdapter(host: AdapterHost): Adapter {
  let sequence = 0
  let queue: Promise<void> = Promise.resolve()
  let debuggee: Debuggee | null = null
  const references: string[] = []
  let sources: Sources = createSources(createPaths([], '', new Map()), references)
  let files: string[] = []
  let stopped: Stopped | null = null
  let lineOffset = 0
  let columnOffset = 0
  let initialized = false
  let began = false
  let closed = false
  let isStarting = false
  let exitCode = 0
  let launch: (() => Promise<Debuggee>) | null = null
  let silent = false
  let map: ReadonlyMap<string, string> = new Map()
  const ids = { last: 0 }
  /** What was asked for, for the next run. */
  const wanted = new Map<string, Breakpoint[]>()
  let functions: FunctionBreakpoint[] = []
  let filters: ('uncaught' | 'all')[] = ['uncaught']

  const send = (message: object) =>
    host.send({ seq: ++sequence, ...message } as unknown as DebugProtocol.ProtocolMessage)
  const event = (name: string, body?: object) =>
    send({ type: 'event', event: name, ...(body ? { body } : {}) })

  function hear(happening: Happening): void {
    if (closed) return
    if ('log' in happening) return event('output', outputOf(happening.log))
    if ('ended' in happening) {
      const { errors, failure, defect } = happening.ended
      exitCode = errors.length > 0 || failure || defect ? 1 : 0
      stopped = null
      if (defect) event('output', { category: 'stderr', output: `${defect.message}\n` })
      event('exited', { exitCode })
      return event('terminated')
    }
    const { debug } = happening
    switch (debug.event) {
      case 'stopped':
        stopped = debug
        return event('stopped', {
          reason: debug.reason,
          threadId: THREADS[debug.side],
          allThreadsStopped: true,
          ...(debug.text === '' ? {} : { text: debug.text, description: debug.text }),
          ...(debug.breakpoints.length > 0 ? { hitBreakpointIds: debug.breakpoints } : {}),
        })
      case 'output':
        return event('output', {
          category: 'console',
          output: `${debug.text}\n`,
          ...placeOf(debug),
        })
      case 'placed':
        for (const one of debug.breakpoints)
          event('breakpoint', { reason: 'changed', breakpoint: breakpointOf(one) })
        return
      default:
        stopped = null
    }
  }

  function outputOf({ type, text: said, place }: LogLine): object {
    const category = type.endsWith('.error') ? 'stderr' : type.endsWith('.log') ? 'stdout' : 'console'
    return { category, output: `[${type}] ${said}\n`, ...(place ? placeOf(place) : {}) }
  }

  function placeOf({ file, line }: { file: string; line: number }): object {
    return file === '' ? {} : { source: sources.sourceOf(file), line: line - lineOffset }
  }

  function breakpointOf({ id, file, line, column, reason }: PlacedBreakpoint): DebugProtocol.Breakpoint {
    if (file === undefined || line === undefined)
      return { id, verified: false, ...(reason === undefined ? {} : { message: reason }) }
    return {
      id,
      verified: true,
      line: line - lineOffset,
      ...(column === undefined ? {} : { column: column - columnOffset }),
      source: sources.sourceOf(file),
    }
  }

  function running(): Debuggee {
    if (debuggee === null) throw new Error('nothing is debugged: "launch" or "attach" comes first')
    return debuggee
  }

  async function start(): Promise<void> {
    isStarting = true
    const own = await (launch as NonNullable<typeof launch>)().finally(() => (isStarting = false))
    debuggee = own
    files = await own.request<string[]>({ request: 'sources' })
    sources = createSources(createPaths(files, own.directory, map), references)
    own.listen((happening) => {
      if (debuggee === own) hear(happening)
    })
  }

  function admit(args: Arguments): void {
    if (!initialized) throw new Error('"initialize" comes first')
    if (debuggee !== null) throw new Error('the session debugs something already')
    if (!host.admits(optionalText(args, 'token'))) throw new Error('the token is wrong')
  }

  /** Sends what was asked for to a program that begins. */
  async function equip(): Promise<void> {
    const { request } = running()
    if (silent) {
      await request({ request: 'exceptions', filters: [] })
      return
    }
    for (const [file, list] of wanted) await request({ request: 'breakpoints', file, list })
    if (functions.length > 0) await request({ request: 'functions', list: functions })
    await request({ request: 'exceptions', filters })
  }

  async function go(mode: 'continue' | 'in' | 'over' | 'out'): Promise<object> {
    await running().request({ request: 'go', mode })
    stopped = null
    return { allThreadsContinued: true }
  }

  function wish(one: Arguments): Omit<Breakpoint, 'line'> {
    const [condition, hits, log] = ['condition', 'hitCondition', 'logMessage'].map((name) =>
      optionalText(one, name),
    )
    return {
      id: ++ids.last,
      ...(condition ? { condition } : {}),
      ...(hits ? { hits } : {}),
      ...(log ? { log } : {}),
    }
  }

  const handlers: Readonly<
    Record<string, (args: Arguments) => Promise<object | undefined> | object | undefined>
  > = {
    initialize(args) {
      lineOffset = args['linesStartAt1'] === false ? 1 : 0
      columnOffset = args['columnsStartAt1'] === false ? 1 : 0
      initialized = true
      return CAPABILITIES
    },
    async launch(args) {
      admit(args)
      const read = launchOf(args)
      silent = read.launch.noDebug
      launch = () => host.launch(read.launch)
      await start()
      if (read.unknown.length > 0)
        event('output', { category: 'console', output: `launch does not know ${read.unknown.join(', ')}.\n` })
      event('initialized')
      return undefined
    },
    async attach(args) {
      admit(args)
      const device = optionalText(args, 'device')
      const given = argumentsOf(args['pathMap'])
      map = new Map(Object.keys(given).map((file) => [file, text(given, file)]))
      launch = () => host.attach(device)
      await start()
      event('initialized')
      return undefined
    },
    async configurationDone() {
      const { begin } = running()
      if (silent) await equip()
      began = true
      begin()
      return undefined
    },
    async setBreakpoints(args) {
      const file = sources.fileOf(argumentsOf(args['source']))
      const { request } = running()
      const list = objects(args, 'breakpoints').map((one) => {
        const column = optionalWhole(one, 'column')
        return {
          ...wish(one),
          line: whole(one, 'line') + lineOffset,
          ...(column === undefined ? {} : { column: column + columnOffset }),
        }
      })
      if (file === undefined || silent) {
        const message = silent ? 'the program runs without a debugger' : 'the program has no such file'
        return { breakpoints: list.map(({ id }) => ({ id, verified: false, message })) }
      }
      wanted.set(file, list)
      const placed = await request<PlacedBreakpoint[]>({ request: 'breakpoints', file, list })
      return { breakpoints: placed.map((one) => breakpointOf(one)) }
    },
    async setFunctionBreakpoints(args) {
      const { request } = running()
      functions = objects(args, 'breakpoints').map((one) => ({ ...wish(one), name: text(one, 'name') }))
      const placed = await request<PlacedBreakpoint[]>({ request: 'functions', list: functions })
      return { breakpoints: placed.map((one) => breakpointOf(one)) }
    },
    async setExceptionBreakpoints(args) {
      const given = texts(args, 'filters')
      filters = (['uncaught', 'all'] as const).filter((name) => given.includes(name))
      await running().request({ request: 'exceptions', filters: silent ? [] : filters })
      return undefined
    },
    threads: () => ({
      threads: [
        { id: THREADS.device, name: 'device' },
        { id: THREADS.agent, name: 'agent' },
      ],
    }),
    async stackTrace(args) {
      const side = whole(args, 'threadId') === THREADS.agent ? 'agent' : 'device'
      const start = optionalWhole(args, 'startFrame') ?? 0
      const count = optionalWhole(args, 'levels') ?? 0
      const { frames, total } = await running().request<{ frames: StackFrame[]; total: number }>({
        request: 'stack',
        side,
        start,
        count,
      })
      return { stackFrames: frames.map(frameOf), totalFrames: total }
    },
    async scopes(args) {
      const scopes = await running().request<Scope[]>({ request: 'scopes', frame: whole(args, 'frameId') })
      return {
        scopes: scopes.map(({ name, handle, count, expensive }) => ({
          name,
          variablesReference: handle,
          namedVariables: count,
          expensive,
          ...(name === 'Locals' ? { presentationHint: 'locals' } : {}),
        })),
      }
    },
    async variables(args) {
      const count = optionalWhole(args, 'count') ?? 0
      const list = await running().request<Variable[]>({
        request: 'variables',
        handle: whole(args, 'variablesReference'),
        start: Math.max(0, optionalWhole(args, 'start') ?? 0),
        ...(count > 0 ? { count } : {}),
      })
      return { variables: list.map((one) => ({ name: one.name, ...valueOf(one), value: one.value })) }
    },
    async setVariable(args) {
      const done = await running().request<Variable>({
        request: 'set',
        handle: whole(args, 'variablesReference'),
        name: text(args, 'name'),
        text: text(args, 'value'),
      })
      return { value: done.value, ...valueOf(done) }
    },
    async evaluate(args) {
      const context = optionalText(args, 'context') ?? 'repl'
      const done = await running().request<Variable>({
        request: 'evaluate',
        frame: optionalWhole(args, 'frameId') ?? 0,
        text: text(args, 'expression'),
        context: context === 'hover' || context === 'watch' ? context : 'repl',
      })
      return { result: done.value, ...valueOf(done) }
    },
    async completions(args) {
      const found = await running().request<{ label: string; start: number; length: number }[]>({
        request: 'completions',
        frame: optionalWhole(args, 'frameId') ?? 0,
        text: text(args, 'text'),
        column: whole(args, 'column') + columnOffset,
      })
      return {
        targets: found.map((one) => ({ ...one, start: one.start + 1 - columnOffset })),
      }
    },
    exceptionInfo() {
      if (stopped?.reason !== 'exception') throw new Error('the program did not stop at an error')
      return {
        exceptionId: 'error',
        description: stopped.text,
        breakMode: filters.includes('all') ? 'always' : 'unhandled',
      }
    },
    loadedSources: () => (running(), { sources: files.map((file) => sources.sourceOf(file)) }),
    async source(args) {
      const given = argumentsOf(args['source'] ?? { sourceReference: args['sourceReference'] })
      const file = sources.fileOf(given)
      if (file === undefined) throw new Error('there is no such source')
      return { content: await running().text(file) }
    },
    async breakpointLocations(args) {
      const file = sources.fileOf(argumentsOf(args['source']))
      const line = whole(args, 'line') + lineOffset
      if (file === undefined) return { breakpoints: [] }
      const endLine = (optionalWhole(args, 'endLine') ?? line - lineOffset) + lineOffset
      const places = await running().request<{ line: number; column: number }[]>({
        request: 'places',
        file,
        line,
        endLine,
      })
      return {
        breakpoints: places.map((one) => ({
          line: one.line - lineOffset,
          column: one.column - columnOffset,
        })),
      }
    },
    continue: () => go('continue'),
    next: () => go('over'),
    stepIn: () => go('in'),
    stepOut: () => go('out'),
    async pause() {
      await running().request({ request: 'pause' })
      return undefined
    },
    async restart() {
      const old = running()
      debuggee = stopped = null
      await old.close()
      try {
        await start()
      } catch (error) {
        // The one before is gone already: nothing is debugged any more.
        event('terminated')
        throw error
      }
      await equip()
      if (began) running().begin()
      return undefined
    },
    async terminate() {
      const old = running()
      await old.close()
      return undefined
    },
    async disconnect(args) {
      flag(args, 'terminateDebuggee')
      return undefined
    },
  }

  function frameOf({ id, name, file, line = 0, column = 0 }: StackFrame): DebugProtocol.StackFrame {
    if (file === undefined) return { id, name, line: 0, column: 0, presentationHint: 'label' }
    return {
      id,
      name,
      source: sources.sourceOf(file),
      line: line - lineOffset,
      column: column - columnOffset,
    }
  }

  async function answer(request: Arguments): Promise<void> {
    const { command, seq } = request
    const base = { type: 'response', request_seq: typeof seq === 'number' ? seq : 0, command }
    try {
      if (request['type'] !== 'request' || typeof command !== 'string' || typeof seq !== 'number')
        throw new Error('this is no request')
      const handler = Object.hasOwn(handlers, command) ? handlers[command] : undefined
      if (!handler) throw new Error(`there is no request "${command}"`)
      const body = await handler(argumentsOf(request['arguments']))
      if (closed) return
      send({ ...base, success: true, ...(body ? { body } : {}) })
      if (command === 'disconnect') host.over()
    } catch (error) {
      if (closed) return
      const { message } = error as Error
      send({
        ...base,
        command: typeof command === 'string' ? command : '',
        success: false,
        message,
        body: { error: { id: 1, format: '{_text}', variables: { _text: message }, showUser: true } },
      })
    }
  }

  function take(message: unknown): void {
    const request =
      typeof message === 'object' && message !== null && !Array.isArray(message) ? (message as Arguments) : {}
    // Answers to requests of ours: there are none.
    if (request['type'] === 'response' || request['type'] === 'event') return
    // Whoever waits for a device that does not come must be able to leave.
    if (isStarting && request['command'] === 'disconnect') void answer(request)
    else queue = queue.then(() => answer(request))
  }

  return {
    take,
    garbage: () => take({}),
    async close() {
      closed = true
      const isStarted = debuggee !== null
      const done = queue.then(() => debuggee?.close())
      // What never comes, such as a device that is waited for, keeps nobody who has gone.
      if (isStarted) await done
      else done.catch(() => undefined)
    },
    get exitCode() {
      return exitCode
    },
  }
}

function valueOf({ type, handle, named, indexed, path }: Variable) {
  return {
    type,
    variablesReference: handle,
    ...(named > 0 ? { namedVariables: named } : {}),
    ...(indexed > 0 ? { indexedVariables: indexed } : {}),
    ...(path === undefined ? {} : { evaluateName: path }),
  }
}
