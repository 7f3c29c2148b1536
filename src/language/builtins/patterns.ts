import { raise } from '../values/fault.ts'
import { type Found, match, type Pattern, patternOf } from '../values/pattern.ts'
import { text } from '../values/types.ts'
import { putField, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, word } from './builtin.ts'

/** What finds a pattern in a text. */
export const PATTERNS = [
  builtin({
    name: 'replace',
    summary: 'Replaces each occurrence of a text, or of a regular expression.',
    input: 'text',
    words: [word('old', text), word('new', text)],
    options: [
      flag('regex', 'The old text is a regular expression; $1 in the new one is its first group.'),
      flag('pattern', 'The same as --regex.'),
    ],
    examples: {
      '"a-b-c" | replace - _': 'a_b_c',
      "\"v12\" | replace --regex '(\\d)' '<$1>'": 'v<1><2>',
      '"a" | replace --regex "(" x': fails('DATA'),
    },
    run(given, { old, new: fresh, regex, pattern }, call) {
      if (regex !== true && pattern !== true) return old === '' ? given : given.replaceAll(old, () => fresh)
      return match('replace', patternOf(old, call.at('old')), given, call.task.signal, fresh)
    },
  }),
  builtin({
    name: 'parse',
    summary:
      'Takes a text apart: a record of the parts named by the pattern; null if the text is not like it.',
    input: 'text',
    words: [word('pattern', text)],
    options: [
      flag('regex', 'The pattern is a regular expression with named groups, found anywhere in the text.'),
      flag('strict', 'A text that is not like the pattern is an error.'),
    ],
    examples: {
      '"lab-1 - 404" | parse \'{host} - {code}\' | to json --compact': '{"host":"lab-1","code":"404"}',
      '"rssi=-60 ok" | parse --regex \'rssi=(?<rssi>-?\\d+)\' | get rssi': '-60',
      '["a=1", "b"] | parse \'{key}={value}\' | compact | get key': 'a',
      '"b" | parse --strict \'{key}={value}\'': fails('DATA'),
    },
    run(given, { pattern, regex, strict }, call) {
      const wanted = regex === true ? namedPattern(pattern, call) : templatePattern(pattern, call)
      const taken = (found: Found | null): Value => {
        if (found !== null) return groupsOf(found)
        if (strict !== true) return null
        const shown = JSON.stringify(given.length > 60 ? `${given.slice(0, 60)}…` : given)
        throw raise(call.place, 'DATA', `${shown} is not like "${pattern}"`, 'leave --strict out to get null')
      }
      const found = match('first', wanted, given, call.task.signal)
      return found instanceof Promise ? found.then(taken) : taken(found)
    },
  }),
  builtin({
    name: 'match-all',
    summary: 'All matches of a regular expression: texts, or records where it has named groups.',
    input: 'text',
    words: [word('pattern', text)],
    examples: {
      '"a1 b22" | match-all \'\\d+\'': '1\n22',
      '"a=1 b=2" | match-all \'(?<key>\\w)=(?<value>\\d)\' | get value': '1\n2',
      '"a" | match-all x | count': '0',
    },
    run(given, { pattern }, call) {
      const values = (all: readonly Found[]): Value =>
        all.map((found) => (found.named === undefined ? found.text : groupsOf(found)))
      const found = match('all', patternOf(pattern, call.at('pattern')), given, call.task.signal)
      return found instanceof Promise ? found.then(values) : values(found)
    },
  }),
]

/** The named groups of a match as a record; a group that took no part is null. */
function groupsOf({ named = {} }: Found): Value {
  const record: Record<string, Value> = {}
  for (const [name, part] of Object.entries(named)) putField(record, name, part ?? null)
  return record
}

function namedPattern(source: string, call: Call): Pattern {
  const pattern = patternOf(source, call.at('pattern'))
  if (/\(\?<[A-Za-z_$]/.test(pattern.regexp.source)) return pattern
  throw raise(
    call.at('pattern'),
    'DATA',
    'the pattern has no named group',
    'write (?<name>...) around what is wanted',
  )
}

const compiled = new Map<string, string>()

/** `{host} - {code}` as a pattern of the whole text: each part is as short as it can be; `{_}` is left out. */
function templatePattern(source: string, call: Call): Pattern {
  const known = compiled.get(source)
  if (known !== undefined) return patternOf(known, call.at('pattern'))
  const names = new Set<string>()
  let made = ''
  let left = source
  while (left !== '') {
    const [all = '', name] = /^(?:\{\{|\}\}|\{([^{}]*)\}|[^{}]+)/.exec(left) ?? []
    const place = call.at('pattern')
    if (all === '')
      throw raise(
        place,
        'DATA',
        `"${source}" has a brace without its other half`,
        'write {name} for a part, and {{ for a brace',
      )
    if (name === undefined) made += escaped(all === '{{' || all === '}}' ? all.slice(1) : all)
    else if (name === '' || name === '_') made += '[^]*?'
    else {
      if (!/^[A-Za-z_]\w*$/.test(name))
        throw raise(place, 'DATA', `"${name}" is no name of a part`, 'names have letters, digits and _')
      if (names.has(name)) throw raise(place, 'DATA', `"${source}" has two parts "${name}"`)
      names.add(name)
      made += `(?<${name}>[^]*?)`
    }
    left = left.slice(all.length)
  }
  if (names.size === 0)
    throw raise(
      call.at('pattern'),
      'DATA',
      `"${source}" names no part`,
      'write {name} for a part, or --regex for a regular expression',
    )
  const whole = `^${made}$`
  if (compiled.size > 500) compiled.clear()
  compiled.set(source, whole)
  return patternOf(whole, call.at('pattern'))
}

function escaped(part: string): string {
  return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
