/**
 * The debugger's front end for a terminal or a pipe: one command a line (workbench 3.4). One file of over 300 lines, because a session is one state that every
 * command reads.
 */
import { visible } from '../output/visible.ts'
import type { PlacedBreakpoint, StackFrame, StepMode, Variable } from '../squirrel/debug/protocol.ts'
import type { SideKind } from '../squirrel/side.ts'
import { type Debuggee, type Happening, fileMeant } from './debuggee.ts'
import { type Stopped, breakText, lineText, logText, placeText, reasonText } from './lines.ts'
import { COMMANDS, type CommandName, type Known, commandOf, helpText, parseBreak } from './words.ts'

/** What a line did: the program still lives, or the session is over. */
type Outcome = 'done' | 'over'

/** What can be put in the place of a part of a line. */
export type Completions = { start: number; end: number; items: { insert: string }[] }

export type Terminal = {
  /** Carries out a line; a wrong one is told and counted in `wrong`. */
  take(line: string): Promise<Outcome>
  /** What can stand at the cursor of a line. */
  complete(text: string, cursor: number): Promise<Completions>
  /** Stops the program that runs. */
  pause(): void
  /** Nothing more is printed. */
  mute(): void
  /** Number of lines that were wrong. */
  readonly wrong: number
}

/** Makes the front end. `print` writes whole lines; `again` makes the same program anew, where that can be. */
export function createTerminal(
  first: Debuggee,
  print: (text: string) => void,
  again: (() => Promise<Debuggee>) | null,
): Terminal {
  let debuggee = first
  let filters: ('uncaught' | 'all')[] = ['uncaught']
  const breakpoints: Known[] = []
  let numbers = 0
  let wrong = 0
  let began = false
  let over = false
  let muted = false
  let side: SideKind = 'device'
  let frame = 0
  let stopped: Stopped | null = null
  let wake = () => {}
  let repeat = ''
  let listed: { file: string; line: number } | null = null

  listen(debuggee)

  function listen(to: Debuggee): void {
    to.listen((happening) => {
      if (to === debuggee) hear(happening)
    })
  }

  /** Ends the program and begins it anew, with the same breakpoints. */
  async function restart(): Promise<Outcome> {
    if (again === null) throw new Error('only a program of a file begins anew')
    const old = debuggee
    debuggee = await again()
    await old.close()
    stopped = null
    listen(debuggee)
    const files = new Set(breakpoints.map((one) => one.file))
    for (const file of files) await send(breakpoints.find((one) => one.file === file) as Known)
    await debuggee.request({ request: 'exceptions', filters })
    began = true
    debuggee.begin()
    return untilStop()
  }

  function hear(happening: Happening): void {
    if (muted) return
    // Loading and connecting say nothing about the program.
    if ('log' in happening)
      return happening.log.type === 'status' ? undefined : print(`${logText(happening.log)}\n`)
    if ('ended' in happening) {
      over = true
      const { errors, failure, defect } = happening.ended
      if (errors.length === 0 && !failure && !defect) print('The program ended.\n')
      return wake()
    }
    const event = happening.debug
    if (event.event === 'output') return print(`${visible(event.text)}\n`)
    if (event.event === 'stopped') {
      stopped = event
      wake()
    }
  }

  async function untilStop(): Promise<Outcome> {
    // oxlint-disable-next-line no-unmodified-loop-condition -- what happens sets it
    while (stopped === null && !over) await new Promise<void>((resolve) => (wake = resolve))
    if (over) return 'over'
    await showStop(stopped as Stopped)
    return 'done'
  }

  async function go(mode: StepMode): Promise<Outcome> {
    if (stopped === null) {
      if (began) throw new Error('the program runs')
      began = true
      if (mode !== 'continue') await debuggee.request({ request: 'pause' })
      debuggee.begin()
      return untilStop()
    }
    stopped = null
    await debuggee.request({ request: 'go', mode })
    return untilStop()
  }

  async function frames(of: SideKind): Promise<StackFrame[]> {
    if (stopped === null) throw new Error('the program is not stopped; "run" begins it')
    return (await debuggee.request<{ frames: StackFrame[] }>({ request: 'stack', side: of })).frames
  }

  async function showStop(event: Stopped): Promise<void> {
    side = event.side
    frame = 0
    const [top] = await frames(side)
    print(`${reasonText(event)}: ${top ? placeText(top) : ''} (${side})\n`)
    if (top) await showLine(top)
  }

  async function showLine(top: StackFrame): Promise<void> {
    if (top.file === undefined || top.line === undefined) return
    listed = { file: top.file, line: top.line }
    const text = (await lines(top.file))[top.line - 1]
    if (text !== undefined) print(`${lineText(top.line, text)}\n`)
  }

  async function lines(file: string): Promise<string[]> {
    try {
      return (await debuggee.text(file)).split(/\r?\n/)
    } catch {
      return []
    }
  }

  /** The id of the chosen frame. */
  async function frameId(): Promise<number> {
    const chosen = (await frames(side))[frame]
    if (!chosen) throw new Error('there is no such frame')
    return chosen.id
  }

  async function files(): Promise<string[]> {
    return debuggee.request<string[]>({ request: 'sources' })
  }

  async function addBreak(text: string, log?: string): Promise<void> {
    const names = await files()
    const parsed = parseBreak(text)
    const known: Known = { id: ++numbers, ...parsed.rest, ...(log === undefined ? {} : { log }) }
    if (parsed.line === undefined) {
      known.name = parsed.name
      breakpoints.push(known)
    } else {
      const file =
        parsed.file === undefined ? (listed?.file ?? names[0] ?? '') : fileMeant(names, parsed.file)
      if (file === undefined)
        throw new Error(`the program has no file "${parsed.file}"; it has ${names.join(', ')}`)
      breakpoints.push(Object.assign(known, { file, line: parsed.line }))
    }
    const placed = (await send(known)).find(({ id }) => id === known.id)
    if (placed?.line === undefined) {
      breakpoints.splice(breakpoints.indexOf(known), 1)
      await send(known)
      throw new Error(`no breakpoint at ${text}: ${placed?.reason ?? 'there is no code'}`)
    }
    print(
      `${log === undefined ? 'Breakpoint' : 'Log point'} ${known.id} at ${visible(placed.file ?? '')}:${placed.line}.\n`,
    )
  }

  /** Tells the debugger the breakpoints of the kind and file of one. */
  function send({ file }: Known): Promise<PlacedBreakpoint[]> {
    if (file === undefined) {
      const list = breakpoints.flatMap((one) => (one.name === undefined ? [] : [{ ...one, name: one.name }]))
      return debuggee.request({ request: 'functions', list })
    }
    const list = breakpoints.flatMap((one) =>
      one.file === file && one.line !== undefined ? [{ ...one, line: one.line }] : [],
    )
    return debuggee.request({ request: 'breakpoints', file, list })
  }

  const evaluate = async (text: string) =>
    debuggee.request<Variable>({ request: 'evaluate', frame: await frameId(), text, context: 'repl' })

  async function variables(): Promise<Variable[]> {
    const scopes = await debuggee.request<{ name: string; handle: number }[]>({
      request: 'scopes',
      frame: await frameId(),
    })
    const found: Variable[] = []
    for (const { name, handle } of scopes)
      if (name === 'Locals' || name === 'Upvalues')
        found.push(...(await debuggee.request<Variable[]>({ request: 'variables', handle })))
    return found
  }

  async function list(): Promise<void> {
    const at = (await frames(side))[frame]
    if (at?.file === undefined || at.line === undefined) throw new Error('there is no code here')
    const text = await lines(at.file)
    const first = Math.max(0, at.line - 6)
    for (const [i, one] of text.slice(first, at.line + 5).entries())
      print(`${lineText(first + i + 1, one, first + i + 1 === at.line ? '>' : ' ')}\n`)
  }

  async function run(name: CommandName, rest: string): Promise<Outcome> {
    switch (name) {
      case 'break':
        if (rest === '') throw new Error('break needs FILE:LINE or the name of a function')
        await addBreak(rest)
        return 'done'
      case 'log': {
        const [, place, text] = /^(\S+)\s+(.+)$/s.exec(rest) ?? []
        if (place === undefined || text === undefined) throw new Error('log needs FILE:LINE and a text')
        await addBreak(place, text)
        return 'done'
      }
      case 'catch': {
        if (rest !== 'uncaught' && rest !== 'all' && rest !== 'none')
          throw new Error('catch needs uncaught, all or none')
        filters = rest === 'none' ? [] : [rest]
        await debuggee.request({ request: 'exceptions', filters })
        return 'done'
      }
      case 'delete': {
        if (rest === '') throw new Error('delete needs the number of a breakpoint; "breaks" lists them')
        const at = breakpoints.findIndex(({ id }) => String(id) === rest)
        const [gone] = at < 0 ? [] : breakpoints.splice(at, 1)
        if (!gone) throw new Error(`there is no breakpoint ${rest}; "breaks" lists them`)
        await send(gone)
        return 'done'
      }
      case 'breaks':
        for (const one of breakpoints) print(`${breakText(one)}\n`)
        if (breakpoints.length === 0) print('No breakpoints.\n')
        return 'done'
      case 'run':
        if (began) throw new Error('the program began already; "continue" goes on')
        return go('continue')
      case 'continue':
        return go('continue')
      case 'step':
        return go('in')
      case 'next':
        return go('over')
      case 'out':
        return go('out')
      case 'stack':
        for (const [at, one] of (await frames(side)).entries())
          print(`${at === frame ? '>' : ' '}${String(at).padStart(2)} ${placeText(one)}\n`)
        return 'done'
      case 'frame': {
        const all = await frames(side)
        const chosen = all[Number(rest)]
        if (!/^\d+$/.test(rest) || !chosen)
          throw new Error(`frame needs a number from 0 to ${all.length - 1}`)
        frame = Number(rest)
        print(`${placeText(chosen)}\n`)
        await showLine(chosen)
        return 'done'
      }
      case 'thread': {
        if (rest !== 'device' && rest !== 'agent') throw new Error('thread needs device or agent')
        side = rest
        frame = 0
        const [top] = await frames(side)
        if (top) print(`${placeText(top)} (${side})\n`)
        return 'done'
      }
      case 'print':
        if (rest === '') throw new Error('print needs an expression')
        print(`${visible((await evaluate(rest)).value, true)}\n`)
        return 'done'
      case 'set':
        if (!/=/.test(rest)) throw new Error('set needs NAME = EXPRESSION')
        print(`${visible((await evaluate(rest)).value, true)}\n`)
        return 'done'
      case 'locals': {
        const found = await variables()
        for (const one of found) print(`${one.name} = ${visible(one.value, true)}\n`)
        if (found.length === 0) print('No variables here.\n')
        return 'done'
      }
      case 'list':
        await list()
        return 'done'
      case 'clock':
        print(`${new Date(await debuggee.request<number>({ request: 'clock' })).toISOString()}\n`)
        return 'done'
      case 'restart':
        return restart()
      case 'quit':
        return 'over'
      case 'help':
        print(helpText())
        return 'done'
      default:
        return name satisfies never
    }
  }

  async function complete(text: string, cursor: number): Promise<Completions> {
    const before = text.slice(0, cursor)
    const [, word = '', rest] = /^\s*(\S*)(?:\s+(.*))?$/s.exec(before) ?? []
    const among = (names: readonly string[], part: string): Completions => ({
      start: cursor - part.length,
      end: cursor,
      items: names.filter((name) => name.startsWith(part)).map((insert) => ({ insert })),
    })
    if (rest === undefined) return among(Object.keys(COMMANDS), word)
    try {
      const name = commandOf(word)
      if (name === 'catch') return among(['uncaught', 'all', 'none'], rest)
      if (name === 'thread') return among(['device', 'agent'], rest)
      if (name === 'break' || name === 'log')
        return among(
          (await files()).map((file) => `${file}:`),
          rest,
        )
      if (name !== 'print' && name !== 'set') return among([], '')
      const found = await debuggee.request<{ label: string; length: number }[]>({
        request: 'completions',
        frame: await frameId(),
        text: rest,
        column: rest.length + 1,
      })
      return {
        ...among(
          found.map(({ label }) => label),
          '',
        ),
        start: cursor - (found[0]?.length ?? 0),
      }
    } catch {
      return among([], '')
    }
  }

  return {
    complete,
    async take(line) {
      const text = line.trim() === '' ? repeat : line.trim()
      if (text === '' || text.startsWith('#')) return 'done'
      try {
        const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text) ?? []
        const name = commandOf(word)
        repeat = name === 'step' || name === 'next' ? name : ''
        return await run(name, rest)
      } catch (error) {
        wrong++
        print(`Error: ${visible((error as Error).message)}\n`)
        return 'done'
      }
    },
    pause() {
      if (stopped === null && began) void debuggee.request({ request: 'pause' }).catch(() => undefined)
    },
    mute() {
      muted = true
    },
    get wrong() {
      return wrong
    },
  }
}
