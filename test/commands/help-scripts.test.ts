import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { completionScript } from '../../src/commands/completion-scripts.ts'
import { renderManPage } from '../../src/commands/man.ts'
import {
  commandLine,
  commands,
  globalOptions,
  groups,
  topLevelWords,
} from '../../src/commands/table/index.ts'

const run = promisify(execFile)
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'impt-completion-'))
  await mkdir(join(folder, 'sources'))
  await writeFile(join(folder, 'device.nut'), '')
  await writeFile(join(folder, 'impt.bash'), completionScript('bash'))
})

after(() => rm(folder, { recursive: true, force: true }))

/** What bash offers for the last of these words. */
async function offered(words: readonly string[], PATH = process.env['PATH']): Promise<string[]> {
  const script = `source ./impt.bash
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_impt
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await run('bash', ['-c', script, 'bash', ...words], {
    cwd: folder,
    env: { ...process.env, PATH },
  })
  return stdout.split('\n').filter((line) => line !== '')
}

test('bash completes groups, commands, options, choices and files', async () => {
  const first = [...groups.map((group) => group.name), ...topLevelWords.map((row) => row.group)]
  assert.deepEqual(await offered(['impt', '']), first)
  assert.deepEqual(await offered(['impt', 'dev']), ['device'])
  assert.deepEqual(await offered(['impt', 'log', '']), ['get', 'stream'])
  assert.deepEqual(await offered(['impt', '--sandbox', 'log', '']), ['get', 'stream'])
  assert.deepEqual(await offered(['impt', 'dg', 'create', '--d']), ['--dg-type', '--descr', '--dut'])
  assert.deepEqual(await offered(['impt', 'webhook', 'create', '-e', 'bl']), ['blessing', 'blinkup'])
  assert.deepEqual(await offered(['impt', 'product', 'list', '--output', '=', 'js']), ['json'])
  assert.deepEqual(await offered(['impt', 'product', 'list', '--output', '=']), [
    'minimal',
    'json',
    'debug',
    'table',
    'csv',
  ])
  assert.deepEqual(await offered(['impt', 'build', 'deploy', '-x', 'dev']), ['device.nut'])
  assert.deepEqual(await offered(['impt', 'build', 'run', '--dump', '']), ['sources'])
  assert.deepEqual(await offered(['impt', 'squirrel', 'run', 'dev']), ['device.nut'])
  assert.deepEqual(await offered(['impt', 'completion', '']), ['bash', 'zsh', 'fish', 'targets', 'logins'])
  assert.deepEqual(await offered(['impt', '--no-']), ['--no-session', '--no-color'])
})

test('the words of schema are groups and commands, in each shell', async () => {
  assert.deepEqual(await offered(['impt', 'schema', 'devi']), ['device'])
  assert.deepEqual(await offered(['impt', 'schema', 'device', 'his']), ['history'])
  assert.ok(completionScript('fish').includes(`-n '__impt_at schema device' -a '`))
  assert.match(completionScript('zsh'), /2:COMMAND:\{case .*device\) compadd -- .*history/)
})

/** A program of this name that answers what the scripts ask while completing. */
async function askable(): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  const text = `#!/bin/sh
case "$*" in 'completion targets') echo prod; echo staging ;; 'completion logins') echo acme ;; *) exit 1 ;; esac
`
  await writeFile(join(bin, 'impt'), text, { mode: 0o755 })
  return `${bin}:${process.env['PATH']}`
}

test('bash completes names of targets and logins, which it asks for', async () => {
  const PATH = await askable()
  const asked = (...words: string[]) => offered(words, PATH)
  assert.deepEqual(await asked('impt', 'device', 'list', '--at', ''), ['prod', 'staging'])
  assert.deepEqual(await asked('impt', '--at', 'st'), ['staging'])
  assert.deepEqual(await asked('impt', '--at', 'prod', 'dev'), ['device'])
  assert.deepEqual(await asked('impt', 'target', 'use', 'p'), ['prod'])
  assert.deepEqual(await asked('impt', 'target', 'add', 'x', '--login', ''), ['acme'])
  assert.deepEqual(await asked('impt', 'auth', 'logout', '--as', ''), ['acme'])
})

test('fish completes them too, where there is a fish', async (t) => {
  const PATH = await askable()
  await writeFile(join(folder, 'impt.fish'), completionScript('fish'))
  const asked = async (line: string) => {
    const command = `source ./impt.fish; complete -C ${JSON.stringify(line)}`
    const { stdout } = await run('fish', ['-N', '-c', command], {
      cwd: folder,
      env: { ...process.env, PATH },
    })
    return stdout
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => row.split('\t')[0])
  }
  try {
    await run('fish', ['--version'])
  } catch {
    t.skip('there is no fish')
    return
  }
  assert.deepEqual(await asked('impt device list --at '), ['prod', 'staging'])
  assert.deepEqual(await asked('impt --at prod dev'), ['device'])
  assert.deepEqual(await asked('impt target use p'), ['prod'])
  assert.deepEqual(await asked('impt auth logout --as '), ['acme'])
})

test('bash offers nothing where only the person knows the value', async () => {
  assert.deepEqual(await offered(['impt', 'auth', 'login', '--pwd', '']), [])
  assert.deepEqual(await offered(['impt', 'dg', 'create', '--name', '']), [])
})

test('each script names every command and every option', () => {
  const zsh = completionScript('zsh')
  const fish = completionScript('fish')
  const bash = completionScript('bash')
  for (const command of commands) {
    for (const { name } of command.options) {
      assert.ok(bash.includes(`--${name}`) && zsh.includes(`--${name}`) && fish.includes(`-l ${name} `), name)
    }
    assert.ok(fish.includes(`'__impt_in ${commandLine(command)}'`), commandLine(command))
    if (command.name !== '') assert.ok(zsh.includes(`'${command.name}:`), commandLine(command))
  }
  for (const { name } of globalOptions.filter((option) => option.name.length > 1)) {
    for (const script of [bash, zsh, fish]) assert.ok(script.includes(name), name)
  }
})

test('what a shell quotes stays one text', () => {
  // The description of loginkey update holds an apostrophe.
  assert.ok(
    completionScript('zsh').includes(String.raw`'update:Updates the specified login key'\''s description.'`),
  )
  assert.ok(completionScript('fish').includes(String.raw`'Updates the specified login key\'s description.'`))
})

test('the manual page describes every command and option, and no line is taken for a request', () => {
  const page = renderManPage('3.0.0')
  assert.ok(page.startsWith('.TH IMPT 1 "" "impt 3.0.0"\n.SH NAME\n'))
  for (const command of [...commands, ...topLevelWords]) {
    assert.ok(
      page.includes(`.SS "impt ${commandLine(command).replaceAll('-', '\\-')}"\n`),
      commandLine(command),
    )
    for (const { name } of command.options)
      assert.ok(page.includes(`\\-\\-${name.replaceAll('-', '\\-')}`), name)
  }
  for (const line of page.split('\n').filter((text) => /^[.']/.test(text)))
    assert.match(line, /^\.(TH|SH|SS|TP|B|PP|br)( |$)/)
})

test('the manual page and the README know the exit codes of the guide of the language, and no others', async () => {
  const codesOf = (text: string) => [...new Set(text.match(/\d+/g) ?? [])].map(Number).sort((a, b) => a - b)
  const tableOf = (text: string) =>
    codesOf((/\n\| Exit code [^]+?\n\n/.exec(text)?.[0] ?? '').replace(/^(\|[^|]*)\|.*$/gm, '$1'))
  const guide = tableOf(await readFile('src/help/language.md', 'utf8'))
  assert.ok(guide.includes(0) && guide.includes(124))
  assert.deepEqual(tableOf(await readFile('README.md', 'utf8')), guide)
  const page = renderManPage('1')
  const entries = page.slice(page.indexOf('.SH EXIT STATUS')).matchAll(/^\.TP\n(.*)$/gm)
  assert.deepEqual(codesOf([...entries].map(([, name]) => name).join(' ')), guide)
})
