import { readFileSync, writeFileSync } from 'node:fs'
import { deviceNamed, eventually, ready, withWorld, type World } from './repl-world.ts'
import type { TerminalStory } from './terminal.ts'

/** One screen of the README: what is done to get there. */
interface Scene {
  readonly name: string
  readonly columns: number
  readonly rows: number
  play(terminal: TerminalStory, world: World): Promise<unknown>
}

const SCENES: readonly Scene[] = [
  {
    name: 'completion',
    columns: 92,
    rows: 14,
    async play(terminal) {
      terminal.send('device info --device \t')
      await terminal.until(/Cellar[^]*Thermostat/)
      terminal.send('\x1b[B\x1b[B\x1b[B')
      await terminal.until(/> Customer 1/)
    },
  },
  {
    name: 'pipeline',
    columns: 92,
    rows: 26,
    async play(terminal) {
      terminal.send('device list | where name != null | select name device_online\r')
      await terminal.until(/Living Room[^]*› ?$/)
    },
  },
  {
    name: 'production',
    columns: 92,
    rows: 6,
    async play(terminal) {
      terminal.send('use dg "Thermostat Field"\r')
      await terminal.until(/production!/)
      terminal.send('dg info')
      await terminal.until(/from use/)
    },
  },
  {
    name: 'logs',
    columns: 92,
    rows: 10,
    async play(terminal, { sandbox }) {
      terminal.send('bg log stream --dg "Thermostat Development"\r')
      await terminal.until(/\(jobs 1\) › ?$/)
      await eventually(() => sandbox.core.streams.count() === 1)
      terminal.send('build list --dg "Thermostat De')
      await terminal.until(/Thermostat De$/m)
      let turn = 0
      await eventually(() => {
        const room = ['Kitchen', 'Living Room'][turn % 2] ?? ''
        sandbox.core.platform.log(deviceNamed(sandbox, room), 'server.log', `temperature ${20 + turn++} °C`)
        return (terminal.screen().match(/temperature/g)?.length ?? 0) >= 4
      })
    },
  },
]

async function screenOf(scene: Scene): Promise<string> {
  let screen = ''
  await withWorld((world) =>
    world.play(
      async (terminal) => {
        await ready(terminal)
        await scene.play(terminal, world)
        screen = terminal.screen()
      },
      { columns: scene.columns, rows: scene.rows },
    ),
  )
  return screen
}

const [option, file] = process.argv.slice(2)
let page = option === '--write' && file !== undefined ? readFileSync(file, 'utf8') : undefined
for (const scene of SCENES) {
  const block = `\`\`\`text\n${await screenOf(scene)}\n\`\`\``
  if (page === undefined) console.log(`<!-- screen ${scene.name} -->\n\n${block}\n\n<!-- /screen -->\n`)
  else
    page = page.replace(
      new RegExp(`(<!-- screen ${scene.name} -->)[^]*?(<!-- /screen -->)`),
      (_, begin: string, end: string) => `${begin}\n\n${block}\n\n${end}`,
    )
}
if (page !== undefined && file !== undefined) writeFileSync(file, page)
