import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deviceNamed, withWorld } from './repl-world.ts'
import { play } from './terminal.ts'

describe('a one-shot command on a terminal', () => {
  test('shows stored logs page by page, and ends well at the last page and at Ctrl-C', async () => {
    await play(['--sandbox', 'log', 'get', '-d', 'Kitchen', '-s', '2'], async (terminal) => {
      await terminal.until(/IMPT COMMAND SUCCEEDS\n\nPress <Enter> to see more logs or <Ctrl-C> to exit\./)
      terminal.send('\r')
      const screen = await terminal.until(/No more logs are available\.\nIMPT COMMAND SUCCEEDS/)
      assert.equal(screen.match(/^20\d\d-\S+Z \[\w+(?:\.\w+)?\] /gm)?.length, 3)
      assert.equal(await terminal.end(), 0)
    })
    await play(['--sandbox', 'log', 'get', '-d', 'Kitchen', '-s', '1'], async (terminal) => {
      await terminal.until(/Press <Enter>/)
      terminal.send('\x03')
      assert.equal(await terminal.end(), 0)
      assert.match(terminal.screen(), /\nIMPT COMMAND SUCCEEDS\s*$/)
      assert.doesNotMatch(terminal.screen(), /No more logs|canceled/)
    })
  })

  test('pages in minimal mode too, without a word about it', async () => {
    await play(['--sandbox', 'log', 'get', '-d', 'Kitchen', '-s', '2', '-z', 'minimal'], async (terminal) => {
      await terminal.until((screen) => screen.match(/Z \[/g)?.length === 2)
      terminal.send('\r')
      assert.equal(await terminal.end(), 0)
      assert.equal(terminal.screen().match(/Z \[/g)?.length, 3)
      assert.doesNotMatch(terminal.screen(), /Press|SUCCEEDS|No more/)
    })
  })

  test('shows no entry twice when others are logged while somebody reads a page', () =>
    withWorld(({ play: playHere, sandbox }) =>
      playHere(
        async (terminal) => {
          await terminal.until(/Press <Enter>/)
          for (const text of ['later 1', 'later 2'])
            sandbox.core.platform.log(deviceNamed(sandbox, 'Kitchen'), 'server.log', text)
          terminal.send('\r')
          const screen = await terminal.until(/No more logs are available\.\nIMPT COMMAND SUCCEEDS/)
          const entries = screen.match(/^20\d\d-\S+Z \[.*/gm) ?? []
          assert.equal(entries.length, 3, screen)
          assert.equal(new Set(entries).size, 3, screen)
          assert.doesNotMatch(screen, /later/)
          assert.equal(await terminal.end(), 0)
        },
        { argv: ['--sandbox', 'log', 'get', '-d', 'Kitchen', '-s', '2'] },
      ),
    ))

  test('asks for a password without showing it, and Ctrl-C at a question cancels with 130', async () => {
    await play(['--sandbox', 'loginkey', 'create', '-s', 'mine'], async (terminal) => {
      await terminal.until(/Enter password:/)
      terminal.send('demo-password\r')
      await terminal.until(/IMPT COMMAND SUCCEEDS/)
      assert.doesNotMatch(terminal.raw(), /demo-password/)
      assert.equal(await terminal.end(), 0)
    })
    await play(['--sandbox', 'product', 'delete', '-p', 'Water Pump', '-f'], async (terminal) => {
      await terminal.until(/Enter 'y' \(yes\) or 'n' \(no\):/)
      terminal.send('\x03')
      assert.equal(await terminal.end(), 130)
      assert.match(terminal.screen(), /\^C\nOperation is canceled\.\nIMPT COMMAND FAILS\s*$/)
    })
  })

  test('takes an answer after a wrong one', async () => {
    await play(['--sandbox', 'product', 'delete', '-p', 'Water Pump', '-f', '-b'], async (terminal) => {
      await terminal.until(/Enter 'y' \(yes\) or 'n' \(no\):/)
      terminal.send('what\r')
      await terminal.until(/Invalid value!\nEnter 'y' \(yes\) or 'n' \(no\):/)
      terminal.send(' Y \r')
      await terminal.until(
        /Product "\S+" is deleted successfully\.\nDeployment|is deleted successfully\.\nIMPT COMMAND SUCCEEDS/,
      )
      assert.equal(await terminal.end(), 0)
    })
  })

  test('has green keys, unless NO_COLOR says otherwise', async () => {
    const raw = async (env: Readonly<Record<string, string>>) => {
      let text = ''
      await play(
        ['--sandbox', 'product', 'list'],
        async (terminal) => {
          assert.equal(await terminal.end(), 0)
          text = terminal.raw()
        },
        { env },
      )
      return text
    }
    assert.match(await raw({}), /\x1b\[32mProduct: \x1b\[39m/)
    assert.doesNotMatch(await raw({ NO_COLOR: '1' }), /\x1b\[32m/)
  })

  test('fits a table to the terminal and names what it left out', async () => {
    const playIn = (columns: number, look: (screen: string) => void) =>
      play(
        ['--sandbox', 'device', 'list', '-z', 'table'],
        async (terminal) => {
          assert.equal(await terminal.end(), 0)
          look(terminal.screen(true))
        },
        { columns },
      )
    await playIn(40, (screen) => {
      assert.match(screen, /left out for lack of room:\s/)
      assert.equal(screen.match(/^│ 23/gm)?.length, 9)
    })
    await playIn(140, (screen) => {
      assert.doesNotMatch(screen, /left out/)
      assert.equal(screen.match(/^│ 23/gm)?.length, 9)
    })
  })
})
