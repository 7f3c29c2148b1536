// The .imptsh language: against bash, against hand-written JavaScript, against one process a command.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare, home, impt, logIn, median, row, runOnce, serveSandbox } from './measure.js'

export const title = 'Language'

export async function* rows() {
  const bare = () => runOnce(['-e', '0']).ms
  const start = await compare({ bare, script: () => runOnce([impt, '-c', 'let x = 1 + 1\nprint $x']).ms }, 15)
  yield row('start of a script: over node -e 0', start.script - start.bare, 40, 'ms')

  const loop = await compare(
    {
      bash: () => void spawnSync('bash', ['-c', 'i=0; n=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done']),
      impt: () => runOnce([impt, '-c', 'let i = 0\nwhile $i < 1000000 { set i = $i + 1 }']).ms,
    },
    3,
  )
  yield row('1,000,000 rounds of a loop / bash', loop.impt / loop.bash, 0.06)

  const calls = await compare(
    {
      loop: () => runOnce([impt, '-c', 'let i = 0\nwhile $i < 300000 { set i = $i + 1 }']).ms,
      calls: () =>
        runOnce([
          impt,
          '-c',
          'fn nothing(x) { null }\nlet i = 0\nwhile $i < 300000 { nothing $i\nset i = $i + 1 }',
        ]).ms,
    },
    7,
  )
  yield row('300,000 calls of a function in a loop / the loop', calls.calls / calls.loop, 1.5)

  const folder = mkdtempSync(join(home, 'records-'))
  const records = Array.from({ length: 200_000 }, (_, i) => ({
    id: `id-${i}`,
    name: `name ${(i * 7919) % 200_000}`,
    online: i % 3 === 0,
    rssi: -(i % 90),
  }))
  writeFileSync(join(folder, 'data.json'), JSON.stringify(records))
  writeFileSync(join(folder, 'plain.cjs'), PLAIN)
  const pipe = await compare(
    {
      plain: () => runOnce([join(folder, 'plain.cjs')], { cwd: folder }).ms,
      impt: () =>
        runOnce(
          [
            impt,
            '-c',
            'open data.json | where online and rssi < -10 | sort-by name | to csv | save --force out.csv',
          ],
          { cwd: folder },
        ).ms,
    },
    5,
  )
  yield row(
    'where | sort-by | to csv over 200,000 records / hand-written JavaScript',
    pipe.impt / pipe.plain,
    2,
  )

  writeFileSync(join(folder, 'groups.cjs'), GROUPS)
  const groups = await compare(
    {
      plain: () => runOnce([join(folder, 'groups.cjs')], { cwd: folder }).ms,
      impt: () =>
        runOnce(
          [
            impt,
            '-c',
            'open data.json | where online and rssi < -10 | group-by rssi | summarize total = count, first = min id | sort-by total:desc rssi | to json | save --force groups.json',
          ],
          { cwd: folder },
        ).ms,
    },
    5,
  )
  yield row(
    'where | group-by | summarize | sort-by over 200,000 records / hand-written JavaScript',
    groups.impt / groups.plain,
    1.5,
  )

  writeFileSync(join(folder, 'data.jsonl'), records.map((one) => `${JSON.stringify(one)}\n`).join(''))
  writeFileSync(join(folder, 'groups.jq'), GROUPS_JQ)
  const hasJq = spawnSync('jq', ['--version']).status === 0
  if (!hasJq)
    console.error('left out: the same over JSON lines against jq, which is not here (apt-get install jq)')
  else {
    const lines = await compare(
      {
        jq: () => {
          const { status, stderr } = spawnSync('jq', ['-n', '-f', 'groups.jq', 'data.jsonl'], {
            cwd: folder,
            encoding: 'utf8',
          })
          if (status !== 0) throw new Error(`jq ended with ${status}: ${stderr}`)
        },
        impt: () =>
          runOnce(
            [
              impt,
              '-c',
              'open data.jsonl | where online and rssi < -10 | group-by rssi | summarize total = count, first = min id | sort-by total:desc rssi | to json',
            ],
            { cwd: folder },
          ).ms,
      },
      5,
    )
    yield row('open x.jsonl | where | group-by | summarize | sort-by / jq', lines.impt / lines.jq, 1)
  }

  writeFileSync(join(folder, 'lines.txt'), 'a line of a log, as long as they are\n'.repeat(1_000_000))
  const lines = await compare(
    {
      bare,
      impt: () => runOnce([impt, '-c', 'open lines.txt | lines | first 1'], { cwd: folder }).ms,
    },
    7,
  )
  yield row('open F | lines | first 1 of a million lines: over node -e 0', lines.impt - lines.bare, 100, 'ms')

  const sandbox = await serveSandbox()
  try {
    const cwd = logIn(sandbox.url)
    writeFileSync(
      join(cwd, 'many.imptsh'),
      Array.from(
        { length: 200 },
        (_, i) => `device update --device Kitchen --name Kitchen -z minimal # ${i}`,
      ).join('\n'),
    )
    const script = runOnce([impt, 'run', 'many.imptsh'], { cwd }).ms
    const single = median(
      Array.from(
        { length: 10 },
        () => runOnce([impt, 'device', 'update', '--device', 'Kitchen', '--name', 'Kitchen'], { cwd }).ms,
      ),
    )
    yield row('200 device update lines in a script / 200 one-shot processes', script / (200 * single), 1 / 40)
  } finally {
    await sandbox.close()
  }

  const { parse } = await import('../../src/language/syntax/parse.ts')
  const text = Array.from(
    { length: 2500 },
    (_, i) =>
      `let x${i} = device list --dg "g${i}" | where device_online and name =~ "^a" | count\nif $x${i} > 3 {\n  print "many: \${x${i}}"\n}\n`,
  ).join('')
  const { time } = await compare({ time: () => void parse(text) }, 7)
  yield row('parsing 10,000 lines', time, 200, 'ms')
}

const PLAIN = `
const fs = require('fs')
const records = JSON.parse(fs.readFileSync('data.json', 'utf8'))
const kept = records.filter((r) => r.online && r.rssi < -10).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
const columns = Object.keys(kept[0])
const cell = (v) => { const t = String(v); return /[",\\n]/.test(t) ? '"' + t.replaceAll('"', '""') + '"' : t }
fs.writeFileSync('plain.csv', [columns.join(','), ...kept.map((r) => columns.map((c) => cell(r[c])).join(','))].join('\\n') + '\\n')
`

/** As jq reads lines one by one: the fastest of several ways to write it. */
const GROUPS_JQ = `reduce (inputs | select(.online and .rssi < -10)) as $r ({};
  ($r.rssi | tostring) as $k
  | .[$k] |= {rssi: $r.rssi, total: ((.total // 0) + 1), first: (if .first == null or $r.id < .first then $r.id else .first end)}
) | [.[]] | sort_by(.rssi) | sort_by(-.total)`

const GROUPS = `
const fs = require('fs')
const records = JSON.parse(fs.readFileSync('data.json', 'utf8'))
const groups = new Map()
for (const r of records.filter((r) => r.online && r.rssi < -10)) {
  const found = groups.get(r.rssi)
  if (found === undefined) groups.set(r.rssi, { rssi: r.rssi, total: 1, first: r.id })
  else { found.total += 1; if (r.id < found.first) found.first = r.id }
}
const rows = [...groups.values()].sort((a, b) => b.total - a.total || a.rssi - b.rssi)
fs.writeFileSync('plain-groups.json', JSON.stringify(rows, null, 2))
`
