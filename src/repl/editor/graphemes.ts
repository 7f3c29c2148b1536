import { visible } from '../../output/visible.ts'

/** Combining marks and everything else that can join with what stands before it begin here. */
const FIRST_COMBINING = 0x300
/** How far is looked for the other end of one character: longer clusters are split. */
const LONGEST_CLUSTER = 256
const TAB = '  '
const ELLIPSIS = 0x2026
const PROMPT_MARK = 0x203a

/** What one character of the text takes on the screen. */
interface Cell {
  readonly text: string
  /** Columns: 0, 1, 2, or more for a control character that is shown escaped. */
  readonly width: number
}

/** The end of the character (grapheme cluster) that begins at this offset. */
export function nextBoundary(text: string, at: number): number {
  if (at >= text.length) return text.length
  if (isSimple(text, at) && (at + 1 >= text.length || isSimple(text, at + 1))) return at + 1
  const [first] = segmenter().segment(text.slice(at, at + LONGEST_CLUSTER))
  return at + (first?.segment.length ?? 1)
}

/** How far from `at` to `to` the text is printable ASCII, each character of which takes one column and joins with nothing. */
export function endOfPlain(text: string, at: number, to: number): number {
  let end = at
  while (end < to && isPlain(text.charCodeAt(end))) end += 1
  return end > at && end < text.length && !isSimple(text, end) ? end - 1 : end
}

function isPlain(code: number): boolean {
  return code >= 0x20 && code < 0x7f
}

/** The start of the character that ends at this offset. */
export function previousBoundary(text: string, at: number): number {
  if (at <= 0) return 0
  if (isSimple(text, at - 1)) return at - 1
  const from = Math.max(text.lastIndexOf('\n', at - 1) + 1, at - LONGEST_CLUSTER)
  let start = from
  for (const { index } of segmenter().segment(text.slice(from, at))) start = from + index
  return start
}

/** The nearest boundary at or before an offset, so that the cursor never stands inside a character. */
export function boundaryAt(text: string, at: number): number {
  const offset = Math.max(0, Math.min(at, text.length))
  if (offset === text.length || isSimple(text, offset)) return offset
  const before = previousBoundary(text, offset)
  return nextBoundary(text, before) > offset ? before : offset
}

/** How a character is shown: what the terminal would obey is escaped. */
export function cellOf(cluster: string): Cell {
  const code = cluster.charCodeAt(0)
  if (cluster.length === 1 && code >= 0x20 && code < 0x7f) return { text: cluster, width: 1 }
  const known = cells.get(cluster)
  if (known !== undefined) return known
  const text = cluster === '\t' ? TAB : visible(cluster)
  const cell = { text, width: measure(text) }
  if (cells.size > 5000) cells.clear()
  cells.set(cluster, cell)
  return cell
}

/** Loads what measures every character exactly. It takes longer than all the rest of the prompt, so it comes after the first drawing. */
export async function loadWidths(): Promise<void> {
  const { default: stringWidth } = await import('string-width')
  measure = stringWidth
  cells.clear()
}

/** Columns that a text without line ends takes, control characters escaped. */
export function columnsOf(text: string): number {
  if (PRINTABLE.test(text)) return text.length
  let columns = 0
  for (let at = 0; at < text.length;) {
    const end = nextBoundary(text, at)
    columns += cellOf(text.slice(at, end)).width
    at = end
  }
  return columns
}

/** Cuts a text to a number of columns, with `…` at its end where something is left out. Control characters are escaped. */
export function cutTo(text: string, columns: number): string {
  if (columns <= 0) return ''
  const shown = visible(text)
  if (columnsOf(shown) <= columns) return shown
  let used = 0
  let at = 0
  while (at < shown.length) {
    const end = nextBoundary(shown, at)
    const { width } = cellOf(shown.slice(at, end))
    if (used + width > columns - 1) break
    used += width
    at = end
  }
  return `${shown.slice(0, at)}…`
}

const PRINTABLE = /^[\x20-\x7e]*$/
const ZERO = /\p{Mark}|\p{Default_Ignorable_Code_Point}/u
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u

/** Near enough until the exact one is there: the first character of a cluster decides. */
let measure = (text: string): number => {
  if (PRINTABLE.test(text)) return text.length
  return WIDE.test(text) ? 2 : ZERO.test(text.charAt(0)) ? 0 : 1
}
const cells = new Map<string, Cell>()
let made: Intl.Segmenter | undefined

function segmenter(): Intl.Segmenter {
  made ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return made
}

/** Whether what stands here joins with nothing before it. The marks of the prompt do not, so that its first drawing needs no segmenter. */
function isSimple(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code < FIRST_COMBINING || code === ELLIPSIS || code === PROMPT_MARK
}
