import assert from 'node:assert/strict'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { foldersOf } from '../../src/session/paths.ts'
import {
  DEFAULT_SETTINGS,
  SETTINGS,
  readSettings,
  settingsFile,
  showSetting,
  writeSetting,
} from '../../src/session/settings.ts'
import { json, ownFolder } from './folder.ts'
import { fc } from '../properties.ts'

test('without a file all settings have their defaults', async (t) => {
  const expected = {
    hints: true,
    pager: true,
    'cache.disk': true,
    output: 'table',
    plain: 'auto',
    'history.size': 10_000,
  }
  assert.deepEqual(await readSettings(settingsFile(await ownFolder(t))), { settings: expected })
})

test('a setting is written in a folder closed to others, and read back; unknown keys survive', async (t) => {
  const folder = join(await ownFolder(t), 'config', 'impt')
  const file = settingsFile(folder)
  assert.equal((await writeSetting(file, 'pager', 'off')).pager, false)
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  await writeFile(file.path, json({ pager: false, 'of a later version': [1] }))
  await writeSetting(file, 'history.size', '500')
  await writeSetting(file, 'plain', 'on')
  const expected = { pager: false, 'of a later version': [1], 'history.size': 500, plain: 'on' }
  assert.equal(await readFile(file.path, 'utf8'), json(expected))
  await writeSetting(file, 'pager', undefined)
  assert.deepEqual(await readSettings(file), {
    settings: { ...DEFAULT_SETTINGS, 'history.size': 500, plain: 'on' },
  })
})

test('each setting takes the words in which it is shown', async (t) => {
  const file = settingsFile(await ownFolder(t))
  for (const row of SETTINGS) {
    for (const word of row.choices ?? [String(row.min), String(row.max)]) {
      const settings = await writeSetting(file, row.name, word)
      assert.equal(showSetting(settings[row.name]), word)
      assert.deepEqual(await readSettings(file), { settings })
    }
  }
})

test('an unknown setting and a wrong value are refused, and the file stays as it is', async (t) => {
  const file = settingsFile(await ownFolder(t))
  await writeSetting(file, 'pager', 'off')
  const before = await readFile(file.path, 'utf8')
  const wrong = [
    ['paper', 'on'],
    ['pager', 'constructor'],
    ['pager', 'true'],
    ['plain', ''],
    ['history.size', '-1'],
    ['history.size', '1e3'],
  ]
  for (const [name, value] of wrong) {
    await assert.rejects(writeSetting(file, name!, value), {
      code: 'USAGE',
      message: new RegExp(`"${name}"`),
    })
  }
  assert.equal(await readFile(file.path, 'utf8'), before)
})

test('whatever is in the file, impt starts with valid settings', async (t) => {
  const file = settingsFile(await ownFolder(t))
  const names = fc.constantFrom(...SETTINGS.map((row) => row.name))
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, fc.jsonValue()), async (content) => {
      await writeFile(file.path, json(content))
      const { settings } = await readSettings(file)
      for (const row of SETTINGS) assert.equal(typeof settings[row.name], typeof row.default)
    }),
    { numRuns: 50 },
  )
})

test('a broken file and a wrong value are told, and the other settings count', async (t) => {
  const file = settingsFile(await ownFolder(t))
  await writeFile(file.path, json({ pager: 'off', hints: false }))
  const wrong = await readSettings(file)
  assert.deepEqual([wrong.settings.pager, wrong.settings.hints], [true, false])
  assert.match(wrong.problem?.message ?? '', /^Setting "pager" has a wrong value in /)
  await writeFile(file.path, '{')
  const broken = await readSettings(file)
  assert.deepEqual(
    [broken.settings, broken.problem?.message],
    [DEFAULT_SETTINGS, 'Settings File is corrupted.'],
  )
  await assert.rejects(writeSetting(file, 'pager', 'off'), { code: 'FILE' })
  assert.equal(await readFile(file.path, 'utf8'), '{')
})

test('our folders follow the rules of each system', async (t) => {
  const home = await ownFolder(t)
  await mkdir(join(home, 'x'))
  assert.deepEqual(foldersOf({ HOME: '/h' }, 'linux'), {
    config: '/h/.config/impt',
    state: '/h/.local/state/impt',
    cache: '/h/.cache/impt',
  })
  const env = { HOME: '/h', XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '', XDG_CACHE_HOME: 'relative' }
  assert.deepEqual(foldersOf(env, 'linux'), {
    config: '/c/impt',
    state: '/h/.local/state/impt',
    cache: '/h/.cache/impt',
  })
  assert.equal(foldersOf({ HOME: '/h', APPDATA: '/a' }, 'win32').cache, join('/a', 'impt', 'cache'))
})
