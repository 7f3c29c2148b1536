import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { play, PROGRAM, type TerminalStory } from './terminal.ts'

const SHELLS: Readonly<Record<string, { readonly argv: readonly string[]; readonly rc: readonly string[] }>> =
  {
    bash: { argv: ['--rcfile', '.rc', '-i'], rc: ["PS1='ready> '", 'source <(impt completion bash)'] },
    zsh: {
      argv: ['-i'],
      rc: [
        "PROMPT='ready> '",
        'autoload -Uz compinit',
        'compinit -u -D',
        'source <(impt completion zsh)',
        'bindkey -e',
      ],
    },
    fish: {
      argv: ['--no-config', '-i', '-C', 'source .rc'],
      rc: ["function fish_prompt; echo -n 'ready> '; end", 'impt completion fish | source'],
    },
  }

/** A file of each name lies in the folder, and no two begin with the same letter: one Tab completes it. */
const HOSTILE = [
  'a b.nut',
  "c'd.nut",
  'e"f.nut',
  'g$(touch pwned).nut',
  'h;touch pwned.nut',
  'i`touch pwned`.nut',
  'j:k.nut',
  'l=m.nut',
  'n\no.nut',
  'p*?[q].nut',
  'r&s|t>u<v.nut',
  'w!x.nut',
  'y\\z.nut',
  'A#{b,c}~ .nut',
  'ä ü.nut',
  'B%s c.nut',
]

/** Stands for the program: it completes as the program does, and of a line that is run it keeps the arguments. */
const RECORDER = `#!/bin/sh
if [ "$1" = completion ] && [ $# = 2 ]; then exec "$NODE" "$PROGRAM" "$@"; fi
for word; do printf '%s\\0' "$word"; done > "$HOME/.argv"
echo "was  called"
`

/** zsh takes the slash of a completed folder away again when the line is run. */
const withoutSlash = (word: string) => word.replace(/\/$/, '')

for (const [shell, { argv, rc }] of Object.entries(SHELLS))
  describe(
    `completion in a real ${shell}`,
    {
      skip: spawnSync(shell, ['--version']).status !== 0 && `there is no ${shell}`,
    },
    () => {
      /** Plays lines with a Tab at their ends, each in an empty command line, and gives the arguments that the program then gets. */
      async function completing(
        story: (after: (line: string) => Promise<string[]>) => Promise<void>,
      ): Promise<void> {
        const home = await mkdtemp(join(tmpdir(), 'impt-shell-'))
        try {
          await mkdir(join(home, 'bin'))
          await mkdir(join(home, 'D one'))
          await writeFile(join(home, 'bin/impt'), RECORDER, { mode: 0o755 })
          for (const name of HOSTILE) await writeFile(join(home, name), '')
          const targets = { prod: {}, 'x$(touch pwned)': {}, 'y;touch pwned': {}, "z' z": {} }
          await writeFile(join(home, '.impt.targets'), JSON.stringify({ targets }))
          await writeFile(join(home, shell === 'zsh' ? '.zshrc' : '.rc'), `${rc.join('\n')}\n`)
          const PATH = `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`
          const env = { PATH, PROGRAM, NODE: process.execPath, ZDOTDIR: home }
          await play(
            argv,
            async (terminal) => {
              await terminal.until(/ready> $|ready>$/m)
              await story((line) => after(terminal, line))
            },
            { program: shell, home, directory: home, env, columns: 200 },
          )
          assert.ok(!existsSync(join(home, 'pwned')), 'a name was executed')
        } finally {
          await rm(home, { recursive: true, force: true, maxRetries: 5 })
        }
      }

      async function after(terminal: TerminalStory, line: string): Promise<string[]> {
        await rm(join(terminal.home, '.argv'), { force: true })
        terminal.send(`${line}\t\r`)
        await terminal.until(/was  called/, line)
        terminal.send('clear\r')
        await terminal.until((screen) => !screen.includes('was  called') && screen.includes('ready>'))
        return (await readFile(join(terminal.home, '.argv'), 'utf8')).split('\0').slice(0, -1)
      }

      // One shell for all: with its completion it takes a second to start.
      test('inserts what it should', (t) =>
        completing(async (after) => {
          await t.test(
            'a name of a file as it is, whatever it holds, and nothing of it is executed',
            async () => {
              for (const name of HOSTILE) {
                const [first] = name
                assert.deepEqual(await after(`impt squirrel check ${first}`), ['squirrel', 'check', name])
                assert.deepEqual(await after(`impt run ${first}`), ['run', name])
                assert.deepEqual(await after(`impt build deploy -x ${first}`), [
                  'build',
                  'deploy',
                  '-x',
                  name,
                ])
              }
            },
          )

          await t.test('so behind an equals sign', async () => {
            for (const name of HOSTILE) {
              const words = await after(`impt build deploy --device-file=${name[0]}`)
              assert.deepEqual(words, ['build', 'deploy', `--device-file=${name}`])
            }
          })

          await t.test('groups, commands, options, choices, guides, folders and targets', async () => {
            for (const [line, ...words] of [
              ['impt devi', 'device'],
              ['impt device lis', 'device', 'list'],
              ['impt device list --onl', 'device', 'list', '--online'],
              ['impt device list -z ta', 'device', 'list', '-z', 'table'],
              ['impt --sandbox device list --onl', '--sandbox', 'device', 'list', '--online'],
              ['impt help lang', 'help', 'language'],
              ['impt help device hist', 'help', 'device', 'history'],
              ['impt schema device hist', 'schema', 'device', 'history'],
              ['impt pull D', 'pull', 'D one'],
              ['impt --at p', '--at', 'prod'],
              ['impt device list --at p', 'device', 'list', '--at', 'prod'],
              ['impt target use ', 'target', 'use', 'prod'],
            ] as const)
              assert.deepEqual((await after(line)).map(withoutSlash), words, line)
          })
        }))
    },
  )
