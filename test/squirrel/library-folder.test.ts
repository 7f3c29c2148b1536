import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { libraryIn } from '../../src/squirrel/library-folder.ts'

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'impt-libraries-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

test('a library is found by name and version in every layout and case, and under each of its names', (t) => {
  const layouts: readonly (readonly [string, string])[] = [
    ['Sensor.lib.nut', 'class Sensor { static VERSION = "1.2.3" }'],
    ['sensor.class.nut', 'class Sensor { static version = [1, 2, 3]; }'],
    ['SENSOR.device.nut', 'Sensor <- { VERSION = "v1.2.3" }'],
    ['1.2.3/Sensor.agent.nut', 'text'],
    ['v1.2.3/Sensor.lib.nut', 'text'],
    ['Sensor/1.2.3/Sensor.lib.nut', 'text'],
    ['Sensor-1.2.3/Sensor.lib.nut', 'text'],
    ['Sensor-v1.2.3/src/Sensor.nut', 'text'],
    ['electricimp/Sensor/Sensor.lib.nut', 'static VERSION  =  "1.2.3"'],
  ]
  const asked = ['Sensor.lib.nut', 'sensor.class.nut', 'Sensor', 'SENSOR.LIB.NUT', 'Sensor.agent.lib.nut']
  for (const [path, text] of layouts) {
    const library = libraryIn([folderWith(t, { [path]: text, 'Other.lib.nut': 'other' })])
    for (const name of asked) assert.equal(library(name, '1.2.3'), text, `${name} in ${path}`)
    assert.equal(library('Sensor.lib.nut', null), text)
    assert.deepEqual(library('Sensor.lib.nut', '2.0.0'), { versions: ['1.2.3'] })
    assert.equal(library('Sensors.lib.nut', '1.2.3'), undefined)
  }
})

test('of several versions the one asked for is taken; a file that says none is taken where no other fits', (t) => {
  const folder = folderWith(t, {
    'A/1.0.0/A.lib.nut': 'one',
    'A/2.0.0/A.lib.nut': 'two',
    'A.lib.nut': 'A <- { VERSION = "3.0.0" }',
    'B.lib.nut': 'any',
    'B/1.0.0/B.lib.nut': 'B one',
  })
  const library = libraryIn([folder])
  assert.deepEqual(
    ['1.0.0', '2.0.0', '3.0.0'].map((version) => library('A.lib.nut', version)),
    ['one', 'two', 'A <- { VERSION = "3.0.0" }'],
  )
  assert.deepEqual(library('A.lib.nut', '4.0.0'), { versions: ['1.0.0', '2.0.0', '3.0.0'] })
  assert.deepEqual(
    ['1.0.0', '9.9.9'].map((version) => library('B', version)),
    ['B one', 'any'],
  )
})

test('the first folder wins, a file that is named wins over all folders, and bundled ones come last', (t) => {
  const [first, second] = [
    folderWith(t, { 'A.lib.nut': 'first' }),
    folderWith(t, { 'A.lib.nut': 'second', 'mine.nut': 'mine' }),
  ]
  assert.equal(libraryIn([first, second])('A', '1.0.0'), 'first')
  const mine = join(second, 'mine.nut')
  assert.equal(libraryIn([`A=${mine}`, first])('a.lib.nut', '1.0.0'), 'mine')
  assert.equal(libraryIn([`A.lib.nut:2.0.0=${mine}`, first])('A', '2.0.0'), 'mine')
  assert.equal(libraryIn([`A:2.0.0=${mine}`, first])('A', '1.0.0'), 'first')
  assert.equal(typeof libraryIn([first])('Promise.lib.nut', '4.0.1'), 'string')
  assert.equal(libraryIn([folderWith(t, { 'Promise.lib.nut': 'own' })])('Promise.lib.nut', '4.0.1'), 'own')
})

test('a tag of a checkout is read as an object; what is checked out stays', (t) => {
  const folder = folderWith(t, { 'Sensor/Sensor.lib.nut': 'old <- { VERSION = "1.0.0" }' })
  const root = join(folder, 'Sensor')
  const git = (...words: string[]) => {
    const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main']
    const { status, stderr } = spawnSync('git', [...identity, '-C', root, ...words], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
  }
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'one')
  git('tag', 'v1.0.0')
  writeFileSync(join(root, 'Sensor.lib.nut'), 'new <- { VERSION = "2.0.0" }')
  git('commit', '-qam', 'two')
  const library = libraryIn([folder])
  assert.equal(library('Sensor.lib.nut', '2.0.0'), 'new <- { VERSION = "2.0.0" }')
  assert.equal(library('Sensor.lib.nut', '1.0.0'), 'old <- { VERSION = "1.0.0" }')
  assert.deepEqual(library('Sensor.lib.nut', '3.0.0'), { versions: ['2.0.0'] })
})

test('no name leads out of a folder, no link is followed, and a folder that is gone has nothing', (t) => {
  const secret = folderWith(t, { 'Secret.lib.nut': 'secret' })
  const folder = folderWith(t, { 'a/A.lib.nut': 'a' })
  symlinkSync(secret, join(folder, 'link'))
  symlinkSync(join(secret, 'Secret.lib.nut'), join(folder, 'Linked.lib.nut'))
  const library = libraryIn([folder, join(folder, 'gone')])
  for (const name of ['Secret', 'Linked', '../Secret', 'a/A', '..', '', 'constructor', '__proto__'])
    assert.equal(library(name, null), undefined, name)
})
