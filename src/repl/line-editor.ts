import type { Completions } from '../completion/item.ts'
import { openMenu, refreshMenu } from './editor/menu.ts'
import { replace } from './editor/edit.ts'
import type { Key } from './editor/key.ts'
import { reduce, type Effect, type Surroundings } from './editor/reduce.ts'
import { EMPTY, fresh, withoutMenu, type EditorState } from './editor/state.ts'
import { drawing, erasing, leaving, NOTHING, rewrapped, type Drawn } from './screen/draw.ts'
import { layout, type Frame } from './screen/layout.ts'
import { createTerminal, type KeyTerminal, type TerminalStreams } from './screen/terminal.ts'

/** Completions for Tab: what is known now, and what the server says if it has to be asked. */
export interface Lookup {
  readonly now: Completions
  /** Never rejects. */
  readonly later?: Promise<Completions>
}

/** What the editor shows and knows; everything is asked for anew at each drawing, without waiting. */
export interface Look {
  readonly frame: (
    state: EditorState,
    idle: boolean,
    screen: { readonly columns: number; readonly rows: number },
  ) => Frame
  readonly surroundings: Surroundings
  /** Keys wait for this: the history is being read. */
  readonly prepared: Promise<void>
  /** With `ask`, the server may be asked. */
  readonly complete: (state: EditorState, ask: boolean) => Lookup
}

/** What ends one reading of the editor. */
export type Reading =
  | { readonly kind: 'input'; readonly text: string }
  | { readonly kind: 'leave' }
  | { readonly kind: 'gone' }

/** Keys that the editor hands on. */
interface LineEditorListener {
  /** Ctrl-C while no input is read: a command is running. */
  readonly stopped: () => void
  /** Ctrl-C on an empty input. */
  readonly interrupted: () => void
  /** Ctrl-D on an empty input: whether to leave. */
  readonly leaves: () => boolean
  /** F1. */
  readonly help: (state: EditorState) => void
  /** F5. */
  readonly refresh: () => void
  /** Ctrl-X Ctrl-E: gives the new text; undefined to keep the old one. The terminal is released meanwhile. */
  readonly edit: (text: string) => Promise<string | undefined>
}

interface LineEditor {
  readonly terminal: KeyTerminal
  /** Reads one input. `draft` is put into it first. */
  readonly read: (draft?: string) => Promise<Reading>
  /** Writes whole lines above the input, or just writes them while none is read. */
  readonly above: (text: string) => void
  /** Draws again, because something in the frame has changed. */
  readonly redraw: () => void
  /** Gives the terminal to someone else until the task has ended. */
  readonly aside: <T>(task: () => Promise<T>) => Promise<T>
  /** Ends the reading and gives the terminal back for good; may be called again and again. */
  readonly close: () => void
}

/** The server has this long after Tab before what is known is shown (repl.md 3.3). */
const TAB_WAIT_MS = 200
/** Mistakes are shown when no key came for this long. */
const IDLE_MS = 400

export function createLineEditor(
  streams: TerminalStreams,
  look: Look,
  listener: LineEditorListener,
): LineEditor {
  let state = EMPTY
  let drawn: Drawn = NOTHING
  let idle = false
  let idleTimer: NodeJS.Timeout | undefined
  let finish: ((reading: Reading) => void) | undefined
  let isDrawing = false
  let released = 0
  /** What was to be written while someone else had the terminal. */
  let held = ''
  let isPrepared = false
  let isClosed = false
  void look.prepared.then(() => {
    isPrepared = true
    terminal.wake()
  })

  const terminal = createTerminal(streams, {
    takes: () => finish !== undefined && released === 0 && isPrepared,
    key: press,
    whileBusy(text) {
      if (finish || released > 0) return text
      for (const _ of text.matchAll(/\x03/g)) listener.stopped()
      // As a terminal does, Ctrl-C throws away what was typed before it. Ctrl-D is ignored while something runs (repl.md 3.6).
      return text.slice(text.lastIndexOf('\x03') + 1).replaceAll('\x04', '')
    },
    resized() {
      if (!finish) return
      drawn = rewrapped(drawn, terminal.columns)
      draw()
    },
    ended: () => end({ kind: 'gone' }),
  })

  function press(key: Key): void {
    idle = false
    clearTimeout(idleTimer)
    const step = reduce(state, key, look.surroundings)
    state = step.state
    if (step.effect) perform(step.effect)
    else schedule()
  }

  function writeHeld(): void {
    const text = held
    held = ''
    if (text !== '') terminal.write(text)
  }

  /** One drawing for all keys that came together. */
  function schedule(): void {
    if (isDrawing) return
    isDrawing = true
    process.nextTick(() => {
      isDrawing = false
      draw()
      clearTimeout(idleTimer)
      idleTimer = setTimeout(() => {
        idle = true
        draw()
      }, IDLE_MS).unref()
    })
  }

  function draw(): void {
    if (!finish || released > 0) return
    const { columns, rows } = terminal
    const picture = layout(state, look.frame(state, idle, { columns, rows }))
    terminal.write(drawing(drawn, picture))
    drawn = { ...picture, columns }
  }

  /** Leaves the input on the screen as it is, without hints and menu, and goes below it. */
  function leaveBehind(shown: EditorState, mark = ''): void {
    const { columns, rows } = terminal
    const frame = look.frame({ ...withoutMenu(shown), cursor: shown.text.length }, false, { columns, rows })
    const picture = layout(
      { ...withoutMenu(shown), cursor: shown.text.length },
      { ...frame, hint: [], suggestion: '' },
    )
    terminal.write(
      drawing(drawn, picture) + mark + leaving(picture === undefined ? drawn : { ...picture, columns }),
    )
    drawn = NOTHING
  }

  function end(reading: Reading): void {
    const done = finish
    if (!done) return
    clearTimeout(idleTimer)
    finish = undefined
    done(reading)
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case 'submit':
        leaveBehind({ ...state, text: effect.text, cursor: effect.text.length })
        return end({ kind: 'input', text: effect.text })
      case 'clear': {
        const last = state.undone.at(-1)
        leaveBehind(last ? { ...EMPTY, ...last } : state, '^C')
        return schedule()
      }
      case 'interrupt':
        listener.interrupted()
        return schedule()
      case 'leave':
        if (!listener.leaves()) return schedule()
        leaveBehind(state)
        return end({ kind: 'leave' })
      case 'complete':
        return complete(effect.typed)
      case 'edit':
        return void edit()
      case 'help':
        listener.help(state)
        return schedule()
      case 'refresh':
        listener.refresh()
        return schedule()
      case 'wipe':
        terminal.write('\x1b[2J\x1b[H')
        drawn = NOTHING
        return schedule()
      default:
        effect satisfies never
    }
  }

  function complete(typed: boolean): void {
    const at = state
    const isCurrent = () => finish !== undefined && state.text === at.text && state.cursor === at.cursor
    const { now, later } = look.complete(state, !typed)
    if (!later) {
      state = openMenu(state, now, typed)
      return schedule()
    }
    let isOpen = false
    const timer = setTimeout(() => {
      isOpen = true
      if (!isCurrent()) return
      state = openMenu(state, { ...now, note: 'updating…' })
      schedule()
    }, TAB_WAIT_MS)
    void later.then((found) => {
      clearTimeout(timer)
      if (!isCurrent() || (isOpen && !state.menu)) return
      state = isOpen ? refreshMenu(state, found) : openMenu(state, found)
      schedule()
    })
  }

  async function edit(): Promise<void> {
    terminal.write(erasing(drawn))
    drawn = NOTHING
    const edited = await aside(() => listener.edit(state.text))
    if (edited !== undefined) state = replace(state, 0, state.text.length, edited)
    schedule()
  }

  async function aside<T>(task: () => Promise<T>): Promise<T> {
    released += 1
    if (released === 1) terminal.lower()
    try {
      return await task()
    } finally {
      released -= 1
      if (released === 0) {
        writeHeld()
        terminal.raise()
        terminal.wake()
      }
    }
  }

  return {
    terminal,
    aside,
    close() {
      if (isClosed) return
      isClosed = true
      if (finish) {
        leaveBehind(state)
        end({ kind: 'gone' })
      }
      terminal.release()
    },
    redraw: () => {
      if (finish) schedule()
    },
    read(draft = '') {
      if (isClosed) return Promise.resolve({ kind: 'gone' })
      terminal.take()
      state = draft === '' ? fresh(state) : replace(fresh(state), 0, 0, draft)
      drawn = { ...NOTHING, columns: terminal.columns }
      return new Promise((resolve) => {
        finish = resolve
        draw()
        terminal.wake()
      })
    },
    above(text) {
      if (released > 0) {
        held += text
        return
      }
      if (!finish) return terminal.write(text)
      terminal.write(erasing(drawn) + text.replace(/\n/g, '\r\n'))
      drawn = { ...NOTHING, columns: terminal.columns }
      draw()
    },
  }
}
