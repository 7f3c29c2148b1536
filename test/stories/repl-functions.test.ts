import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ready, withWorld } from './repl-world.ts'

const MODULE = `export let version = "1.4"
export fn double(n: number) { $n * 2 }
export fn total(items: list) { $items | sum }
`

test('a module is imported at the prompt: its functions stay, complete, and errors name their place', () =>
  withWorld(async ({ play, home }) => {
    await mkdir(join(home, 'tools'))
    await writeFile(join(home, 'tools/sums.imptsh'), MODULE)
    await play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('import double from "tools/sums.imptsh"\r')
        await terminal.until(/sums\.imptsh"\n.*› ?$/)
        terminal.send('double 21\r')
        await terminal.until(/^42$/m)
        terminal.send('import "tools/sums.imptsh" as sums\r')
        await terminal.until(/as sums\n.*› ?$/)
        terminal.send('print ${sums.version} (sums.total [1, 2, 3])\r')
        await terminal.until(/^1\.4 6$/m)
        terminal.send('double many\r')
        await terminal.until(/Error: the n of "double" must be a number, not "many"/)
        terminal.send('import triple from "tools/sums.imptsh"\r')
        await terminal.until(/"triple"[^]*› ?$/)
        terminal.send('import "tools/none.imptsh" as none\r')
        await terminal.until(/none\.imptsh: there is no such file/)
        // Paths follow the working directory, as everywhere at the prompt.
        terminal.send('cd tools\r')
        await terminal.until(/~\/tools › ?$/)
        terminal.send('import total from "sums.imptsh"; total [4, 5]\r')
        await terminal.until(/^9$/m)
      },
      { rows: 60 },
    )
  }))

test('functions of earlier inputs take lists and records as they are written', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('fn most(items: list, --by: record) { $items | max }\r')
      await terminal.until(/max \}\n.*› ?$/)
      terminal.send('most [3, 8, 5] --by {a: 1}\r')
      await terminal.until(/^8$/m)
    }),
  ))
