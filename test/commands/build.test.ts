import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { CLOUDS, openWorld, type World } from './world.ts'

for (const [cloud, switches] of CLOUDS)
  describe(`impt build, in a cloud ${cloud}`, () => {
    let world: World
    const file = (name: string) => join(world.directory, name)
    before(async () => {
      world = await openWorld({
        ...switches,
        check: (device) =>
          device.includes('let x')
            ? [{ file: 'device_code', type: 'error', row: 2, column: 5, text: "expected 'IDENTIFIER'" }]
            : device.includes('hmm')
              ? [{ file: 'device_code', type: 'warning', row: 1, column: 1, text: 'odd' }]
              : [],
      })
      await writeFile(file('device.nut'), 'server.log("d")\n')
      await writeFile(file('agent.nut'), 'server.log("a")\n')
    })
    after(() => world.close())

    const deploy = (...words: string[]) => world.run(['build', 'deploy', '-g', 'Pump Lab', ...words])

    test('deploy uploads both files exactly and says which side is empty', async () => {
      const { code, stdout } = await deploy(
        '-x',
        'device.nut',
        '-s',
        'first',
        '-t',
        'a',
        '-t',
        'b',
        '-f',
        '-o',
        'here',
      )
      assert.equal(code, 0)
      assert.match(
        stdout,
        /^--agent-file option is not specified, empty agent code will be deployed\.\nDeployment "\S+" is created successfully\.\nDeployment: \n/,
      )
      assert.match(stdout, /\n {2}tags: {4}a, b\n {2}origin: {2}here\n {2}flagged: true\n/)
      const [{ Deployment }] = await world.json(['build', 'list', '-t', 'b', '-g', 'Pump Lab'])
      const whole = (await world.json(['build', 'info', '-b', Deployment.id])).Deployment
      assert.equal(whole.device_code, 'server.log("d")\n')
      assert.equal(whole.agent_code, '')
    })

    test('code that imps have no room for is told before it is deployed, run or copied, and still goes out', async () => {
      const lines = (count: number) =>
        Array.from({ length: count }, (_, i) => `server.log("a text of its own: ${i}")\n`).join('')
      const told = async (...words: string[]) => {
        const { code, stderr } = await world.run(['build', ...words])
        assert.equal(code, 0, stderr)
        return stderr
      }
      await writeFile(file('large.nut'), lines(4000))
      await writeFile(file('huge.nut'), lines(14_000))
      await writeFile(file('fits.nut'), `#require "Promise.lib.nut:4.0.0"\n${lines(1000)}`)
      const large =
        /^Warning: large\.nut takes about 2\d\d,\d{3} bytes when it is compiled; imp001, imp002, imp003 will not start it: there is room for 131,072$/m
      assert.match(await told('deploy', '-g', 'Pump Lab', '-x', 'large.nut', '-t', 'large'), large)
      assert.match(await told('run', '-g', 'Pump Lab', '-x', 'large.nut'), large)
      assert.match(
        await told('copy', '-b', 'large', '-g', 'Pump Lab'),
        /^Warning: The device code takes about 2\d\d,\d{3} bytes/m,
      )
      assert.match(
        await told('deploy', '-g', 'Pump Lab', '-x', 'huge.nut'),
        /^Warning: huge\.nut takes about [5-9]\d\d,\d{3} bytes when it is compiled; no imp has room for more than 524,288, so that none will start it$/m,
      )
      // What an agent has room for is not documented.
      for (const words of [
        ['-x', 'fits.nut'],
        ['-y', 'huge.nut'],
      ])
        assert.equal(await told('deploy', '-g', 'Pump Lab', ...words), '')
    })

    test('deploy of a missing file fails before anything is sent', async () => {
      world.requests()
      const { code, stdout } = await deploy('-x', 'nope.nut')
      assert.equal(code, 1)
      assert.equal(
        stdout,
        'Error: File with IMP device source code "nope.nut" is not found.\nIMPT COMMAND FAILS\n',
      )
      assert.deepEqual(world.requests(), [])
    })

    test('a compile error shows the row, the column and the line with a caret', async () => {
      await writeFile(file('bad.nut'), 'local y = 1\n\tlet x = 2\n')
      const { code, stdout } = await deploy('-x', 'bad.nut')
      assert.equal(code, 1)
      assert.match(stdout, /Error: Compilation Error/)
      assert.match(
        stdout,
        /\ndevice_code error \(line 2, column 5\): expected 'IDENTIFIER'\n {2}bad\.nut:2:5\n {2}2 \| \tlet x = 2\n {4}\| \t {3}\^\n/,
      )
      const json = await world.json(['build', 'deploy', '-g', 'Pump Lab', '-x', 'bad.nut'])
      assert.match(json.Error, /^Compilation Error/)
    })

    test('a compile error in preprocessed code points at the line that a person wrote', async () => {
      await writeFile(file('part.nut'), '// one\nlet x = 2\n')
      await writeFile(file('main.nut'), '@include "part.nut"\n')
      const { stdout } = await deploy('-x', 'main.nut', '--preprocess')
      assert.match(stdout, /\n {2}part\.nut:\d:5\n {2}\d \| /)
    })

    test('warnings of the compiler come before the success line', async () => {
      await writeFile(file('warn.nut'), 'hmm()\n')
      const { code, stdout } = await deploy('-x', 'warn.nut')
      assert.equal(code, 0)
      assert.match(stdout, /device_code warning \(line 1, column 1\): odd\n/)
    })

    test('preprocessing sets variables of --define and writes the result to --dump', async () => {
      await writeFile(file('vars.nut'), 'server.log("@{NAME}")\n')
      const { code } = await deploy('-x', 'vars.nut', '--preprocess', '--define', 'NAME=x=y', '--dump', 'out')
      assert.equal(code, 0)
      assert.match(await readFile(file('out/device.nut'), 'utf8'), /server\.log\("x=y"\)/)
    })

    test('statement ends after directives and byte order marks are no part of the code', async () => {
      await writeFile(file('ends.nut'), '\ufeff@include "marked.nut";\n@set N 3;\nserver.log(@{N;});\n')
      await writeFile(file('marked.nut'), '\ufeffserver.log("part");\n')
      const { code, stdout } = await deploy('-x', 'ends.nut', '--preprocess', '--dump', 'ends')
      assert.equal(code, 0, stdout)
      assert.equal(
        (await readFile(file('ends/device.nut'), 'utf8')).replaceAll(/^#line.*\n/gm, ''),
        'server.log("part");\nserver.log(3);\n',
      )
    })

    test('--lib adds functions of a JavaScript file, which is read again for each build', async () => {
      await writeFile(file('lib.nut'), 'server.log("@{version()}")\n')
      for (const version of ['1.0', '1.1']) {
        await writeFile(file('lib.js'), `module.exports = { version: () => "${version}" }`)
        const { code, stdout } = await deploy(
          '-x',
          'lib.nut',
          '--preprocess',
          '--lib',
          'lib.js',
          '--dump',
          'lib',
        )
        assert.equal(code, 0, stdout)
        assert.ok((await readFile(file('lib/device.nut'), 'utf8')).includes(`server.log("${version}")`))
      }
      const missing = await deploy('-x', 'lib.nut', '--preprocess', '--lib', 'none.js')
      assert.equal(missing.code, 1)
      assert.match(missing.stdout, /Error: The library "none\.js" is not found \(/)
    })

    test('run is deploy and restart, and leaves the minimum and the group as they are', async () => {
      const before = (await world.json(['dg', 'info', '-g', 'Pump Lab']))['Device Group']
      const { code, stdout } = await world.run([
        'build',
        'run',
        '-g',
        'Pump Lab',
        '-x',
        'device.nut',
        '-y',
        'agent.nut',
        '-s',
        'of the build',
      ])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /^Deployment "\S+" is created successfully\.\nRestart request for Devices assigned to Device Group "Pump Lab" is successful:\nDevice: \n/,
      )
      const now = (await world.json(['dg', 'info', '-g', 'Pump Lab']))['Device Group']
      assert.equal(now.description, before.description)
      assert.deepEqual(now['Min supported Deployment'], before['Min supported Deployment'])
      await world.run([
        'build',
        'run',
        '-g',
        'Pump Lab',
        '-x',
        'device.nut',
        '-y',
        'agent.nut',
        '--force-agents',
      ])
      const forced = (await world.json(['dg', 'info', '-g', 'Pump Lab']))['Device Group']
      assert.equal(forced['Min supported Deployment'].id, forced['Current Deployment'].id)
    })

    test('run --log opens the stream before the devices restart', async () => {
      world.requests()
      const stop = new AbortController()
      const words = [
        'build',
        'run',
        '-g',
        'Pump Lab',
        '-x',
        'device.nut',
        '-y',
        'agent.nut',
        '-l',
        '-z',
        'minimal',
      ]
      const ended = world.run(words, [], stop.signal)
      const seen: string[] = []
      while (!seen.some((request) => request.endsWith('/restart'))) {
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(...world.requests())
      }
      stop.abort(new Error('enough'))
      assert.equal((await ended).code, 0)
      const [deployed, opened, restarted] = [/^POST \/deployments$/, /^POST \/logstream$/, /\/restart$/].map(
        (request) => seen.findIndex((one) => request.test(one)),
      )
      assert.ok(
        deployed !== -1 && Number(deployed) < Number(opened) && Number(opened) < Number(restarted),
        seen.join('\n'),
      )
    })

    test('run on a group without devices deploys and says so', async () => {
      const { code, stdout } = await world.run([
        'build',
        'run',
        '-g',
        'Thermostat Under Test',
        '-x',
        'device.nut',
        '-y',
        'agent.nut',
        '-l',
      ])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /is created successfully\.\nDevice Group "Thermostat Under Test" does not have assigned Devices\.\nIMPT COMMAND SUCCEEDS\n$/,
      )
    })

    test('get writes the files, asks before it overwrites, and never reports success for nothing', async () => {
      const made = await world.json([
        'build',
        'deploy',
        '-g',
        'Pump Lab',
        '-x',
        'device.nut',
        '-y',
        'agent.nut',
        '-t',
        'get-me',
      ])
      const { id } = made.Deployment
      const got = await world.run(['build', 'get', '-b', id, '-x', 'd.out', '-y', 'a.out'])
      assert.equal(got.code, 0)
      assert.match(
        got.stdout,
        /^Deployment "\S+" source file\(s\) are downloaded successfully\.\nDeployment: \n/,
      )
      assert.equal(await readFile(file('d.out'), 'utf8'), 'server.log("d")\n')
      const declined = await world.run(['build', 'get', '-b', id, '-x', 'd.out', '-y', 'a.out'], ['n'])
      assert.equal(declined.code, 4)
      assert.match(
        declined.stdout,
        /^Source file\(s\) d\.out, a\.out already exist\. They will be overwritten\.\n/,
      )
      assert.equal((await world.run(['build', 'get', '-b', id, '-i', '-j'])).code, 2)
      assert.match(
        (await world.run(['build', 'get', '-b', id])).stdout,
        /^Error: Option "--device-file" must be specified\.\n/,
      )
    })

    test('copy --all takes the attributes along', async () => {
      const made = await world.json([
        'build',
        'deploy',
        '-g',
        'Pump Lab',
        '-x',
        'device.nut',
        '-t',
        'copied',
        '-s',
        'descr',
        '-o',
        'orig',
      ])
      const { code, stdout } = await world.run([
        'build',
        'copy',
        '-b',
        made.Deployment.id,
        '-g',
        'Thermostat Development',
        '-a',
      ])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /^Deployment "(\S+)" is created successfully\.\nDeployment "\S+" is copied successfully to Deployment "\1"\.\n/,
      )
      const [{ Deployment }] = await world.json([
        'build',
        'list',
        '-g',
        'Thermostat Development',
        '-t',
        'copied',
      ])
      assert.equal(Deployment.origin, 'orig')
    })

    test('update adds and removes tags, each once', async () => {
      const made = await world.json(['build', 'deploy', '-g', 'Pump Lab', '-t', 'x1', '-t', 'x2'])
      const { id } = made.Deployment
      await world.run(['build', 'update', '-b', id, '-r', 'x1', '-t', 'x2', '-t', 'x3', '-r', 'absent', '-f'])
      const { Deployment } = await world.json(['build', 'info', '-b', id])
      assert.deepEqual(Deployment.tags, ['x2', 'x3'])
      assert.equal(Deployment.flagged, true)
      await world.run(['build', 'update', '-b', id, '-f', 'false'])
      assert.equal((await world.json(['build', 'info', '-b', id])).Deployment.flagged, false)
    })

    test('delete refuses the minimum and what is newer', async () => {
      const { 'Device Group': group } = await world.json(['dg', 'info', '-g', 'Thermostat Development'])
      const { code, stdout } = await world.run([
        'build',
        'delete',
        '-b',
        group['Current Deployment'].id,
        '-q',
      ])
      assert.equal(code, 1)
      assert.match(
        stdout,
        /^Error: Impossible to delete Deployment "\S+"\. It is the Min supported Deployment or newer for Device Group "\S+"\.\n/,
      )
    })

    test('list shows a build once that has two of the tags', async () => {
      await world.run(['build', 'deploy', '-g', 'Pump Lab', '-t', 'two-a', '-t', 'two-b'])
      assert.equal((await world.json(['build', 'list', '-t', 'two-a', '-t', 'two-b'])).length, 1)
    })

    test('cleanup deletes what belongs to no group, flagged builds only with --unflag', async () => {
      const old = await openWorld({ ...switches, zombies: true })
      assert.equal(
        (await old.run(['build', 'cleanup', '-q'])).stdout,
        'No Deployments are found.\nIMPT COMMAND SUCCEEDS\n',
      )
      await old.run(['dg', 'create', '-n', 'z', '-p', 'Thermostat'])
      await old.run(['build', 'deploy', '-g', 'z'])
      await old.run(['dg', 'delete', '-g', 'z', '-q'])
      assert.equal((await old.json(['build', 'list', '--zombie'])).length, 1)
      assert.match(
        (await old.run(['build', 'cleanup', '-q'])).stdout,
        /^Deployment "\S+" is deleted successfully\.\n/,
      )
      assert.equal((await old.json(['build', 'list', '--zombie'])).length, 0)
      await old.close()
    })
  })
