/** What functions cost, in ticks and allocated bytes: the same on every machine (workbench 5). Runs inside the thread of the world. */
import type { CompiledUnit } from '../language/compile.ts'
import { allocated, ticksLeft } from '../language/run/state.ts'
import type { Side, SideKind } from '../side.ts'
import type { Watch } from '../world-host.ts'

/** A function; texts are byte strings. */
export type ProfiledFunction = { side: SideKind; name: string; file: string; line: number }

/** Calls of one function from one stack. `parent` is the position of the caller in the list, -1 for what the host called. */
export type ProfiledStack = {
  parent: number
  /** Its position in `functions`. */
  fn: number
  calls: number
  /** Ticks and bytes of the function itself. */
  ticks: number
  bytes: number
}

/** Parents come before their children. */
export type Profile = { functions: ProfiledFunction[]; stacks: ProfiledStack[] }

/** Most stacks that are told apart; what comes later counts for its caller. */
const mostStacks = 100_000

/** A stack while it is measured. `recent` is the child that was called last, most often the one that is called next. */
type Node = ProfiledStack & { readonly at: number; readonly children: Map<number, Node>; recent: Node | null }

export class Profiler implements Watch {
  readonly memory = 1
  private readonly functions: ProfiledFunction[] = []
  private readonly nodes: Node[] = []
  private readonly roots = new Map<number, Node>()
  private readonly bases = new Map<string, number>()

  builds({ variant }: CompiledUnit): boolean {
    return variant === 'profile'
  }

  instrument(side: Side, unit: CompiledUnit): Readonly<Record<'begins' | 'goesOn' | 'ends', unknown>> {
    const base = this.baseOf(side.kind, unit)
    const callers: (Node | null)[] = []
    let depth = 0
    let current: Node | null = null
    let ticks = 0
    let bytes = 0
    const push = (point: number, calls: number) => {
      const left = ticksLeft()
      const total = allocated()
      callers[depth++] = current
      const fn = base + point
      if (current === null) current = this.node(null, fn)
      else {
        current.ticks += ticks - left
        current.bytes += total - bytes
        const { recent } = current
        current = recent !== null && recent.fn === fn ? recent : this.node(current, fn)
      }
      if (current !== null) current.calls += calls
      ticks = left
      bytes = total
    }
    // Nothing of the host is reachable from here but these three.
    return {
      begins: (point: number) => push(point, 1),
      goesOn: (point: number) => push(point, 0),
      ends() {
        const left = ticksLeft()
        const total = allocated()
        if (current !== null) {
          current.ticks += ticks - left
          current.bytes += total - bytes
        }
        current = depth > 0 ? (callers[--depth] ?? null) : null
        ticks = left
        bytes = total
      },
    }
  }

  /** What was measured so far. */
  profile(): Profile {
    const stacks = this.nodes.map(({ parent, fn, calls, ticks, bytes }) => ({
      parent,
      fn,
      calls,
      ticks,
      bytes,
    }))
    return { functions: this.functions, stacks }
  }

  /** Where the functions of a unit begin in the list: code that begins again goes on where it was. */
  private baseOf(side: SideKind, unit: CompiledUnit): number {
    const key = `${side} ${unit.file} ${unit.code.length}`
    const known = this.bases.get(key)
    if (known !== undefined) return known
    const base = this.functions.length
    this.bases.set(key, base)
    for (const point of unit.points)
      this.functions.push({
        side,
        name: point.kind === 'function' ? point.name : '',
        file: point.first.file,
        line: point.first.line,
      })
    return base
  }

  private node(parent: Node | null, fn: number): Node | null {
    const children = parent?.children ?? this.roots
    const known = children.get(fn)
    if (known) {
      if (parent !== null) parent.recent = known
      return known
    }
    if (this.nodes.length >= mostStacks) return parent
    const at = this.nodes.length
    const node = {
      at,
      parent: parent?.at ?? -1,
      fn,
      calls: 0,
      ticks: 0,
      bytes: 0,
      children: new Map(),
      recent: null,
    }
    children.set(fn, node)
    this.nodes.push(node)
    if (parent !== null) parent.recent = node
    return node
  }
}
