import assert from 'node:assert/strict'
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { complete, type Known } from '../../src/completion/complete.ts'
import { optionAt, topicAt } from '../../src/completion/option-at.ts'
import { quotedWord } from '../../src/completion/quoted.ts'
import { createParser } from '../../src/repl/syntax.ts'
import { REPL_WORDS } from '../../src/repl/words/index.ts'
import { parse } from '../../src/language/syntax/parse.ts'
import { openEntityCache } from '../../src/entities/cache.ts'
import { fc } from '../properties.ts'

const directory = mkdtempSync(join(tmpdir(), 'impt-complete-'))
mkdirSync(join(directory, 'source'))
symlinkSync('source', join(directory, 'linked'))
symlinkSync('nothing', join(directory, 'dangling'))
writeFileSync(join(directory, 'agent code.nut'), '')
writeFileSync(join(directory, 'device.nut'), '')
after(() => rmSync(directory, { recursive: true }))

const cache = openEntityCache(undefined)
cache.remember('account', [
  { id: 'a1', type: 'account', attributes: { username: 'acme', email: 'a@acme.example' } },
])
cache.remember('product', [
  { id: 'p1', type: 'product', attributes: { name: 'Thermo' }, relationships: { owner: { id: 'a1' } } },
])
cache.remember('product', [
  { id: 'p2', type: 'product', attributes: { name: 'Pump' }, relationships: { owner: { id: 'a1' } } },
])
for (const [id, product] of [
  ['g1', 'p1'],
  ['g2', 'p2'],
] as const) {
  cache.remember('dg', [
    {
      id,
      type: 'development_devicegroup',
      attributes: { name: 'dev' },
      relationships: { owner: { id: 'a1' }, product: { id: product } },
    },
  ])
}
cache.remember('dg', [
  {
    id: 'g3',
    type: 'production_devicegroup',
    attributes: { name: 'line one' },
    relationships: { owner: { id: 'a1' }, product: { id: 'p1' } },
  },
])
cache.remember('device', [
  {
    id: '2300000000000001',
    type: 'device',
    attributes: { name: 'lab-1', device_online: true },
    relationships: { devicegroup: { id: 'g3' } },
  },
  { id: '2300000000000002', type: 'device', attributes: { name: '\x1b[2Jevil' } },
])
cache.remember('build', [{ id: 'b1', type: 'deployment', attributes: { sha: 'abc123', tags: ['v1.4'] } }])
cache.remember('loginkey', [{ id: 'secretkey1234', type: 'login_key', attributes: { description: 'CI' } }])

const known: Known = {
  cache,
  parse: createParser(),
  functions: ['hello'],
  words: REPL_WORDS,
  signatureOf: (name) =>
    name === 'hello'
      ? {
          name,
          words: [{ name: 'who' }],
          options: [
            { name: 'loud', kind: 'flag', summary: '' },
            { name: 'tone', kind: 'text', summary: '', choices: ['soft', 'hard'] },
          ],
        }
      : undefined,
  variables: {
    names: () => ['x', '_'],
    get: (name) => (name === 'x' ? [{ id: '1', name: 'n', device_group: { id: 'g' } }] : undefined),
    environment: ['HOME'],
  },
  namesHere: (kind) => (kind === 'target' ? ['prod', 'staging'] : ['acme']),
  directory,
  home: directory,
  jobs: [{ number: 1, title: 'log stream' }],
}
const found = (text: string) => complete(text, text.length, known)
const inserts = (text: string) => found(text).items.map((item) => item.insert)

describe('completion offers by the place of the cursor', () => {
  for (const [text, some, none] of [
    ['', ['device', 'use', 'let', 'hello'], ['where', '--help']],
    ['dev', ['device'], ['product']],
    ['device ', ['info', 'list'], ['device']],
    ['impt device ', ['info', 'list'], []],
    ['device info --', ['--device', '--output'], ['--dg']],
    ['device info --device lab-1 --', ['--output'], ['--device']],
    ['device list --owner me --', ['--owner'], []],
    ['dg create --dg-type ', ['development', 'pre-production'], []],
    ['device list --output ', ['json', 'csv'], []],
    ['device list --at ', ['prod', 'staging'], []],
    ['target use pr', ['prod'], ['staging']],
    ['build diff v1', ['abc123'], []],
    ['target remove ', ['prod', 'staging'], []],
    ['target add new --login ', ['acme'], []],
    ['auth logout --as=', ['acme'], []],
    ['use target ', ['prod', 'staging'], ['--at']],
    ['with target st', ['staging'], ['prod']],
    ['device list --output=js', ['json'], []],
    ['build deploy --flagged ', ['true', 'false', '--dg'], []],
    ['device list | ', ['where', 'sort-by', 'to'], ['device', 'open']],
    ['device list | where ', ['device_online', 'name'], []],
    ['device list | where device_group.', ['device_group.name'], ['name']],
    ['device list | select id na', ['name'], []],
    ['device list | to ', ['json', 'csv'], []],
    ['print $', ['$x', '$env'], []],
    ['print $x.', ['$x.id', '$x.device_group'], []],
    ['print "${x.na', ['x.name'], []],
    ['print $env.', ['$env.HOME'], []],
    ['print $x[0].', ['$x[0].id', '$x[0].device_group'], []],
    ['$x | where ', ['id', 'device_group'], []],
    ['$x | select id na', ['name'], []],
    ['let online = device list | where ', ['device_online'], []],
    ['let online = device ', ['list'], []],
    ['hello --', ['--loud', '--tone'], []],
    ['hello --tone ', ['soft', 'hard'], []],
    ['hello --loud --', ['--tone'], ['--loud']],
    // What begins so hides what only has its letters in order.
    ['pro', ['product', 'project'], ['private', 'print-total']],
    ['try { device list } catch ', ['NOT_FOUND'], ['device']],
    ['if true { dev', ['device'], []],
    ['let d = (device ', ['info'], []],
    ['device list; product ', ['list'], []],
    ['device list && prod', ['product'], []],
    ['use ', ['product', 'dg', 'none'], []],
    ['use dg ', ["'line one'"], []],
    ['config ', ['pager', 'hints'], []],
    ['config pager ', ['on', 'off', 'reset'], []],
    ['bg log stream --', ['--dg', '--device'], []],
    ['stop ', ['1'], []],
    ['with product ', ['Thermo'], []],
    ['help dev', ['device'], []],
    ['build deploy --device-file ', ['device.nut', "'agent code.nut'", 'source/'], []],
    ['build deploy --device-file sou', ['source/'], ['device.nut']],
    ['build deploy --device-file ', ['linked/', 'dangling'], ['linked']],
    ['with dir ', ['source/', 'linked/'], ['device.nut', 'dangling', 'dangling/']],
  ] as const) {
    test(JSON.stringify(text), () => {
      const all = inserts(text)
      for (const one of some) assert.ok(all.includes(one), `${one} in ${all.slice(0, 30).join(' ')}`)
      for (const one of none) assert.ok(!all.includes(one), one)
    })
  }

  test('mandatory options come first', () => assert.equal(inserts('device update --')[0], '--device'))
})

describe('entities are inserted so that they mean exactly this one', () => {
  test('by name if it is the only one, quoted where needed', () => {
    assert.deepEqual(inserts('device info --device lab'), ['lab-1'])
    assert.deepEqual(inserts('dg info --dg line'), ["'line one'"])
  })
  test('by the hierarchical identifier if the name is not unique', () => {
    assert.deepEqual(inserts('dg info --dg dev').toSorted(), ['{acme}{Pump}{dev}', '{acme}{Thermo}{dev}'])
  })
  test('by id if the name has control characters, which are shown escaped', () => {
    const [item] = found('device info --device evil').items
    assert.deepEqual([item?.insert, item?.label], ['2300000000000002', '\\e[2Jevil'])
  })
  test('a login key shows its description and last four characters only', () => {
    const [item] = found('loginkey info --lk ').items
    assert.equal(item?.label, 'CI …1234')
    assert.doesNotMatch(`${item?.label} ${item?.detail}`, /secretkey/)
  })
  test('schema offers groups, then the commands of the group, then no more', () => {
    assert.ok(inserts('schema dev').includes('device'))
    assert.ok(inserts('schema device li').includes('list'))
    assert.deepEqual(inserts('schema device list x'), [])
  })

  test('doctor offers devices, and no second one', () => {
    assert.deepEqual(inserts('doctor lab'), ['lab-1'])
    assert.deepEqual(inserts('device history -d lab'), ['lab-1'])
    assert.deepEqual(inserts('doctor lab-1 l'), [])
  })

  test('only the words of the cursor are replaced', () => {
    const { start, end } = complete('device info --device la --output json', 23, known)
    assert.deepEqual([start, end], [21, 23])
  })
})

test('a text quoted as a word means exactly that text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const typed = `print ${quotedWord(text)}`
      const { tree, diagnostics } = parse(typed)
      assert.deepEqual(diagnostics, [])
      const chain = tree.body[0]
      assert.ok(chain?.kind === 'chain' && chain.first.first.kind === 'command')
      const [word] = chain.first.first.args
      assert.ok(word?.kind === 'word')
      assert.equal(
        word.parts.map((part) => (part.kind === 'bare' || part.kind === 'text' ? part.text : '?')).join(''),
        text,
      )
    }),
    { numRuns: 500 },
  )
})

test('completion never throws and replaces a part of the text, whatever is typed', () => {
  const part = fc.constantFrom(
    'device ',
    'list ',
    '--dg ',
    '"',
    "'",
    '| ',
    'where ',
    '{ ',
    '} ',
    '( ',
    ') ',
    '$x',
    '.',
    '; ',
    'use dg ',
    '\n',
    '=',
    '!',
    'catch ',
    '‹',
    '👩‍👩‍👧',
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.nat(), (parts, at) => {
      const text = parts.join('')
      const cursor = text.length === 0 ? 0 : at % (text.length + 1)
      const { start, end } = complete(text, cursor, known)
      assert.ok(start >= 0 && start <= end && end === cursor)
    }),
    { numRuns: 500 },
  )
})

test('the option at the cursor is known for the hint, and the command for F1', () => {
  const parser = createParser()
  const at = (text: string) => optionAt(text, text.length, parser)
  assert.equal(at('device info --dev')?.command.name, 'info')
  assert.equal(at('device info --device ')?.option?.name, 'device')
  assert.equal(at('device info --device lab-1')?.option?.name, 'device')
  assert.deepEqual(topicAt('device list | where x', 9, parser), ['device', 'list'])
  assert.deepEqual(topicAt('dev', 3, parser), [])
})
