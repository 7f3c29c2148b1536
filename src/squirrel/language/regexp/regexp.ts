import { raise } from '../run/errors.ts'

/** A set of bytes: one flag each. */
type ByteSet = Uint8Array

/** Steps of a compiled expression. */
export type Step =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'start' | 'end' | 'boundary' | 'inside' | 'match' }

/** A compiled regular expression over bytes. */
export interface Program {
  readonly steps: readonly Step[]
  /** Number of captures, the whole match included. */
  readonly captures: number
}

type Node =
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'assert'; readonly what: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly kind: 'group'; readonly slot: number | null; readonly inner: Node }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | {
      readonly kind: 'repeat'
      readonly inner: Node
      readonly least: number
      readonly most: number
      readonly greedy: boolean
    }

/** Most steps of a program: repeats with counts are written out. */
const LARGEST_PROGRAM = 20_000
const DEEPEST = 200

const CONTROL: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, '0': 0 }

const CLASSES: Readonly<Record<string, (byte: number) => boolean>> = {
  l: (byte) => byte >= 97 && byte <= 122,
  u: (byte) => byte >= 65 && byte <= 90,
  a: isLetter,
  w: isWord,
  s: (byte) => byte === 32 || (byte >= 9 && byte <= 13),
  d: isDigit,
  x: (byte) => isDigit(byte) || /[a-fA-F]/.test(String.fromCharCode(byte)),
  c: (byte) => byte < 32 || byte === 127,
  p: (byte) => byte > 32 && byte < 127 && !isDigit(byte) && !isLetter(byte),
}

/**
 * Compiles a Squirrel regular expression: `^ $ . | ( ) (?: ) [ ] * + ? {n,m}`, `\\` with the classes `l u a w s d x c p` (capital: the
 * opposite), `\\b` and `\\B`. Raises for a malformed one.
 */
export function compileRegexp(source: string): Program {
  if (source.length > LARGEST_PROGRAM) throw raise('regular expression is too large')
  const parser = new RegexpParser(source)
  const node = parser.whole()
  const steps: Step[] = []
  emit(steps, { kind: 'group', slot: 0, inner: node })
  steps.push({ kind: 'match' })
  return { steps, captures: parser.groups }
}

/** True for the bytes of `\\w`. */
export function isWord(byte: number): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 95
}

class RegexpParser {
  private readonly source: string
  private at = 0
  private depth = 0
  groups = 1

  constructor(source: string) {
    this.source = source
  }

  whole(): Node {
    const node = this.choice()
    if (this.at < this.source.length) throw raise('unexpected character')
    return node
  }

  private choice(): Node {
    if (++this.depth > DEEPEST) throw raise('regular expression is nested too deeply')
    const items = [this.sequence()]
    while (this.accept('|')) items.push(this.sequence())
    this.depth--
    return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items }
  }

  private sequence(): Node {
    const items: Node[] = []
    while (this.at < this.source.length && !'|)'.includes(this.peek())) items.push(this.repeated())
    return { kind: 'sequence', items }
  }

  private repeated(): Node {
    let node = this.atom()
    for (;;) {
      const range = this.range()
      if (range === null) return node
      const greedy = !this.accept('?')
      node = { kind: 'repeat', inner: node, least: range[0], most: range[1], greedy }
    }
  }

  private range(): [number, number] | null {
    if (this.accept('*')) return [0, Infinity]
    if (this.accept('+')) return [1, Infinity]
    if (this.accept('?')) return [0, 1]
    if (this.peek() !== '{') return null
    const match = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.source.slice(this.at, this.at + 12))
    if (match === null) throw raise('number expected')
    this.at += match[0].length
    const least = Number(match[1])
    const most = match[2] === undefined ? least : match[3] === '' ? Infinity : Number(match[3])
    if (most < least) throw raise('wrong range')
    return [least, most]
  }

  private atom(): Node {
    const char = this.next()
    switch (char) {
      case '^':
        return { kind: 'assert', what: 'start' }
      case '$':
        return { kind: 'assert', what: 'end' }
      case '.':
        return { kind: 'set', set: setOf(() => true) }
      case '(':
        return this.group()
      case '[':
        return { kind: 'set', set: this.set() }
      case '\\':
        return this.escape()
      case '*':
      case '+':
      case '?':
        throw raise('unexpected character')
      default:
        return { kind: 'set', set: single(char.charCodeAt(0)) }
    }
  }

  private group(): Node {
    const slot = this.source.startsWith('?:', this.at) ? null : this.groups++
    if (slot === null) this.at += 2
    const inner = this.choice()
    if (!this.accept(')')) throw raise('expected )')
    return { kind: 'group', slot, inner }
  }

  private escape(): Node {
    const char = this.next()
    if (char === 'b' || char === 'B') return { kind: 'assert', what: char === 'b' ? 'boundary' : 'inside' }
    return { kind: 'set', set: escapedSet(char) }
  }

  private set(): ByteSet {
    const negated = this.accept('^')
    const set = setOf(() => false)
    let first = true
    while (first || this.peek() !== ']') {
      first = false
      const low = this.setMember(set)
      if (low === null || this.peek() !== '-' || this.source[this.at + 1] === ']') continue
      this.at++
      const high = this.setMember(set)
      if (high === null || high < low) throw raise('invalid range')
      set.fill(1, low, high + 1)
    }
    this.at++
    return negated ? set.map((flag) => 1 - flag) : set
  }

  /** Adds one member and returns its byte, null for a class. */
  private setMember(set: ByteSet): number | null {
    const char = this.next()
    const added = char === '\\' ? escapedSet(this.next()) : single(char.charCodeAt(0))
    let count = 0
    for (let byte = 0; byte < 256; byte++) {
      if (added[byte] === 0) continue
      set[byte] = 1
      count++
    }
    return count === 1 ? added.indexOf(1) : null
  }

  private peek(): string {
    return this.source[this.at] ?? ''
  }

  private next(): string {
    const char = this.source[this.at++]
    if (char === undefined) throw raise('unexpected end of the regular expression')
    return char
  }

  private accept(char: string): boolean {
    if (this.peek() !== char) return false
    this.at++
    return true
  }
}

function emit(steps: Step[], node: Node): void {
  if (steps.length > LARGEST_PROGRAM) throw raise('regular expression is too large')
  switch (node.kind) {
    case 'set':
      steps.push(node)
      return
    case 'assert':
      steps.push({ kind: node.what })
      return
    case 'sequence':
      for (const item of node.items) emit(steps, item)
      return
    case 'group':
      if (node.slot !== null) steps.push({ kind: 'save', slot: node.slot * 2 })
      emit(steps, node.inner)
      if (node.slot !== null) steps.push({ kind: 'save', slot: node.slot * 2 + 1 })
      return
    case 'choice':
      emitChoice(steps, node.items)
      return
    case 'repeat':
      emitRepeat(steps, node)
  }
}

function emitChoice(steps: Step[], items: readonly Node[]): void {
  const jumps: number[] = []
  for (const [index, item] of items.entries()) {
    if (index === items.length - 1) {
      emit(steps, item)
      continue
    }
    const split = steps.push({ kind: 'match' }) - 1
    emit(steps, item)
    jumps.push(steps.push({ kind: 'match' }) - 1)
    steps[split] = { kind: 'split', first: split + 1, second: steps.length }
  }
  for (const jump of jumps) steps[jump] = { kind: 'jump', to: steps.length }
}

function emitRepeat(steps: Step[], node: Extract<Node, { kind: 'repeat' }>): void {
  for (let count = 0; count < node.least; count++) emit(steps, node.inner)
  if (node.most === Infinity) {
    const split = steps.push({ kind: 'match' }) - 1
    emit(steps, node.inner)
    steps.push({ kind: 'jump', to: split })
    steps[split] = branch(node.greedy, split + 1, steps.length)
    return
  }
  const splits: number[] = []
  for (let count = node.least; count < node.most; count++) {
    splits.push(steps.push({ kind: 'match' }) - 1)
    emit(steps, node.inner)
  }
  for (const split of splits) steps[split] = branch(node.greedy, split + 1, steps.length)
}

function branch(greedy: boolean, inside: number, after: number): Step {
  return greedy
    ? { kind: 'split', first: inside, second: after }
    : { kind: 'split', first: after, second: inside }
}

function escapedSet(char: string): ByteSet {
  const control = Object.hasOwn(CONTROL, char) ? CONTROL[char] : undefined
  if (control !== undefined) return single(control)
  const lower = char.toLowerCase()
  const test = Object.hasOwn(CLASSES, lower) ? CLASSES[lower] : undefined
  if (test === undefined) return single(char.charCodeAt(0))
  return setOf(char === lower ? test : (byte) => !test(byte))
}

function setOf(test: (byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0))
}

function single(byte: number): ByteSet {
  return setOf((other) => other === byte)
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function isLetter(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}
