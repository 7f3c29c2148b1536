import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { commands, commandLine } from '../../src/commands/table/index.ts'
import { parse } from '../../src/language/syntax/parse.ts'
import { createHistoryLog, type HistoryLog } from '../../src/repl/history-log.ts'
import { recordable } from '../../src/repl/history-text.ts'

const kept = (text: string) => recordable(text, parse(text, { mode: 'prompt' }))

describe('history keeps no secrets', () => {
  for (const [input, recorded] of [
    ['auth login --user bob --pwd s3cret --temp', 'auth login --user bob --pwd ‹secret› --temp'],
    ['impt auth login --user bob --pwd=s3cret', 'impt auth login --user bob --pwd=‹secret›'],
    ['auth login --lk "s3cret key"', 'auth login --lk ‹secret›'],
    [
      'product list; auth login --lk s3cret; product list',
      'product list; auth login --lk ‹secret›; product list',
    ],
    ['if true { auth login --lk s3cret }', 'if true { auth login --lk ‹secret› }'],
    ['auth login --lk $key', 'auth login --lk $key'],
    ['auth login --pwd s3cret --user "unclosed', 'auth login --pwd ‹secret›'],
    ['atuh login --pwd s3cret more', 'atuh login --pwd ‹secret›'],
    ['set env.IMPT_LOGINKEY = "s3cret"', 'set env.IMPT_LOGINKEY = ‹secret›'],
    ['let k = (secret "s3cret")', 'let k = (secret ‹secret›)'],
    // What is not understood may be a slip in a command with a credential.
    ['auth lgoin -u me -w S3CRET', 'auth lgoin -u ‹secret›'],
    ['auht login -k S3CRET', 'auht login -k ‹secret›'],
    ['auth login -wS3CRET "unclosed', 'auth login -w ‹secret›'],
    ['AUTH LOGIN -w S3CRET', 'AUTH LOGIN -w ‹secret›'],
    ['auth login -w\nS3CRET', 'auth login -w ‹secret›'],
    ['alias x = auth login -w S3CRET', 'alias x = auth login -w ‹secret›'],
    ['!impt auth login --pwd S3CRET', '!impt auth login --pwd ‹secret›'],
    ['sh "impt auth login --pwd S3CRET"', 'sh ‹secret›'],
    ['let k = "S3CRET" | secret', 'let k = ‹secret› | secret'],
    ['loginkey info S3CRET', 'loginkey info ‹secret›'],
    ['auth login --endpoint http://u:S3CRET@h/v5', 'auth login --endpoint http://‹secret›@h/v5'],
    ['let c = "impt auth login --pwd S3CRET"', 'let c = "impt auth login --pwd ‹secret›"'],
    ['device unasign -d D --unbnd S3CRET', 'device unasign -d D --unbnd ‹secret›'],
    ['set env.GITHUB_TOKEN = "S3CRET"', 'set env.GITHUB_TOKEN = ‹secret›'],
    ['print "auth login works now"', 'print "auth login works now"'],
    ['sh "make flash"', 'sh "make flash"'],
    ['let k = $env.KEY | secret', 'let k = $env.KEY | secret'],
    ['device lst --dg x', 'device lst --dg x'],
    ['device list', 'device list'],
    ['print "--pwd is fine"', 'print "--pwd is fine"'],
  ] as const) {
    test(input, () => assert.equal(kept(input), recorded))
  }

  test('and no input that begins with a space, or is blank', () => {
    assert.deepEqual([kept(' print 1'), kept(''), kept('  ')], [undefined, undefined, undefined])
  })

  for (const command of commands) {
    for (const option of command.options.filter(({ secret }) => secret === true)) {
      test(`${commandLine(command)} --${option.name}, complete or broken off`, () => {
        for (const rest of ['', ' |', ' "', ' --dg {', ' --nonsense x']) {
          for (const form of [
            `--${option.name} s3cret`,
            `--${option.name}=s3cret`,
            ...(option.letter === undefined ? [] : [`-${option.letter} s3cret`]),
          ]) {
            assert.doesNotMatch(kept(`${commandLine(command)} ${form}${rest}`) ?? '', /s3cret/, form + rest)
          }
        }
      })
    }
  }
})

/** What fingers, habits and other shells make of a command line. */
const MANGLINGS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.toUpperCase().replaceAll('PL4NTED', 'Pl4nted'),
  (line) => line.replace(/^(\w)(\w)/, '$2$1'),
  (line) => line.replace(/^(\w+) (\w)(\w)/, '$1 $3$2'),
  (line) => line.replace(/^(\w+) (\w)/, '$1 '),
  (line) => line.replace(/^(\w+) (\w)/, '$1 $2$2'),
  (line) => line.replace(/ -/g, '  -'),
  (line) => line.replace(/ -/g, '\t-'),
  (line) => line.replace(' Pl4nted', '\nPl4nted'),
  (line) => line.replace(' Pl4nted', ' \\\nPl4nted'),
  (line) => line.replace(' Pl4nted', ' "Pl4nted'),
  (line) => line.replace('Pl4nted', "'Pl4nted'"),
  (line) => line.replace('Pl4nted', '"Pl4nted two"'),
  (line) => line.replace(/--(\w)(\w)/, '--$2$1'),
  (line) => line.replace(/--(\w+)/, '-$1'),
  (line) => line.replace(/--(\w+)/, '---$1'),
  (line) => line.replace(/--(\w+)/, '\u2014$1'),
  (line) => line.replace(/--(\w+)/, '-- $1'),
  (line) => `alias x = ${line}`,
  (line) => `!impt ${line}`,
  (line) => `impt ${line}`,
  (line) => `imtp ${line}`,
  (line) => `sh "impt ${line.replaceAll('"', "'")}"`,
  (line) => `let c = "impt ${line.replaceAll('"', "'")}"`,
  (line) => `if true { ${line}`,
  (line) => `if true { ${line} }`,
  (line) => `print 1; ${line}`,
  (line) => `print 1 | ${line}`,
  (line) => `${line} "unclosed`,
  (line) => `${line} | where {`,
  (line) => `${line} | where name == x`,
  (line) => `${line}; device list`,
  (line) => `${line} --nonsense`,
  (line) => `${line} extra words`,
  (line) => `( ${line}`,
  (line) => `${line} )`,
  (line) => `$ ${line}`,
  (line) => `> ${line}`,
]

const STEP = Number(process.env['MANGLING_STEP'] ?? 23)

test('the planted text of no secret option is in the file, however the line is mangled', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'impt-history-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const log = createHistoryLog(folder, 100_000, (text) => assert.fail(text))
  let lines = 0
  for (const command of commands) {
    for (const { name, letter } of command.options.filter(({ secret }) => secret === true)) {
      const values = [`--${name} Pl4nted`, `--${name}=Pl4nted`]
      if (letter !== undefined) values.push(`-${letter} Pl4nted`, `-${letter}Pl4nted`, `-${letter}=Pl4nted`)
      const mangled = values.flatMap((value) =>
        MANGLINGS.flatMap((first) =>
          MANGLINGS.map((second) => second(first(`${commandLine(command)} ${value}`))),
        ),
      )
      // A prime step takes about 240 of them, other pairs for each option.
      for (let at = lines % STEP; at < mangled.length; at += STEP) {
        lines += 1
        const line = mangled[at] ?? ''
        const text = kept(line)
        if (text !== undefined) log.add(text, '')
        assert.doesNotMatch(text ?? '', /Pl4nted/i, JSON.stringify(line))
      }
    }
  }
  await log.settled()
  assert.ok(lines > 2000)
  assert.doesNotMatch(await readFile(join(folder, 'history.jsonl'), 'utf8'), /Pl4nted/i)
  assert.doesNotMatch(log.texts.join('\n'), /Pl4nted/i)
})

test('what another session typed stands in its order when it is read, and no more than may be kept', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'impt-history-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  let clock = 0
  const [one, other] = [1, 2].map(() =>
    createHistoryLog(
      folder,
      4,
      (text) => assert.fail(text),
      () => (clock += 1),
    ),
  ) as [HistoryLog, HistoryLog]
  const typed = async (log: HistoryLog, text: string) => {
    log.add(text, '')
    await log.settled()
  }
  await typed(one, 'a')
  await typed(other, 'b')
  await typed(one, 'c')
  await one.load()
  assert.deepEqual(one.texts, ['a', 'b', 'c'])
  for (const text of ['d', 'a', 'e']) await typed(other, text)
  await one.load()
  assert.deepEqual(one.texts, ['c', 'd', 'a', 'e'])
})
