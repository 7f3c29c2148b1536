import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { runBuilder } from './builder.ts'

// The corpus uses every feature of the language; the output must equal that of npm Builder 4.2.1 byte for byte.
const CORPUS = fileURLToPath(new URL('../fixtures/preprocess/', import.meta.url))
const VARIABLES = {
  text: 'given',
  number: 42,
  flag: true,
  nothing: null,
  list: [1, [2, 3]],
  record: { name: 'n', inner: { deep: 5 } },
}
process.env['FROM_ENV'] = 'environment'

describe('the corpus gives the same output as npm Builder', () => {
  for (const name of readdirSync(CORPUS).filter((file) => file.endsWith('.nut'))) {
    for (const lineControl of [false, true]) {
      test(`${name} with line control ${lineControl ? 'on' : 'off'}`, async () => {
        const source = readFileSync(join(CORPUS, name), 'utf8')
        // A byte order mark before text stays in the output of Builder, where no compiler takes it.
        const theirs = runBuilder(source.replace(/^\ufeff/, ''), name, CORPUS, VARIABLES, { lineControl })
        assert.ok('code' in theirs, JSON.stringify(theirs))
        assert.ok(theirs.code.length > 20)
        const ours = await preprocess({ source, name, path: CORPUS }, { variables: VARIABLES, lineControl })
        assert.equal(ours.code, theirs.code)
      })
    }
  }
})

describe('both refuse', () => {
  const refused = [
    '@if 1\n',
    '@end\n',
    '@endif\n',
    '@else\n',
    '@elseif 1\n',
    '@if\n@end',
    '@if 1\n@endwhile',
    '@if 1\n@else\n@else\n@end',
    '@if 1\n@else\n@elseif 1\n@end',
    '@if 1\n@else if 2\n@end',
    '@if 1\n@end if',
    '@repeat 1\n@else\n@end',
    '@repeat\n@end',
    '@while\n@end',
    '@set\n',
    '@set a\n',
    '@set a =\n',
    '@set 1 2\n',
    '@set a == 1\n',
    '@set a b c\n',
    "@set a '1\n",
    '@include\n',
    '@include once\n',
    '@include 1\n',
    '@include null\n',
    '@include missing\n',
    '@include "missing.nut"\n',
    '@include "parts"\n',
    '@{include("missing.nut")}',
    '@{include()}',
    '@macro\n@end',
    '@macro m\n@end',
    '@macro m(1)\n@end',
    '@macro m(a\n@end',
    '@macro m()\n@end\n@macro m()\n@end',
    '@macro m()\n@set m 5\n@end\n@{m()}@{m()}',
    '@macro m()\n@{m()}\n@end\n@{m()}',
    '@include "parts/cycle.txt"',
    '@error "reason"',
    '@error\n',
    '@warning\n',
    '@{}',
    '@{1+}',
    '@{(1}',
    '@{1)}',
    "@{'a}",
    '@{1 2}',
    '@{1,2}',
    '@{1===1}',
    '@{1&2}',
    '@{~1}',
    '@{a=1}',
    '@{this}',
    '@{0x10}',
    '@{1a}',
    "@{'abc'.length}",
    '@{[1,2][0]}',
    '@{([1,2])[2]}',
    "@{('abc').length}",
    '@{missing.x}',
    '@{record.missing}',
    '@{1/0}',
    '@{1%0}',
    '@{min()}',
    '@{missing(1)}',
    '@{1|missing}',
    '@{1|2}',
    "@{defined('a')}",
    '@{defined(a.b)}',
    '@{defined()}',
    '@{S.trim()}',
    '@{S.trim(null)}',
    '@{S.missing("a")}',
    "@{S.repeat('a', -1)}",
    '@if 0\n@{1+}\n@end',
    '@if 0\n@include\n@end',
  ]
  for (const source of refused) {
    test(JSON.stringify(source), async () => {
      assert.ok('error' in runBuilder(source, 'main', CORPUS, VARIABLES))
      await assert.rejects(preprocess({ source, name: 'main', path: CORPUS }, { variables: VARIABLES }), {
        name: 'PreprocessError',
        message: /^[^\n]+ \([^()\n]+:\d+\)$/,
      })
    })
  }
})

describe('deliberate differences from npm Builder', () => {
  // `builder` is its output, or undefined where it fails.
  const differences: { why: string; source: string; builder: string | RegExp | undefined; ours: string }[] = [
    {
      why: 'a lone carriage return is kept and ends no line; Builder drops it and counts a line too many',
      source: 'x\ry\n@{__LINE__}',
      builder: 'xy\n4',
      ours: 'x\ry\n2',
    },
    {
      why: 'a line separator of Unicode is kept and ends no line',
      source: 'x\u2028y\n@{__LINE__}',
      builder: 'xy\n4',
      ours: 'x\u2028y\n2',
    },
    {
      why: 'the right side of && and || is evaluated only when needed, so that the left side can guard it',
      source: '@{defined(nope) && nope.x}@{1 || nope()}',
      builder: undefined,
      ours: 'false1',
    },
    {
      why: 'a function of S as text is its name, not the source code of the preprocessor',
      source: '@{S.trim}',
      builder: /^function/,
      ours: 'S.trim',
    },
    {
      why: '"include once" tells files apart by where they are, not by how the include is written',
      source: '@include "parts/x/once.txt"\n@include "parts/y/once.txt"\n',
      builder: 'of x\n',
      ours: 'of x\nof y\n',
    },
  ]
  for (const { why, source, builder, ours } of differences) {
    test(why, async () => {
      const theirs = runBuilder(source, 'main', CORPUS)
      const code = 'code' in theirs ? theirs.code : undefined
      if (builder instanceof RegExp) assert.match(code ?? '', builder)
      else assert.equal(code, builder)
      assert.equal((await preprocess({ source, name: 'main', path: CORPUS })).code, ours)
    })
  }

  test('only own properties are reached, never the constructors of the host', async () => {
    const source = "@{S.constructor('reached')}"
    assert.deepEqual(runBuilder(source, 'main', CORPUS), { code: 'reached', warnings: [] })
    await assert.rejects(
      preprocess({ source, name: 'main', path: CORPUS }),
      /There is no property "constructor"/,
    )
  })

  // Builder never ends on these, so that it cannot be run on them.
  test('@repeat takes a number in a string, as variables of a command line are, and refuses what is no count', async () => {
    const { code } = await preprocess(
      { source: '@repeat n\nx\n@end', name: 'main' },
      { variables: { n: '2' } },
    )
    assert.equal(code, 'x\nx\n')
    for (const times of ['-1', '1.5', "'a'", 'null', 'true', '[]']) {
      await assert.rejects(
        preprocess({ source: `@repeat ${times}\nx\n@end`, name: 'main' }),
        /needs a whole number/,
      )
    }
  })

  test('a source that is named absolutely finds the files next to it', async () => {
    const source = '@include "parts/a.nut"'
    const name = join(CORPUS, 'main')
    assert.ok('error' in runBuilder(source, name, tmpdir()))
    assert.equal((await preprocess({ source, name })).code, 'A1\nA2\n')
  })
})
