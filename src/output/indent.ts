/** What a token does to the indentation of lines. `joins`: a line that it begins goes on with the one before; `leads`: the next line goes on with its own. */
type Role = 'open' | 'close' | 'joins' | 'leads' | 'label' | 'plain'

/** A piece of a text that is no blank, in order; what it holds is never changed, line ends included. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly role: Role
}

/** Lines (from 0, both inclusive) that stand one step further in, such as the body of an `if` without braces. */
export interface Inner {
  readonly first: number
  readonly last: number
}

/** An open bracket: how far in its line stands, and whether what it holds began on that line. */
interface Open {
  readonly steps: number
  readonly line: number
  readonly isFilled: boolean
  /** A label such as `case 1:` has come: what follows stands one step further in. */
  labelled: boolean
}

/**
 * Indents the lines of a text by its brackets, and takes blanks off their ends. Lines stay lines; a line that begins inside a piece is left as it
 * is. `keeps` names lines that are never touched.
 */
export function indented(
  text: string,
  pieces: readonly Piece[],
  unit: string,
  inner: readonly Inner[] = [],
  keeps: (line: string) => boolean = () => false,
): string {
  const lines = text.split('\n')
  const open: Open[] = []
  const result: string[] = []
  let at = 0
  let next = 0
  let leads = false
  for (const [number, line] of lines.entries()) {
    const start = at
    const end = at + line.length
    at = end + 1
    const before = pieces[next - 1]
    const isInside = before !== undefined && before.start < start && before.end > start
    const first = next
    while ((pieces[next]?.start ?? Number.POSITIVE_INFINITY) < end) next++
    const here = pieces.slice(first, next)
    const isCut = (pieces[next - 1]?.end ?? 0) > end
    const body = isCut ? line : line.replace(/[ \t\r]+$/, '')
    const steps = stepsOf(here, number)
    const isKept = isInside || keeps(line)
    result.push(
      isKept ? body : body.trimStart() === '' ? '' : unit.repeat(steps) + body.replace(/^[ \t]+/, ''),
    )
    take(here, steps, number, end)
  }
  return result.join('\n')

  function stepsOf(here: readonly Piece[], line: number): number {
    const closing = here.findIndex(({ role }) => role !== 'close')
    const closers = closing < 0 ? here.length : closing
    if (closers > 0) return open.at(-closers)?.steps ?? 0
    const top = open.at(-1)
    const isLabel = here[0]?.role === 'label'
    const own = top === undefined ? 0 : top.steps + 1 + (top.labelled && !isLabel ? 1 : 0)
    const deeper = inner.filter(
      ({ first, last }) => first <= line && line <= last && first > (top?.line ?? -1),
    ).length
    const goesOn = (here[0]?.role === 'joins' || leads) && top?.isFilled !== true ? 1 : 0
    return own + deeper + goesOn
  }

  function take(here: readonly Piece[], steps: number, line: number, end: number): void {
    for (const [index, { role, end: behind }] of here.entries()) {
      if (role === 'open') {
        const isFilled = here[index + 1] !== undefined || behind > end
        open.push({ steps, line, isFilled, labelled: false })
      } else if (role === 'close') open.pop()
    }
    const top = open.at(-1)
    if (here[0]?.role === 'label' && top !== undefined) top.labelled = true
    // A line of comments alone changes nothing.
    if (here.length > 0) leads = here.at(-1)?.role === 'leads'
  }
}
