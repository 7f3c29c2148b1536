/**
 * `regexp2` of agents: the syntax of RE2, of which what cannot explode is offered. Patterns are rewritten for the matcher of `regexp`, whose
 * time is at most pattern times text.
 */
import { SqClass } from '../language/values/class.ts'
import { raise } from '../language/run/errors.ts'
import { nativeClass } from '../language/library/native.ts'
import { compileRegexp } from '../language/regexp/regexp.ts'
import { SqFunction } from '../language/values/values.ts'
import type { Side } from '../side.ts'

const longestPattern = 256
/** The platform allows this many objects at a time. Whether one is still in use cannot be seen, so different patterns are counted. */
const mostPatterns = 10

/** The class `regexp2` of a side; the methods are those of `regexp`. */
export function regexp2Class(side: Side): SqClass {
  const patterns = new Set<string>()
  const simple = side.vm.root.get('regexp') as SqClass
  const methods = ['match', 'search', 'capture', 'subexpcount'].flatMap((name) => {
    const member = simple.members.get(name)
    return member instanceof SqFunction ? [member] : []
  })
  return nativeClass(
    'regexp2',
    (instance, pattern = null) => {
      if (typeof pattern !== 'string') throw raise("parameter 1 has an invalid type ; expected: 'string'")
      if (pattern.length > longestPattern)
        throw raise(`regexp2: the pattern is longer than ${longestPattern} characters`)
      patterns.add(pattern)
      if (patterns.size > mostPatterns) throw raise(`regexp2: more than ${mostPatterns} objects`)
      instance.native = { regexp: compileRegexp(rewritten(pattern)) }
    },
    methods,
  )
}

const classNames: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  blank: ' \\t',
  punct: '!-/:-@\\[-`{-~',
  word: '\\w',
  xdigit: '0-9a-fA-F',
  cntrl: '\\0-\x1f\x7f',
  print: ' -~',
  graph: '!-~',
}

/** The pattern in the syntax of `regexp`; raises for what RE2 does not know or this subset does not offer. */
function rewritten(pattern: string): string {
  let at = 0
  let foldCase = false
  let dotAll = false
  let result = ''
  while (at < pattern.length) {
    const char = pattern[at] as string
    if (char === '\\') result += escape(false)
    else if (char === '[') result += set()
    else if (char === '(') result += open()
    else {
      at++
      result += char === '.' ? (dotAll ? '.' : '[^\\n]') : folded(char)
    }
  }
  return result

  function escape(inSet: boolean): string {
    const char = pattern[at + 1]
    if (char === undefined) throw raise('regexp2: trailing \\')
    at += 2
    if ('dDwWsS'.includes(char) || (!inSet && 'bB'.includes(char))) return `\\${char}`
    if (!inSet && char === 'A') return '^'
    if (!inSet && char === 'z') return '$'
    if (char === 'x') return hex()
    const control: Readonly<Record<string, string>> = {
      n: '\n',
      t: '\t',
      r: '\r',
      f: '\f',
      v: '\v',
      a: '\x07',
    }
    if (Object.hasOwn(control, char)) return literal((control[char] as string).charCodeAt(0))
    if (/[A-Za-z0-9]/.test(char)) throw raise(`regexp2: \\${char} is not available`)
    return `\\${char}`
  }

  function hex(): string {
    const match = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]{1,2})\})/.exec(pattern.slice(at))
    if (!match) throw raise('regexp2: wrong \\x')
    at += match[0].length
    return literal(Number.parseInt(match[1] ?? match[2] ?? '', 16))
  }

  function literal(code: number): string {
    const char = String.fromCharCode(code)
    return /[\w\s]/.test(char) ? char : `\\${char}`
  }

  function folded(char: string): string {
    return foldCase && /[a-zA-Z]/.test(char) ? `[${char.toLowerCase()}${char.toUpperCase()}]` : char
  }

  function open(): string {
    const flags = /^\(\?([is]+)\)/.exec(pattern.slice(at))
    const named = /^\(\?P?<\w+>/.exec(pattern.slice(at))
    const head = flags?.[0] ?? named?.[0] ?? (pattern.startsWith('(?:', at) ? '(?:' : '(')
    if (head === '(' && pattern[at + 1] === '?') throw raise('regexp2: this kind of group is not available')
    at += head.length
    foldCase ||= flags?.[1]?.includes('i') ?? false
    dotAll ||= flags?.[1]?.includes('s') ?? false
    return flags ? '' : named ? '(' : head
  }

  function set(): string {
    let body = '['
    at++
    if (pattern[at] === '^') body += pattern[at++]
    for (let first = true; first || pattern[at] !== ']'; first = false) {
      const char = pattern[at]
      if (char === undefined) throw raise('regexp2: missing ]')
      const name = /^\[:(\w+):\]/.exec(pattern.slice(at))
      if (name) {
        const members = Object.hasOwn(classNames, name[1] as string)
          ? classNames[name[1] as string]
          : undefined
        if (members === undefined) throw raise(`regexp2: unknown class ${name[0]}`)
        at += name[0].length
        body += members
      } else if (char === '\\') body += escape(true)
      else {
        at++
        body += setMember(char)
      }
    }
    at++
    return `${body}]`
  }

  function setMember(char: string): string {
    if (!foldCase || !/[a-zA-Z]/.test(char)) return char === ']' || char === '[' ? `\\${char}` : char
    const range = /^-([a-zA-Z])/.exec(pattern.slice(at))
    if (range) at += 2
    const last = range?.[1] ?? char
    return `${char.toLowerCase()}-${last.toLowerCase()}${char.toUpperCase()}-${last.toUpperCase()}`
  }
}
