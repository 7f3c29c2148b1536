import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { withWorld } from './repl-world.ts'

test('the prompt stands at a target and says so; production asks for its name there', async () => {
  await withWorld(async ({ home, sandbox, play }) => {
    const config = join(home, '.config/impt')
    const content = JSON.stringify({
      endpoint: sandbox.url,
      accessToken: sandbox.tokenFor('demo'),
      expiresAt: '2999-01-01T00:00:00.000Z',
    })
    await mkdir(join(config, 'logins/acme'), { recursive: true })
    await writeFile(join(config, 'logins/acme/.impt.auth'), content)
    const targets = { prod: { login: 'acme', production: true }, lab: { login: 'acme', production: false } }
    await writeFile(join(config, 'targets.json'), JSON.stringify({ format: 1, targets }))
    const count = () => sandbox.store.products.all().length
    const before = count()
    await play(
      async (terminal) => {
        await terminal.until(/\(not logged in\) [^›]*› ?$/)
        terminal.send('use target prod\r')
        await terminal.until(/@prod production! [^›]*› ?$/)
        terminal.send('product create -n Lamp\r')
        await terminal.until(/Target "prod" is production: account demo, login "acme", on 127\.0\.0\.1/)
        terminal.send('y\r')
        await terminal.until(/Type the name of the target to go on: ?$/)
        terminal.send('lab\r')
        await terminal.until(/That is another name: operation is canceled/)
        await terminal.until(/› ?$/)
        assert.equal(count(), before)
        terminal.send('product create -n Lamp\r')
        await terminal.until((screen) => screen.split('Target "prod" is production').length === 3)
        terminal.send('y\r')
        await terminal.until((screen) => screen.split('Type the name of the target').length === 3)
        terminal.send('prod\r')
        await terminal.until(/✗?[^›]*@prod production! [^›]*› ?$/)
        assert.equal(count(), before + 1)
        terminal.send('product create -n Mast --at lab\r')
        await terminal.until(() => count() === before + 2)
        terminal.send('use target none\r')
        await terminal.until(/\(not logged in\) [^›]*› ?$/)
      },
      { argv: [], columns: 120 },
    )
    await play(
      async (terminal) => {
        await terminal.until(/@lab [^›]*› ?$/)
        terminal.send('use target prod\r')
        await terminal.until(/This prompt stands at the target "lab", which IMPT_TARGET says/)
      },
      { argv: [], columns: 120, env: { IMPT_TARGET: 'lab' } },
    )
  })
})

test('a login in the place of another account asks with the names of both, after it is known whose it is', async () => {
  await withWorld(async ({ home, sandbox, play }) => {
    const folder = join(home, '.config/impt/logins/acme')
    const file = join(folder, '.impt.auth')
    await mkdir(folder, { recursive: true })
    const before = JSON.stringify({
      endpoint: sandbox.url,
      accessToken: sandbox.tokenFor('demo'),
      expiresAt: '2999-01-01T00:00:00.000Z',
    })
    await writeFile(file, before)
    const line = `auth login --as acme -u partner -w partner-password -e ${sandbox.url}\r`
    await play(
      async (terminal) => {
        await terminal.until(/› ?$/)
        terminal.send(line)
        await terminal.until(
          /The "acme" Auth File already exists: it is demo on 127\.0\.0\.1:\d+, and will be partner on 127\.0\.0\.1:\d+\. It will be overwritten/,
        )
        terminal.send('n\r')
        await terminal.until(/cancel/i)
        assert.equal(await readFile(file, 'utf8'), before)
        terminal.send(line)
        await terminal.until((screen) => screen.split('and will be partner').length === 3)
        terminal.send('y\r')
        await terminal.until(/Login "acme" was demo on \S+, and is partner on \S+ now\./)
      },
      { argv: [], columns: 160 },
    )
  })
})
