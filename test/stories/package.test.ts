import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

test('the packed package runs from an empty folder, without the sources and their libraries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'impt-package-'))
  const run = (command: string, args: readonly string[], cwd: string) => {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd,
      encoding: 'utf8',
      input: '',
      env: { ...process.env, HOME: folder, IMPT_SANDBOX_DIR: join(folder, 'sandbox') },
    })
    assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}\n${stderr}`)
    return stdout
  }
  try {
    // The build is there already: scripts would only look at it again.
    const [{ filename, files }] = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], process.cwd()),
    )
    assert.ok(
      files.every(({ path }: { path: string }) =>
        /^dist\/|^(?:package\.json|README\.md|LICENSE)$/.test(path),
      ),
    )
    run(
      'npm',
      ['install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, join(folder, filename)],
      folder,
    )
    const impt = join(folder, 'node_modules/.bin/impt')
    assert.match(run(impt, ['--version'], folder), /^\d+\.\d+\.\d+\n$/)
    assert.match(run(impt, ['--help'], folder), /Usage: impt <command> \[options\]/)
    assert.match(run(impt, ['--sandbox', 'device', 'list'], folder), /IMPT COMMAND SUCCEEDS\n$/)
    assert.equal(
      run(impt, ['--sandbox', '-c', 'device list --owner me | where name == "Kitchen" | count'], folder),
      '1\n',
    )
    assert.match(run(impt, ['help', 'language'], folder), /imptsh/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
