/** Reports of a profile: a table for people, stacks for flame graphs, JSON. */
import type { Profile } from '../../squirrel/measure/profiler.ts'

/** What one function cost in all its calls. `total` counts what it called too, and a function that calls itself once. */
export interface FunctionCost {
  readonly side: string
  readonly name: string
  readonly file: string
  readonly line: number
  readonly calls: number
  readonly own: number
  readonly total: number
  readonly bytes: number
}

const MOST_ROWS = 30

/** What was measured on these sides: that a side without code began is nothing that anybody wrote. */
export function ofSides({ functions, stacks }: Profile, sides: readonly string[]): Profile {
  const places = new Map([[-1, -1]])
  const kept: Profile['stacks'] = []
  for (const [at, stack] of stacks.entries()) {
    if (!sides.includes(functions[stack.fn]?.side ?? '')) continue
    places.set(at, kept.length)
    kept.push({ ...stack, parent: places.get(stack.parent) ?? -1 })
  }
  return { functions, stacks: kept }
}

/** The functions that ran, those first that cost most themselves. */
export function costsOf({ functions, stacks }: Profile): readonly FunctionCost[] {
  const totals = stacks.map(({ ticks }) => ticks)
  // Parents come first, so that going backwards each child is complete.
  for (let at = stacks.length - 1; at >= 0; at--) {
    const parent = stacks[at]?.parent ?? -1
    if (parent >= 0) totals[parent] = (totals[parent] ?? 0) + (totals[at] ?? 0)
  }
  const costs = new Map<number, { calls: number; own: number; total: number; bytes: number }>()
  for (const [at, { fn, calls, ticks, bytes, parent }] of stacks.entries()) {
    const cost = costs.get(fn) ?? { calls: 0, own: 0, total: 0, bytes: 0 }
    cost.calls += calls
    cost.own += ticks
    cost.bytes += bytes
    if (!isBelow(stacks, parent, fn)) cost.total += totals[at] ?? 0
    costs.set(fn, cost)
  }
  return [...costs]
    .flatMap(([fn, cost]) => {
      const named = functions[fn]
      return named === undefined ? [] : [{ ...named, ...cost }]
    })
    .sort((a, b) => b.own - a.own || b.calls - a.calls || (a.name < b.name ? -1 : 1))
}

/** The dearest functions as a table; where that is wider than the terminal (`width`, columns), three lines a function. */
export function profileTable(profile: Profile, width = Infinity): string {
  const costs = costsOf(profile)
  const sum = costs.reduce((all, { own }) => all + own, 0)
  const head = ['own ticks', '', 'total', 'calls', 'bytes', 'function']
  const rows = costs
    .slice(0, MOST_ROWS)
    .map(({ side, name, file, line, calls, own, total, bytes }) => [
      String(own),
      `${sum === 0 ? 0 : Math.round((own * 100) / sum)} %`,
      String(total),
      String(calls),
      String(bytes),
      `${name} at ${file}:${line} (${side})`,
    ])
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const more = costs.length > rows.length ? `${costs.length - rows.length} more functions.\n` : ''
  const lines = [head, ...rows].map((row) =>
    row.map((text, at) => (at === row.length - 1 ? text : text.padStart(widths[at] ?? 0))).join('  '),
  )
  const isTooWide = lines.some((line) => line.length > width)
  return `${(isTooWide ? rows.map(narrowRow) : lines).join('\n')}\n${more}`
}

function narrowRow([own, share, total, calls, bytes, name]: readonly string[]): string {
  return `${name}\n  own ${own} (${share}), total ${total}\n  calls ${calls}, bytes ${bytes}`
}

/** One line a stack, `outer;inner TICKS`, as the makers of flame graphs read it. */
export function foldedStacks({ functions, stacks }: Profile): string {
  const lines: string[] = []
  const names: string[] = []
  for (const [at, { parent, fn, ticks }] of stacks.entries()) {
    const { side = '', name = '', file = '', line = 0 } = functions[fn] ?? {}
    const frame = `${name} (${file}:${line})`.replaceAll(';', ':').replaceAll('\n', ' ')
    names[at] = parent < 0 ? `${side};${frame}` : `${names[parent]};${frame}`
    if (ticks > 0) lines.push(`${names[at]} ${ticks}\n`)
  }
  return lines.join('')
}

/** Whether a function runs already in a stack or above it. */
function isBelow(stacks: Profile['stacks'], from: number, fn: number): boolean {
  for (let at = from; at >= 0; at = stacks[at]?.parent ?? -1) if (stacks[at]?.fn === fn) return true
  return false
}
