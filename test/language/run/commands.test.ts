import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { parseLine } from '../../../src/commands/argv.ts'
import type { CommandRow, Invocation, OptionRow } from '../../../src/commands/row.ts'
import { commands, commandLine } from '../../../src/commands/table/index.ts'
import type { CommandCall, Host } from '../../../src/language/run/host.ts'
import { runScript } from '../../../src/language/run/script.ts'
import { ImptError } from '../../../src/output/error.ts'
import { entity, fakeHost, run } from '../fake-host.ts'

/** Asked of the system once, and not for each of the scripts. */
const TEMPORARY = tmpdir()

/** Runs a script and gives the invocations that reached the host. */
async function invocations(script: string): Promise<{ seen: Invocation[]; err: string }> {
  const seen: Invocation[] = []
  const fake = fakeHost({ directory: TEMPORARY })
  const host: Host = {
    ...fake,
    run: (invocation) => {
      seen.push(invocation)
      return Promise.resolve({ kind: 'done', touched: null })
    },
  }
  await runScript(script, { name: 't', args: [], host, signal: new AbortController().signal })
  return { seen, err: fake.written.err }
}

/** The one-shot's reading of the same arguments; what is wrong with them otherwise. */
function oneShot(argv: readonly string[]): Invocation | string {
  try {
    const line = parseLine(argv)
    return line.kind === 'invocation' ? line.invocation : line.kind
  } catch (error) {
    return error instanceof ImptError ? error.message : String(error)
  }
}

/** Values that an option may be given: each as the argument and as it is written in a script. */
const SHAPES: readonly (readonly [string, string])[] = [
  ['abc', 'abc'],
  ['007', '007'],
  ['2000000000000123', '2000000000000123'],
  ['a b', '"a b"'],
  ["it's", `"it's"`],
  ['$x', "'$x'"],
  ['-5', '-5'],
  ['a=b', 'a=b'],
  ['{me}{Acme}{Dev}', '{me}{Acme}{Dev}'],
  ['tests/**/*.nut', 'tests/**/*.nut'],
  ['C:\\Code\\a.nut', 'C:\\Code\\a.nut'],
  ['日本', "'日'本"],
  ['1e5', '1e5'],
  ['', '""'],
]

/** What the command cannot do without. */
function mandatory(command: CommandRow, but: string): string[] {
  return command.options
    .filter((option) => option.required === true && option.name !== but)
    .flatMap((option) => [`--${option.name}`, option.choices?.[0] ?? (option.kind === 'integer' ? '3' : 'x')])
}

function shapesOf(option: OptionRow): readonly (readonly [string, string])[] {
  if (option.kind === 'flag') return [['', '']]
  if (option.kind === 'boolean')
    return [
      ['', ''],
      ['true', 'true'],
      ['false', 'false'],
    ]
  if (option.choices !== undefined)
    return [...option.choices.map((choice) => [choice, choice] as const), ['bogus', 'bogus']]
  if (option.kind === 'integer')
    return [
      ['5', '5'],
      ['0', '0'],
      ['x', 'x'],
    ]
  return SHAPES
}

for (const command of commands.filter(({ where }) => where === undefined)) {
  test(`a script binds every option of "${commandLine(command)}" as the one-shot does`, async () => {
    for (const option of command.options) {
      const spellings = [`--${option.name}`, ...(option.letter === undefined ? [] : [`-${option.letter}`])]
      for (const [index, [value, written]] of shapesOf(option).entries()) {
        const spelling = spellings[index % spellings.length] ?? ''
        const before = [
          command.group,
          ...(command.name === '' ? [] : [command.name]),
          ...mandatory(command, option.name),
        ]
        const words = (command.words ?? [])
          .filter((word) => word.optional !== true)
          .map((word) => word.choices?.[0] ?? 'w')
        const expected = oneShot([...before, ...words, spelling, ...(written === '' ? [] : [value])])
        for (const impt of ['', 'impt ']) {
          const line = `${impt}${[...before, ...words, spelling, ...(written === '' ? [] : [written])].join(' ')}`
          const { seen, err } = await invocations(line)
          if (typeof expected === 'string') {
            if (expected !== 'help')
              assert.ok(
                err.replace(/\n\s+/g, '\n').includes(expected.replace(/\n\s+/g, '\n')),
                `${line}\n${err}\n${expected}`,
              )
          } else assert.deepEqual(seen, [expected], `${line}\n${err}`)
        }
      }
    }
  })
}

test('a value from a variable or in quotes is never taken for an option', async () => {
  const { seen, err } = await invocations(
    'let d = "-x"\nproduct update --product "--descr" --name $d --descr "-5"',
  )
  assert.equal(err, '')
  assert.deepEqual(seen[0]?.options, { product: '--descr', name: '-x', descr: '-5' })
})

test('numbers, bools and spread lists become the texts of options', async () => {
  const { seen, err } = await invocations(
    'let tags = ["a", "b c"]\nlet n = 3\nbuild update --build x --flagged false --tag $n --tag ${"t" + "u"}\ndevice list ...["--online", "--product", "p q"]',
  )
  assert.equal(err.includes('Unknown arguments'), true)
  assert.deepEqual(seen[0]?.options, { build: 'x', flagged: false, tag: ['3', 'tu'] })
})

const device = (id: string, more: Record<string, unknown> = {}): ReturnType<typeof entity> =>
  entity('Device', id, {
    name: `lab-${id}`,
    device_online: true,
    created_at: '2026-01-31T10:00:00.000Z',
    ...more,
  })

test('records are flat, closed and typed by their schema', async () => {
  const answers = {
    'device list': () =>
      ({
        kind: 'entities',
        of: 'Device',
        items: [device('d1'), device('d2', { device_online: false, brand_new: 'x' })],
      }) as const,
    'device info': () => ({ kind: 'entity', form: 'info', entity: device('d1') }) as const,
  }
  const { out, err } = await run(
    'let all = device list\n$all | where device_online | get id\n$all[0].rssi == null\n$all[0].created_at < now\n$all[0].created_at | describe\n$all[1].brand_new?\n(device info --device d1).name\n$all | to json --compact | contains "2026-01-31T10:00:00.000Z"\ndevice list | count',
    { answers },
  )
  assert.equal(err, '')
  assert.equal(out, 'd1\ntrue\ntrue\ntime\nx\nlab-d1\ntrue\n2\n')
  const early = await run('device list | where onlin', { answers })
  assert.match(
    early.err,
    /error\[UNKNOWN_FIELD\]: no field "onlin" in a device; did you mean "device_online"\?/,
  )
  assert.deepEqual(early.host.ran, [])
  const wrong = await run('fn f(x) { $x.onlin }\ndevice list | each { f $it }', { answers })
  assert.match(
    wrong.err,
    /no field "onlin" in a device; did you mean "device_online"\?[^]*for item 1 of 2: device d1 "lab-d1"/,
  )
})

test('a list that arrives page by page stops when enough has come', async () => {
  let asked = 0
  async function* pages(): AsyncGenerator<ReturnType<typeof entity>> {
    for (;;) {
      asked += 1
      yield device(`d${asked}`)
    }
  }
  const { out } = await run('device list | where id =~ "[05]$" | first 2 | get id', {
    answers: { 'device list': () => ({ kind: 'entities', of: 'Device', items: pages() }) },
  })
  assert.equal(out, 'd5\nd10\n')
  assert.equal(asked, 10)
})

test('login keys are secrets that only options for credentials take', async () => {
  const key = (id: string): ReturnType<typeof entity> => entity('Login Key', id, { description: 'ci-1' })
  const answers = {
    'loginkey list': () => ({ kind: 'entities', of: 'Login Key', items: [key('secret-key')] }) as const,
    'loginkey delete': () => ({ kind: 'done', touched: null }) as const,
  }
  const { out, err, host } = await run(
    'loginkey list | select id description\nloginkey list | each { loginkey delete --lk $it.id --pwd "x" --confirmed }',
    { answers, options: { trace: true } },
  )
  assert.match(out, /^id +description\n\*\*\* +ci-1\n/)
  assert.ok(!err.includes('secret-key'))
  assert.match(host.ran.at(-1) ?? '', /secret-key/)
  for (const written of ['--descr $key', '--descr=$key', '-s=$key']) {
    const refused = await run(`let key = secret "s3cr3t"\nproduct create --name x ${written}`)
    assert.match(refused.err, /error\[BUG_TYPE\]: A secret cannot be given to --descr/, written)
    assert.deepEqual(refused.host.ran, [])
    assert.doesNotMatch(refused.err, /s3cr3t/)
  }
})

test('with fills in the context, --confirmed and the output mode, but no target of a deletion', async () => {
  const calls: [Invocation, CommandCall][] = []
  const fake = fakeHost()
  const directory = mkdtempSync(`${tmpdir()}/impt-language-`)
  const host: Host = {
    ...fake,
    run: (invocation, call) => {
      calls.push([invocation, call])
      return Promise.resolve({ kind: 'done', touched: null })
    },
  }
  const text = `with product P, dg "G 1", confirmed, output json, dir "${directory}", auth "${directory}" { dg restart\nproduct info\ndevice list\ndg delete --dg X\ndg restart --dg other -z minimal }\ndg restart`
  const { exit } = await runScript(text, {
    name: 'f.imptsh',
    args: [],
    host,
    signal: new AbortController().signal,
  })
  assert.equal(exit, 0, fake.written.err)
  const [restart, info, list, remove, other, outside] = calls.map(([invocation]) => invocation.options)
  assert.deepEqual(restart, { output: 'json' })
  assert.deepEqual(info, { output: 'json' })
  assert.deepEqual(list, { output: 'json' })
  assert.deepEqual(remove, { dg: 'X', confirmed: true, output: 'json' })
  assert.deepEqual(other, { dg: 'other', output: 'minimal' })
  assert.deepEqual(outside, {})
  const { product, dg } = calls[0]?.[1].settings ?? {}
  assert.deepEqual([product?.text, dg?.text], ['P', 'G 1'])
  assert.deepEqual(
    [calls[0]?.[1].settings.directory, calls[0]?.[1].settings.auth, calls[0]?.[1].where],
    [directory, directory, 'f.imptsh:1'],
  )
})

test('a command alone prints what the one-shot prints, in a pipe it prints nothing', async () => {
  const answers = { 'device info': () => ({ kind: 'entity', form: 'info', entity: device('d1') }) as const }
  const { out } = await run(
    'device info --device d1\nlet x = device info --device d1\n[1] | each { device info --device d1 }\nif true { device info --device d1 }\ndevice info --device d1 > shown.txt\nopen shown.txt',
    { answers },
  )
  assert.equal(out, '<device info>\n'.repeat(4))
})

test('dry run reads, shows every write, and gives placeholders', async () => {
  const answers = {
    'device list': () => ({ kind: 'entities', of: 'Device', items: [device('d1')] }) as const,
  }
  const script = `let g = dg create --name "New group" --product P --dg-type development
print $g.id $g.name
dg update --dg $g.id --name other
dg info --dg $g.id | get name
device list | confirm "Sure?" | each { device assign --device $it.id --dg $g.id --confirmed }
!rm -rf /
[1] | save x.json
print a > y.txt
loginkey create --pwd hunter2`
  const { out, err, host } = await run(script, { answers, options: { dryRun: true } })
  assert.deepEqual(host.ran, ['device list'])
  assert.equal(
    out,
    `would run: dg create --name "New group" --dg-type development --product P
<new dg 1> New group
would run: dg update --dg "<new dg 1>" --name other
would run: dg info --dg "<new dg 1>"
New group
would run: device assign --device d1 --dg "<new dg 1>" --confirmed
would run: !rm -rf /
would write: x.json
would write: y.txt
would run: loginkey create --pwd ***
`,
  )
  assert.match(err, /dry run: not asked[^]*dry run: 8 actions were shown and not run\n$/)
  assert.match(
    (await run('with dry-run { device restart --device x }', {})).out,
    /would run: device restart --device x/,
  )
})

test('a dry run shows nothing of what a command would have given', async () => {
  const script = `retry 2 { device restart --device x }
["x", "y"] | map { device update --device $it --name z }
let made = product create --name P
$made.id`
  assert.equal(
    (await run(script, { options: { dryRun: true } })).out,
    `would run: device restart --device x
would run: device update --device x --name z
would run: device update --device y --name z
would run: product create --name P
<new product 1>
`,
  )
})

test('dry run knows what it would have made by its name too', async () => {
  const answers = {
    'dg info': () => {
      throw new ImptError('NOT_FOUND', 'there is no such group')
    },
  }
  const script = `dg create --name New --product P
let g = dg info --dg "{me}{P}{New}"
print $g.id
let same = dg update --dg New --name Other
print $same.id
try { dg info --dg Else } catch NOT_FOUND { print missing }`
  const { out, host } = await run(script, { answers, options: { dryRun: true } })
  assert.equal(
    out,
    'would run: dg create --name New --product P\nwould run: dg info --dg {me}{P}{New}\n<new dg 1>\nwould run: dg update --dg New --name Other\n<new dg 1>\nmissing\n',
  )
  assert.deepEqual(host.ran, ['dg info --dg Else'])
})

test('an error of a command points at the argument that it quotes, names the command and hides credentials', async () => {
  const answers = {
    'device assign': () => {
      throw new ImptError('NOT_FOUND', 'Device Group "quarantin" is not found.', {
        http: { status: 404, title: 'x', requestId: 'r-1' },
      })
    },
    'loginkey create': () => {
      throw new ImptError('AUTH', 'Wrong password.')
    },
  }
  const { err } = await run('let group = "quarantin"\ndevice assign --device d1 --dg $group', { answers })
  assert.match(err, /2:32: error\[NOT_FOUND\]/)
  const caught = await run(
    'try { loginkey create --pwd "hunter2" } catch AUTH e { print $e.command $e.exit }\ntry { device assign --device d --dg quarantin } catch e { print $e.http.status $e.http.request_id }',
    { answers },
  )
  assert.equal(caught.out, 'loginkey create --pwd ‹secret› 3\n404 r-1\n')
})

test('a failed test run is an error', async () => {
  const answers = {
    'test run': () => ({ kind: 'record', record: { sessions: 1, failures: 2 }, failed: true }) as const,
  }
  const { exit, err } = await run('let r = test run', { answers })
  assert.equal(exit, 1)
  assert.match(err, /error\[TESTS_FAILED\]: "test run" failed/)
})
