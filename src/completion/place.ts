import type { Parsed, Token } from '../language/syntax/parse.ts'

/** Reads a text; the same text twice costs nothing. */
export type Parse = (text: string) => Parsed

/** One word before the cursor, as it was typed. */
export interface PlaceWord {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Where the cursor stands in its statement. Only the text before it counts. */
export interface Place {
  /** The words of this command before the one that is being typed; the first is its head. */
  readonly words: readonly PlaceWord[]
  /** What is being typed: the part of the word before the cursor. */
  readonly typed: PlaceWord
  /** The command reads a pipe. */
  readonly piped: boolean
  /** The head of the pipeline, where fields come from. */
  readonly source: readonly PlaceWord[]
  /** The command stands at the very start of the input. */
  readonly isFirst: boolean
  /** Inside `${ }`, where names are variables. */
  readonly isInterpolation: boolean
}

interface Segment {
  readonly tokens: Token[]
  readonly piped: boolean
  readonly source: readonly PlaceWord[] | undefined
  readonly isFirst: boolean
  readonly isInterpolation: boolean
  /** What stands before `=` in `let` and `set` is no command. */
  readonly assigns: boolean
}

/** Finds the command and the word that end at the cursor, from the tokens of the parser; the text may be unfinished or wrong. */
export function placeAt(text: string, cursor: number, parse: Parse): Place {
  const before = text.slice(0, cursor)
  const { tokens } = parse(before)
  const segment = segmentAt(before, tokens)
  const words = wordsOf(before, segment.tokens)
  const last = words.at(-1)
  const typed = last !== undefined && last.end === cursor ? last : { text: '', start: cursor, end: cursor }
  const given = typed === last ? words.slice(0, -1) : words
  return {
    words: given,
    typed,
    piped: segment.piped,
    source: segment.source ?? given,
    isFirst: segment.isFirst,
    isInterpolation: segment.isInterpolation,
  }
}

/** The tokens of the innermost command at the end of the text. */
function segmentAt(text: string, tokens: readonly Token[]): Segment {
  const outer: Segment[] = []
  const fresh = (): Segment => ({
    tokens: [],
    piped: false,
    source: undefined,
    isFirst: false,
    isInterpolation: false,
    assigns: false,
  })
  let segment: Segment = { ...fresh(), isFirst: true }
  for (const token of tokens) {
    const shown = text.slice(token.start, token.end)
    if (isSeparator(token, shown)) {
      segment =
        shown === '|'
          ? { ...fresh(), piped: true, source: segment.source ?? wordsOf(text, segment.tokens) }
          : fresh()
    } else if (token.kind === 'punctuation' && /^[$]?[({]$/.test(shown)) {
      outer.push(segment)
      segment = { ...fresh(), isInterpolation: shown === '${' }
    } else if (token.kind === 'punctuation' && /^[)}]$/.test(shown)) {
      const before = outer.pop()
      // What stood in brackets is a part of a word of the command around them.
      if (before) before.tokens.push(...segment.tokens, token)
      segment = before ?? fresh()
    } else if (token.kind === 'keyword' && !isSetting(text, segment, shown)) {
      segment = { ...fresh(), assigns: shown === 'let' || shown === 'set' }
      if (shown === 'catch' || shown === 'with') segment.tokens.push(token)
    } else if (segment.assigns && shown === '=') segment = fresh()
    else segment.tokens.push(token)
  }
  return segment
}

/** The settings of `with` are keywords too, but no statements. */
function isSetting(text: string, { tokens: [first] }: Segment, shown: string): boolean {
  return first !== undefined && shown !== 'with' && text.slice(first.start, first.end) === 'with'
}

function isSeparator({ kind }: Token, shown: string): boolean {
  if (kind === 'newline') return true
  if (kind === 'operator') return shown === '|' || shown === '&&' || shown === '||'
  return kind === 'punctuation' && shown === ';'
}

/** Tokens that touch are one word. */
function wordsOf(text: string, tokens: readonly Token[]): readonly PlaceWord[] {
  const words: PlaceWord[] = []
  for (const { kind, start, end } of tokens) {
    if (kind === 'space' || kind === 'comment') continue
    const last = words.at(-1)
    if (last?.end === start)
      words[words.length - 1] = { text: text.slice(last.start, end), start: last.start, end }
    else words.push({ text: text.slice(start, end), start, end })
  }
  return words
}

/** What a half-typed word means: without its quotes. */
export function meaningOf(typed: string): string {
  if (/^\$?'/.test(typed)) return typed.replace(/^\$?'/, '').replace(/'$/, '')
  if (typed.startsWith('"'))
    return typed
      .slice(1)
      .replace(/"$/, '')
      .replace(/\\(["\\$])/g, '$1')
  return typed
}
