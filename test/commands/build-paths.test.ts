import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

const pleasebuild = join(
  dirname(createRequire(import.meta.url).resolve('Builder/package.json')),
  'src/cli.js',
)

describe('the main file of a build may be in any folder', () => {
  let world: World
  let outside: string
  before(async () => {
    world = await openWorld({
      check: (device) => {
        const row = device.split('\n').findIndex((line) => line.startsWith('let ')) + 1
        return row === 0 ? [] : [{ file: 'device_code', type: 'error', row, column: 5, text: 'no' }]
      },
    })
    outside = `${world.directory}-outside`
    for (const folder of [
      world.directory,
      join(world.directory, 'src'),
      join(world.directory, 'src/deep'),
      outside,
    ]) {
      await mkdir(folder, { recursive: true })
      const names = '@{__FILE__} @{__PATH__} @{__LINE__}\n'
      await writeFile(
        join(folder, 'names.nut'),
        `${names}@include "part.nut"\n@include once "part.nut"\n${names}`,
      )
      await writeFile(join(folder, 'part.nut'), `// part\n${names}`)
      await writeFile(join(folder, 'bad.nut'), '@set a 1\n\n// in the third line\nlet x = 2\n')
      await writeFile(join(folder, 'includes-bad.nut'), '@include "bad.nut"\n')
      await writeFile(join(folder, 'missing.nut'), '\n@include "nowhere.nut"\n')
    }
  })
  after(async () => {
    await world.close()
    const { rm } = await import('node:fs/promises')
    await rm(outside, { recursive: true, force: true })
  })

  /** How the folder is written, and how files in it are shown. */
  const places = (): readonly { typed: string; shown: string }[] => [
    { typed: '', shown: '' },
    { typed: './', shown: '' },
    { typed: 'src/', shown: 'src/' },
    { typed: 'src/deep/', shown: 'src/deep/' },
    { typed: 'src/../src/', shown: 'src/' },
    { typed: `${world.directory}/src/`, shown: 'src/' },
    { typed: `${relative(world.directory, outside)}/`, shown: `${outside}/` },
    { typed: `${outside}/`, shown: `${outside}/` },
  ]
  const deploy = (file: string, ...words: string[]) =>
    world.run(['build', 'deploy', '-g', 'Pump Lab', '-x', file, '--preprocess', ...words])

  test('the variables of a source and its includes are those of npm Builder', async () => {
    const files = places().map(({ typed }) => `${typed}names.nut`)
    // Its command line, which ends by itself, is run anew for each file; what it loads is loaded once.
    const program = `for (const file of ${JSON.stringify(files)}) {
      process.argv = [process.execPath, 'pleasebuild', '--suppress-duplicate', file]
      delete require.cache[${JSON.stringify(pleasebuild)}]
      require(${JSON.stringify(pleasebuild)})
      process.stdout.write('\\0')
    }`
    const printed = execFileSync(process.execPath, ['-e', program], {
      cwd: world.directory,
      encoding: 'utf8',
    })
    const theirs = printed.split('\0')
    assert.equal(theirs.length, files.length + 1)
    for (const [index, file] of files.entries()) {
      const { code, stdout } = await deploy(file, '--dump', 'out')
      assert.equal(code, 0, stdout)
      const ours = await readFile(join(world.directory, 'out/device.nut'), 'utf8')
      assert.equal(ours.replaceAll(/^#line .*\n/gm, ''), theirs[index], file)
    }
  })

  test('a compile error names the file and the line, of the main file and of an included one', async () => {
    for (const { typed, shown } of places()) {
      for (const file of ['bad.nut', 'includes-bad.nut']) {
        const { stdout } = await deploy(typed + file)
        assert.ok(stdout.includes(`\n  ${shown}bad.nut:4:5\n  4 | let x = 2\n`), `${typed}: ${stdout}`)
      }
    }
  })

  test('a missing include names where it stands', async () => {
    for (const { typed, shown } of places()) {
      const { code, stdout } = await deploy(`${typed}missing.nut`)
      assert.equal(code, 1)
      assert.ok(
        stdout.includes(`Error: Local file "nowhere.nut" not found (${shown}missing.nut:2)\n`),
        stdout,
      )
    }
  })

  test('deployed text tells of files below the project by their path in it, and of others by their name', async () => {
    for (const { typed, shown } of places()) {
      await deploy(`${typed}includes-bad.nut`, '--dump', 'out')
      const text = await readFile(join(world.directory, 'out/device.nut'), 'utf8')
      const below = shown.startsWith('/') ? '' : shown
      assert.deepEqual(
        [...text.matchAll(/^#line \d+ "(.*)"$/gm)].map(([, name]) => name),
        [`${below}bad.nut`],
      )
      assert.ok(!text.includes(world.directory) && !text.includes('..'), text)
    }
  })
})
