import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { run } from '../fake-host.ts'
import { fc } from '../../properties.ts'

/** Characters that mean something to one of the two. */
const char = fc.constantFrom(...'ab 1~*?$"\'\\{}[]|&;<>()#!`=-\t\n'.split(''), 'é', '日')
const plain = fc
  .array(fc.constantFrom(...'abcXYZ019_./:@%+,^-'.split('')), { minLength: 1, maxLength: 6 })
  .map((chars) => `x${chars.join('')}`)
const single = fc.array(char, { maxLength: 8 }).map((chars) => `'${chars.join('').replaceAll("'", '')}'`)
const escape = fc.constantFrom(
  '\\"',
  '\\\\',
  '\\$',
  '\\n',
  '\\ ',
  '\\a',
  "'",
  'a',
  ' ',
  '*',
  '~',
  '#',
  '|',
  '&',
  ';',
  '(',
  '$ ',
  '$.',
  '$HOME_X.',
  '${HOME_X}',
  'C:\\Code',
  '\\\n',
)
const double = fc.array(escape, { maxLength: 6 }).map((parts) => `"${parts.join('')}"`)
const ansi = fc
  .array(
    fc.constantFrom(
      '\\n',
      '\\t',
      '\\\\',
      "\\'",
      '\\"',
      '\\x41',
      '\\e',
      '\\a',
      '\\r',
      '\\101',
      'a',
      ' ',
      '$',
      '"',
      '\\u00e9',
    ),
    { maxLength: 6 },
  )
  .map((parts) => `$'${parts.join('')}'`)
const escaped = fc.constantFrom("\\'", '\\"', '\\$')
const variable = fc.constantFrom('${HOME_X}')
const word = fc
  .array(fc.oneof(plain, single, double, ansi, escaped, variable), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''))

/** The arguments as bash passes them to a program. */
function inBash(words: readonly string[]): string[] {
  const out = execFileSync('bash', ['-c', `printf '%s\\0' ${words.join(' ')}`], {
    env: { HOME_X: 'a value', LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return out.split('\0').slice(0, -1)
}

test('words that bash and impt share give the same arguments, but a variable is never split', async () => {
  const cases = fc.sample(fc.array(word, { minLength: 1, maxLength: 5 }), { numRuns: 120, seed: 7 })
  for (const words of cases) {
    // bash splits a variable outside of quotes; impt never does.
    const bash = inBash(
      words.map((text) =>
        text.replace(/\$\{HOME_X\}/g, (all, at: number) => (quotedAt(text, at) ? all : `"${all}"`)),
      ),
    )
    const { out, err } = await run(
      `let HOME_X = "a value"\nfn show(...all) { $all }\nshow ${words.join(' ')} | to json --compact`,
    )
    assert.equal(err, '', words.join(' '))
    assert.deepEqual(JSON.parse(out), bash, words.join(' '))
  }
})

/** Whether an offset of a word is inside of double quotes. */
function quotedAt(text: string, at: number): boolean {
  let quote = ''
  for (let index = 0; index < at; index += 1) {
    const char = text[index]
    if (char === '\\' && quote !== "'") index += 1
    else if (quote === '' && (char === '"' || char === "'"))
      quote = char === "'" && text[index - 1] === '$' ? 'ansi' : char
    else if (quote === 'ansi' ? char === "'" : char === quote) quote = ''
  }
  return quote === '"'
}
