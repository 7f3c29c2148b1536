import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { unzipSync } from 'fflate'
import { launchOf } from '../../src/debugging/dap/arguments.ts'
import { settingsOf } from '../../src/lsp/settings.ts'

describe('the VS Code extension', () => {
  const folder = mkdtempSync(join(tmpdir(), 'impt-vsix-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const vsix = join(folder, 'impt.vsix')
  execFileSync(process.execPath, ['scripts/vscode.js', vsix])
  const files = unzipSync(readFileSync(vsix))
  const text = (path: string) => Buffer.from(files[join('extension', path)] ?? []).toString('utf8')
  const manifest = JSON.parse(text('package.json'))
  const { contributes } = manifest

  test('has every file that its manifest names', () => {
    const named = [
      manifest.main,
      ...contributes.languages.map(({ configuration }: any) => configuration),
      ...contributes.grammars.map(({ path }: any) => path),
    ]
    for (const name of named) assert.ok(files[join('extension', name)], name)
    for (const { path, scopeName } of contributes.grammars)
      assert.equal(JSON.parse(text(path)).scopeName, scopeName)
  })

  test('has grammars whose patterns can be read', () => {
    const patterns = (node: any): string[] =>
      typeof node !== 'object' || node === null
        ? []
        : Object.entries(node).flatMap(([key, value]) =>
            typeof value === 'string' && ['match', 'begin', 'end'].includes(key) ? [value] : patterns(value),
          )
    for (const { path } of contributes.grammars)
      for (const pattern of patterns(JSON.parse(text(path))))
        assert.doesNotThrow(() => new RegExp(pattern), pattern)
  })

  test('offers the settings that the server knows, and the arguments that the debugger knows', () => {
    const values: Record<string, unknown> = {
      libraries: [],
      roots: [],
      define: {},
      side: 'device',
      type: 'imp001',
    }
    const names = Object.keys(contributes.configuration.properties).map((name) => name.replace('impt.', ''))
    assert.deepEqual(names.toSorted(), ['path', ...Object.keys(values)].toSorted())
    assert.deepEqual(settingsOf({ initializationOptions: values }, '/').warnings, [])
    const [{ configurationAttributes }] = contributes.debuggers
    const given = Object.keys(configurationAttributes.launch.properties)
    assert.deepEqual(launchOf(Object.fromEntries(given.map((name) => [name, undefined]))).unknown, [])
  })

  test('takes the program from the user alone, never from a workspace', () => {
    assert.equal(contributes.configuration.properties['impt.path'].scope, 'machine')
    assert.ok(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('impt.path'))
  })

  test('loads where VS Code is', () => {
    writeFileSync(join(folder, 'extension.js'), text('extension.js'))
    const load = `
      const stub = new Proxy(class {}, { get: (_, name) => (name === 'prototype' ? {} : name === 'version' ? '1.91.0' : class { static from() {} }) });
      const { Module } = require('node:module');
      const own = Module._load;
      Module._load = (name, ...rest) => (name === 'vscode' ? stub : own(name, ...rest));
      console.log(Object.keys(require('./extension.js')).sort().join(' '))`
    assert.equal(
      execFileSync(process.execPath, ['-e', load], { cwd: folder, encoding: 'utf8' }),
      'activate deactivate\n',
    )
  })

  test('is the same for the same sources', () => {
    const again = join(folder, 'again.vsix')
    execFileSync(process.execPath, ['scripts/vscode.js', again])
    assert.ok(readFileSync(again).equals(readFileSync(vsix)))
  })
})
