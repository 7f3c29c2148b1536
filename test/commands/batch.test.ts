import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openReport } from '../../src/fleet/report.ts'
import { openWorld, type World } from './world.ts'

async function worldOf(t: TestContext, options: Parameters<typeof openWorld>[0] = {}) {
  const world = await openWorld(options)
  t.after(() => world.close())
  const path = (name: string) => join(world.directory, name)
  return {
    ...world,
    write: (name: string, text: string) => writeFileSync(path(name), text),
    read: (name: string) => readFileSync(path(name), 'utf8'),
    /** The report's lines without their times, and without what they are of. */
    report: (name: string) =>
      readFileSync(path(name), 'utf8').replace(
        /(,at|,\d{4}-[\dT:.-]+Z),(?:impt|"device [^"]*"|the test)$/gm,
        (_, at) => (at === ',at' ? at : ',T'),
      ),
    path,
  }
}

const groupOf = (world: World, name: string) =>
  world.sandbox.store.groups.get(
    [...world.sandbox.store.devices.where('owner', demoId(world))].find((one) => one.name === name)?.group
      ?.id ?? '',
  )?.name
const demoId = ({ sandbox }: World) => sandbox.store.accounts.find('demo')?.id ?? ''

describe('one device in a batch command', () => {
  test('is told as documented, byte for byte', async (t) => {
    const world = await worldOf(t)
    assert.deepEqual(await world.run(['device', 'assign', '-d', 'Spare', '-g', 'Pump Lab']), {
      code: 0,
      stdout: 'Device "Spare" is assigned successfully to Device Group "Pump Lab".\nIMPT COMMAND SUCCEEDS\n',
      stderr: '',
    })
    assert.equal(
      (await world.run(['device', 'assign', '-d', 'Spare', '-g', 'Pump Lab'])).stdout,
      'Device "Spare" is already assigned to Device Group "Pump Lab".\nIMPT COMMAND SUCCEEDS\n',
    )
    assert.equal(
      (await world.run(['device', 'restart', '-d', 'Spare'])).stdout,
      'Restart request for Device "Spare" is successful.\nIMPT COMMAND SUCCEEDS\n',
    )
    assert.equal(
      (await world.run(['device', 'unassign', '-d', 'Spare'])).stdout,
      'Device "Spare" is unassigned successfully.\nIMPT COMMAND SUCCEEDS\n',
    )
    assert.equal(
      (await world.run(['device', 'update', '-d', 'Spare', '-n', 'Other'])).stdout,
      'Device "Spare" is updated successfully.\nIMPT COMMAND SUCCEEDS\n',
    )
    const missing = await world.run(['device', 'restart', '-d', 'nope'])
    assert.deepEqual([missing.code, missing.stdout.split('\n')[0]], [1, 'Error: Device "nope" is not found.'])
    assert.match(
      (await world.run(['device', 'remove', '-d', 'Other', '-q'])).stdout,
      /Device "\S+" is removed successfully\.\n/,
    )
  })

  test('is required unless a file names some', async (t) => {
    const world = await worldOf(t)
    await assert.rejects(
      world.run(['device', 'assign', '-g', 'Pump Lab']),
      /Missing required argument: device/,
    )
    world.write('none.csv', 'device\n')
    assert.deepEqual(await world.run(['device', 'restart', '--from', 'none.csv']), {
      code: 0,
      stdout: '0 devices: nothing to do\nIMPT COMMAND SUCCEEDS\n',
      stderr: 'Warning: "none.csv" names no device: it has a first line and no rows.\n',
    })
  })
})

describe('a batch of devices', () => {
  test('whose first line is a device and no name of a column is refused: that device would be left out', async (t) => {
    const world = await worldOf(t)
    for (const first of ['Spare', [...world.sandbox.store.devices.all()][0]?.id ?? '']) {
      world.write('list.csv', `${first}\nKitchen\n`)
      const { code, stdout } = await world.run(['device', 'restart', '--from', 'list.csv'])
      assert.equal(code, 1, stdout)
      assert.match(stdout, /The first line of "list\.csv" is a device: [^]*names the column: device/)
    }
    world.write('list.csv', 'units\nKitchen\n')
    assert.equal((await world.run(['device', 'restart', '--from', 'list.csv'])).code, 0)
  })

  test('is assigned by ids, names and MAC addresses with one request, after one question for those that move', async (t) => {
    const world = await worldOf(t)
    const mac = (await world.json(['device', 'info', '-d', 'Cellar'])).Device.mac_address
    world.write('list.csv', `serial,device\n1,Kitchen\n2,${mac}\n3,Pump Prototype\n`)
    const words = ['device', 'assign', '--from', 'list.csv', '-g', 'Pump Lab']
    const refused = await world.run(words)
    assert.equal(refused.code, 4)
    assert.match(
      refused.stdout,
      /^2 devices assigned to other Device Groups will be reassigned to Device Group "Pump Lab":\n {2}\w{16} "Kitchen"\n {2}\w{16} "Cellar"\n/,
    )
    world.requests()
    const { code, stdout } = await world.run(words, ['y'])
    assert.deepEqual(
      [code, stdout.split('\n').slice(-3)],
      [0, ['3 devices: 2 ok, 1 already', 'IMPT COMMAND SUCCEEDS', '']],
    )
    assert.equal(world.requests().filter((line) => line.startsWith('POST')).length, 1)
    assert.deepEqual(await world.json([...words, '-q']), [
      { device: 'Kitchen', result: 'already', error: null },
      { device: mac, result: 'already', error: null },
      { device: 'Pump Prototype', result: 'already', error: null },
    ])
  })

  test('names a device once in its error, and the report only where there is none', async (t) => {
    const world = await worldOf(t)
    const words = ['device', 'restart', '-d', 'gone', '-d', 'Kitchen', '--keep-going']
    const without = (await world.run(words)).stdout
    assert.match(without, /^Error: Device "gone" is not found\.$/m)
    assert.match(without, /^With --report FILE the same command goes on with what is left$/m)
    assert.match(
      (await world.run([...words, '--report', 'done.csv'])).stdout,
      /^The same command goes on with what is left$/m,
    )
  })

  test('names all that is not found with its line, and sends nothing', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\nnope\n"no\nline"\nnever\n')
    world.requests()
    const refused = await world.run(['device', 'restart', '--from', 'list.csv', '-d', 'gone'])
    assert.equal(refused.code, 1)
    assert.match(
      refused.stdout,
      /^Error: 4 devices cannot be used; nothing was sent\.\n"gone": Device "gone" is not found\.\nline 3: "nope": Device "nope" is not found\.\nline 4: "no\\nline": .*\nline 6: "never": /,
    )
    assert.deepEqual(
      world.requests().filter((line) => !line.startsWith('GET')),
      [],
    )
    const left = await world.run(['device', 'restart', '--from', 'list.csv', '-k', '-z', 'json'])
    assert.equal(left.code, 1)
    assert.deepEqual(
      JSON.parse(left.stdout).map((one: any) => [one.device, one.result]),
      [
        ['Kitchen', 'ok'],
        ['nope', 'failed'],
        ['no\nline', 'failed'],
        ['never', 'failed'],
      ],
    )
  })

  test('that is wrong in a file is told to programs by file, line and column', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'serial,device\n1,Kitchen\n2,nope\n')
    const problemsOf = async (...words: string[]) =>
      JSON.parse((await world.run(['device', ...words, '--from', 'list.csv', '-z', 'json'])).stdout).problems
    assert.deepEqual(await problemsOf('restart', '-d', 'gone'), [
      { device: 'gone', text: 'Device "gone" is not found.' },
      { file: 'list.csv', line: 3, column: 'device', device: 'nope', text: 'Device "nope" is not found.' },
    ])
    world.write('list.csv', 'device,name\nKitchen,A\nKitchen,B\n')
    assert.deepEqual(await problemsOf('update'), [
      {
        file: 'list.csv',
        line: 3,
        column: 'name',
        device: 'Kitchen',
        text: 'line 2 says name "A", this one "B"',
      },
    ])
    world.write('list.csv', 'device,name\nKitchen,A\nSpare\n')
    assert.deepEqual(await problemsOf('update'), [
      { file: 'list.csv', line: 3, text: 'the row has another number of cells than the first line' },
    ])
    world.write('list.csv', 'serial,name\nKitchen,A\n')
    assert.deepEqual(await problemsOf('update'), [
      { file: 'list.csv', line: 1, text: 'The table has no column "device".' },
    ])
  })

  test('takes what lists and logs of devices wrote, and refuses columns of which any may be meant', async (t) => {
    const world = await worldOf(t)
    const { stdout } = await world.run(['device', 'list', '-z', 'csv'])
    world.write('list.csv', stdout)
    const { code, stdout: told } = await world.run(['device', 'restart', '--from', 'list.csv', '-z', 'json'])
    assert.equal(code, 0, told)
    const devices = (await world.json(['device', 'list'])).map(({ Device }: any) => Device.id)
    assert.deepEqual(
      JSON.parse(told).map(({ device }: any) => device),
      devices,
    )
    for (const head of ['device', 'id', 'Device ID', 'device_id']) {
      world.write('names.csv', `${head},name\nKitchen,'t Huis\n`)
      const renamed = await world.run(['device', 'update', '--from', 'names.csv'])
      assert.equal(renamed.code, 0, renamed.stdout)
      assert.equal((await world.json(['device', 'info', '-d', "'t Huis"])).Device.name, "'t Huis")
      await world.run(['device', 'update', '-d', "'t Huis", '-n', 'Kitchen'])
    }
    world.write('list.csv', 'id,device\nKitchen,Spare\n')
    const refused = await world.run(['device', 'restart', '--from', 'list.csv'])
    assert.equal(refused.code, 1)
    assert.match(
      refused.stdout,
      /^Error: "list\.csv" has several columns that may name the device: "id" and "device"\.\n/,
    )
  })

  test('that names a device in two ways does to it once what it says', async (t) => {
    const world = await worldOf(t)
    const id = (await world.json(['device', 'info', '-d', 'Spare'])).Device.id
    world.write('list.csv', `device\nSpare\n${id}\n`)
    world.requests()
    const { code, stdout } = await world.run(['device', 'restart', '--from', 'list.csv', '--report', 'r.csv'])
    assert.equal(code, 0, stdout)
    assert.deepEqual(
      world.requests().filter((line) => line.startsWith('POST')),
      [`POST /devices/${id}/restart`],
    )
    assert.equal(world.report('r.csv'), `device,result,error,at\nSpare,ok,,T\n${id},ok,,T\n`)
  })

  test('half refused has a result for each device', async (t) => {
    const world = await worldOf(t)
    // imp001 devices cannot be fixtures: the call half succeeds (impcentral-api.md 11).
    const { code, stdout } = await world.run([
      'device',
      'assign',
      '-d',
      'Spare',
      '-d',
      'Cellar',
      '-g',
      'Thermostat Factory Line',
      '-q',
    ])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^Error: Device "Spare": Invalid Device: .* imp001.*\n2 devices: 1 ok, 1 failed\nError: 1 of 2 devices is not done\.\n/,
    )
    assert.deepEqual(
      [groupOf(world, 'Spare'), groupOf(world, 'Cellar')],
      [undefined, 'Thermostat Factory Line'],
    )
  })

  test('of production asks for the unbond key once, and goes one request at a time', async (t) => {
    const world = await worldOf(t)
    world.write('units.csv', 'Customer 1\nSpare\n'.replace(/^/, 'unit\n'))
    const wrong = await world.run(['device', 'unassign', '--from', 'units.csv', '-u', 'nope'])
    assert.match(
      wrong.stdout,
      /^Error: Device "Customer 1": Invalid Permission: .*\n2 devices: 1 already, 1 failed\n/,
    )
    const { code, stdout } = await world.run(
      ['device', 'unassign', '--from', 'units.csv'],
      ['demo-unbond-key'],
    )
    assert.deepEqual(
      [code, stdout],
      [0, 'Enter unbond key: 2 devices: 1 ok, 1 already\nIMPT COMMAND SUCCEEDS\n'],
    )
  })

  test('is removed after one question; assigned ones need --force', async (t) => {
    const world = await worldOf(t)
    const refused = await world.run(['device', 'remove', '-d', 'Spare', '-d', 'Kitchen', '-q'])
    assert.match(
      refused.stdout,
      /^Error: 1 device cannot be used; nothing was sent\.\n"Kitchen": It is assigned to a Device Group/,
    )
    const { code, stdout } = await world.run(
      ['device', 'remove', '-d', 'Spare', '-d', 'Kitchen', '-f'],
      ['y'],
    )
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^2 devices will be removed from the account:\n {2}\w{16} "Spare"\n {2}\w{16} "Kitchen"\n2 devices: 2 ok\n/,
    )
  })

  test('gets its names from a file', async (t) => {
    const world = await worldOf(t)
    world.write('names.csv', 'device,name\nSpare,"=Spare, one"\nKitchen,Kitchen\n')
    assert.match(
      (await world.run(['device', 'update', '--from', 'names.csv'])).stdout,
      /^2 devices: 1 ok, 1 already\n/,
    )
    assert.equal((await world.json(['device', 'info', '-d', '=Spare, one'])).Device.name, '=Spare, one')
    world.write('names.csv', 'device\nSpare\n')
    assert.match(
      (await world.run(['device', 'update', '--from', 'names.csv'])).stdout,
      /^Error: "names\.csv" has no column "name"\.\n/,
    )
  })

  test('gets them from a file of any spreadsheet; an empty one says that it is', async (t) => {
    const world = await worldOf(t)
    for (const [index, text] of [
      'device;name\r\nSpare;"One; two"\r\n',
      '\ufeffdevice\tname\r\nSpare\tOne; two\r\n',
      '\n"device";"name"\n"Spare";"One; two"\n',
    ].entries()) {
      const id = (await world.json(['device', 'info', '-d', 'Spare'])).Device.id
      world.write('names.csv', text)
      const { stdout } = await world.run([
        'device',
        'update',
        '--from',
        'names.csv',
        '--report',
        `r${index}.csv`,
      ])
      assert.match(stdout, /^1 device: 1 ok\n/, text)
      assert.equal((await world.json(['device', 'info', '-d', id])).Device.name, 'One; two')
      assert.match(world.report(`r${index}.csv`), /^Spare,One; two,/m)
      await world.run(['device', 'update', '-d', id, '--name', 'Spare'])
    }
    for (const text of ['', '\ufeff', '\r\n\n']) {
      world.write('names.csv', text)
      for (const words of [
        ['device', 'update'],
        ['device', 'restart'],
      ]) {
        const { code, stdout } = await world.run([...words, '--from', 'names.csv'])
        assert.equal(code, 1)
        assert.match(stdout, /^Error: "names\.csv" is empty\.\nIts first line must name the columns: device/)
      }
    }
  })

  test('that is given two names gets none: which one is meant is asked before anything is sent', async (t) => {
    const world = await worldOf(t)
    const id = (await world.json(['device', 'info', '-d', 'Kitchen'])).Device.id
    for (const [again, said] of [
      ['Kitchen', 'Kitchen'],
      [id, id],
    ] as const) {
      world.write('names.csv', `device,name\nSpare,Reserve\nKitchen,A\n${again},B\n`)
      world.requests()
      const { code, stdout } = await world.run(['device', 'update', '--from', 'names.csv', '--keep-going'])
      assert.equal(code, 1)
      assert.equal(
        stdout,
        `Error: 1 device is named twice with different values; nothing was sent.\nline 4: "${said}": line 3 says name "A", this one "B"\nLeave one line for each device\nIMPT COMMAND FAILS\n`,
      )
      assert.deepEqual(
        world.requests().filter((line) => !line.startsWith('GET')),
        [],
      )
    }
    world.write('names.csv', 'device,name\nKitchen,A\nKitchen,A\n')
    assert.equal((await world.run(['device', 'update', '--from', 'names.csv'])).code, 0)
  })
})

describe('the report of a batch', () => {
  const ofTest = { columns: ['device', 'note'], of: 'the test' }

  test('is that of one command, of what it does and of one account: nothing else is taken for done by it', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\nCellar\nKitchen\n')
    const withReport = (...words: string[]) =>
      world.run(['device', ...words, '--from', 'list.csv', '--report', 'done.csv'])
    const commands = [
      ['restart'],
      ['restart', '--conditional'],
      ['assign', '-g', 'Pump Lab', '-q'],
      ['assign', '-g', 'Thermostat Development', '-q'],
      ['unassign'],
      ['remove', '-f', '-q'],
    ]
    for (const own of commands) {
      rmSync(world.path('done.csv'), { force: true })
      const first = await withReport(...own)
      assert.equal(first.code, 0, first.stdout)
      const report = world.read('done.csv')
      for (const other of commands.filter((one) => one !== own)) {
        world.requests()
        const { code, stdout } = await withReport(...other)
        assert.equal(code, 1, `${own.join(' ')}, ${other.join(' ')}: ${stdout}`)
        assert.match(
          stdout,
          /^Error: "done\.csv" is the report of "device [^"]+", not of "device [^"]+": nothing was sent\.\nGive --report another name/,
        )
        assert.deepEqual(
          world.requests().filter((line) => !line.startsWith('GET')),
          [],
        )
        assert.equal(world.read('done.csv'), report)
      }
      assert.match(
        (await withReport(...own)).stdout,
        /^3 devices: nothing to do \(3 done before\)\n/,
        own.join(' '),
      )
      await world.run(['device', 'assign', '-d', 'Kitchen', '-d', 'Cellar', '-g', 'Pump Prototype', '-q'])
    }
  })

  test('of another account is not this one', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\n')
    const words = ['device', 'restart', '--from', 'list.csv', '--report', 'done.csv']
    await world.run(words)
    assert.match(world.read('done.csv'), /^Kitchen,ok,,[^,]+,"device restart, demo on [\w.:]+"$/m)
    world.write('done.csv', world.read('done.csv').replaceAll(', demo on', ', partner on'))
    const { code, stdout } = await world.run(words)
    assert.deepEqual(
      [
        code,
        /the report of "device restart, partner on [\w.:]+", not of "device restart, demo on/.test(stdout),
      ],
      [1, true],
    )
  })

  test('that an earlier version wrote does not say of what it is: it is read, told, and nothing is left out for it', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\nSpare\nKitchen\n')
    world.write(
      'done.csv',
      'device,result,error,at\nKitchen,ok,,2026-01-01T00:00:00.000Z\nGone,ok,,2026-01-01T00:00:00.000Z\n',
    )
    const words = ['device', 'assign', '--from', 'list.csv', '-g', 'Pump Lab', '-q', '--report', 'done.csv']
    const { code, stdout, stderr } = await world.run(words)
    assert.equal(code, 0)
    assert.match(stdout, /^3 devices: 2 ok \(1 named twice\)\n/)
    assert.match(stderr, /^Warning: "done\.csv" has rows that do not say which command did them/)
    assert.equal(groupOf(world, 'Kitchen'), 'Pump Lab')
    assert.match(
      world.report('done.csv'),
      /^device,result,error,at\nGone,ok,,T?.*\nKitchen,ok,,T\nSpare,ok,,T\n/,
    )
    world.write('list.csv', 'device\nKitchen\nCellar\nCellar\n')
    assert.match((await world.run(words)).stdout, /^3 devices: 1 ok \(1 done before, 1 named twice\)\n/)
  })

  const list = 'device,note\nKitchen,a\nCellar,"b, ""c"""\nLiving Room,\n'

  test('is written row by row, and the next run goes on with what is left', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', list)
    const id = (await world.json(['device', 'info', '-d', 'Cellar'])).Device.id
    world.sandbox.inject({
      method: 'POST',
      path: `/devices/${id}/restart`,
      skip: 0,
      count: 1,
      fault: { kind: 'status', status: 403 },
    })
    const words = ['device', 'restart', '--from', 'list.csv', '--report', 'done.csv']
    assert.equal((await world.run(words)).code, 1)
    assert.equal(
      world.report('done.csv'),
      'device,note,result,error,at\nKitchen,a,ok,,T\nCellar,"b, ""c""",failed,Injected Fault: By request.,T\nLiving Room,,ok,,T\n',
    )
    world.requests()
    const again = await world.run(words)
    assert.deepEqual(
      [again.code, again.stdout],
      [0, '3 devices: 1 ok (2 done before)\nIMPT COMMAND SUCCEEDS\n'],
    )
    assert.deepEqual(
      world.requests().filter((line) => line.startsWith('POST')),
      [`POST /devices/${id}/restart`],
    )
    assert.equal(
      world.report('done.csv'),
      'device,note,result,error,at\nKitchen,a,ok,,T\nCellar,"b, ""c""",ok,,T\nLiving Room,,ok,,T\n',
    )
  })

  test('cut at any byte is gone on with: every device is done, and the report says so', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', list)
    const words = ['device', 'restart', '--from', 'list.csv', '--report', 'done.csv']
    await world.run(words)
    const whole = world.read('done.csv')
    for (let length = 0; length < whole.length; length += 7) {
      world.write('done.csv', whole.slice(0, length))
      assert.equal((await world.run(words)).code, 0, `cut at ${length}`)
      assert.deepEqual(world.report('done.csv').split('\n').length, 5)
      assert.equal(world.report('done.csv').match(/,ok,,T/g)?.length, 3, `cut at ${length}`)
    }
  })

  test('that is another file is not written over', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', list)
    world.write('other.csv', 'a,b\n1,2\n')
    const { code, stdout } = await world.run([
      'device',
      'restart',
      '--from',
      'list.csv',
      '--report',
      'other.csv',
    ])
    assert.equal(code, 1)
    assert.match(stdout, /^Error: "other\.csv" is not a report of this batch: its columns are others\.\n/)
    assert.equal(world.read('other.csv'), 'a,b\n1,2\n')
  })

  test('cut, gone on with and left again before its end keeps every line that came after the cut', async (t) => {
    const world = await worldOf(t)
    world.write('done.csv', 'device,note,result,error,at,impt\nKitchen,a,ok,,2026-01-0')
    const open = () =>
      openReport(world.path('done.csv'), 'done.csv', ofTest, world.read('done.csv'), Date.now)
    const row = (device: string, note: string) => ({ device, cells: { device, note } })
    const rows = [row('Kitchen', 'a'), row('Cellar', 'b'), row('Living Room', '')]
    const killed = await open()
    await killed.begin(rows)
    for (const one of rows.slice(1)) await killed.add([{ row: one, result: 'ok' }])
    const again = await open()
    assert.deepEqual(rows.map(again.isDone), [false, true, true])
  })

  test('whose columns a spreadsheet has put in another order is gone on with in ours', async (t) => {
    const world = await worldOf(t)
    world.write(
      'done.csv',
      'result,at,device,note,error,impt\nfailed,T,Kitchen,a,no,the test\nok,T,Living Room,,,the test\n',
    )
    const report = await openReport(
      world.path('done.csv'),
      'done.csv',
      ofTest,
      world.read('done.csv'),
      Date.now,
    )
    await report.begin([])
    await report.add([{ row: { device: 'Cellar', cells: { device: 'Cellar', note: 'b' } }, result: 'ok' }])
    assert.equal(
      world.report('done.csv'),
      'device,note,result,error,at\nKitchen,a,failed,no,T,the test\nLiving Room,,ok,,T,the test\nCellar,b,ok,,T\n',
    )
  })

  test('goes on to say what was done to devices that are in the list no more', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\nnope\n')
    const words = ['device', 'restart', '--from', 'list.csv', '--report', 'done.csv']
    await world.run([...words, '-k'])
    world.write('list.csv', 'device\nCellar\n')
    assert.equal((await world.run(words)).code, 0)
    assert.equal(world.report('done.csv'), 'device,result,error,at\nKitchen,ok,,T\nCellar,ok,,T\n')
  })

  test('of removals does not call a device gone that there never was', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nnope\nSpare\n')
    const words = ['device', 'remove', '--from', 'list.csv', '--report', 'done.csv', '-q', '-k']
    for (let run = 0; run < 2; run++) {
      assert.equal((await world.run(words)).code, 1)
      assert.match(world.report('done.csv'), /^nope,failed,.*not found.*\nSpare,ok,,T$/m)
    }
  })

  test('does not say that a device is removed which nobody could ask for', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nSpare\n')
    const id = (await world.json(['device', 'info', '-d', 'Spare'])).Device.id
    for (const method of ['DELETE', 'GET'])
      world.sandbox.inject({ method, path: `/devices/${id}`, skip: 0, count: 99, fault: { kind: 'reset' } })
    const words = ['device', 'remove', '--from', 'list.csv', '--report', 'done.csv', '-q']
    const { code, stdout } = await world.run(words)
    assert.equal(code, 1, stdout)
    assert.match(world.report('done.csv'), /^Spare,failed,/m)
  })

  test('tells what is not done when the connection is gone, and a lost answer is looked up', async (t) => {
    const world = await worldOf(t)
    world.write('list.csv', 'device\nKitchen\nCellar\nSpare\n')
    const words = ['device', 'assign', '--from', 'list.csv', '-g', 'Pump Lab', '-q', '--report', 'done.csv']
    world.sandbox.inject({
      method: 'POST',
      path: '*/relationships/devices',
      skip: 0,
      count: 1,
      fault: { kind: 'reset' },
    })
    const first = await world.run(words)
    assert.equal(first.code, 0, first.stdout)
    assert.deepEqual(
      ['Kitchen', 'Cellar', 'Spare'].map((name) => groupOf(world, name)),
      ['Pump Lab', 'Pump Lab', 'Pump Lab'],
    )
    assert.equal(
      world.report('done.csv'),
      'device,result,error,at\nKitchen,ok,,T\nCellar,ok,,T\nSpare,ok,,T\n',
    )
    rmSync(world.path('done.csv'))
    world.sandbox.inject({
      method: '*',
      path: '/devices/*/restart',
      skip: 1,
      count: 99,
      fault: { kind: 'reset' },
    })
    const cut = await world.run(['device', 'restart', '--from', 'list.csv', '--report', 'done.csv'])
    assert.equal(cut.code, 1)
    const results = world
      .report('done.csv')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.split(',')[1])
    assert.equal(results.filter((one) => one === 'ok').length, 1)
    assert.ok(results.every((one) => ['ok', 'failed', 'not-started'].includes(one ?? '')))
  })
})

test('a fleet is assigned in two requests for each hundred devices, and a few', async (t) => {
  const world = await worldOf(t, { fleet: { products: 1, groups: 2, devices: 2000 } } as object)
  const { store } = world.sandbox
  const devices = store.devices
    .where('owner', demoId(world))
    .filter((one) => one.group?.type === 'development_devicegroup')
    .slice(0, 1500)
  assert.ok(devices.length > 500, String(devices.length))
  world.write('list.csv', `device\n${devices.map(({ id }) => id).join('\n')}\n`)
  world.requests()
  const { code, stdout } = await world.run(['device', 'assign', '--from', 'list.csv', '-g', 'Pump Lab', '-q'])
  assert.equal(code, 0, stdout.slice(0, 400))
  const pages = Math.ceil(store.devices.where('owner', demoId(world)).length / 100)
  assert.ok(world.requests().length <= pages + 3 + devices.length / 100 + 5)
})

describe('dg update --set-env', () => {
  const env = async (world: World, name = 'Pump Lab') =>
    (await world.json(['dg', 'info', '-g', name]))['Device Group'].env_vars
  const update = (world: World, ...words: string[]) => world.run(['dg', 'update', '-g', 'Pump Lab', ...words])

  test('sets and takes away single variables and leaves the others', async (t) => {
    const world = await worldOf(t)
    await update(world, '-e', '{"keep": "k", "old": 1, "limit": 2}')
    world.write('key.txt', 'from a=file\n')
    const done = await update(
      world,
      '--set-env',
      'mode=eco=x',
      '--set-env',
      'limit:=3.5',
      '--set-env',
      'key=@key.txt',
      '--set-env',
      'empty=',
      '--unset-env',
      'old',
    )
    assert.equal(done.stdout, 'Device Group "Pump Lab" is updated successfully.\nIMPT COMMAND SUCCEEDS\n')
    assert.deepEqual(await env(world), {
      keep: 'k',
      limit: 3.5,
      mode: 'eco=x',
      key: 'from a=file',
      empty: '',
    })
    const asked = await world.run(['dg', 'update', '-g', 'Pump Lab', '--set-env', 'key=@-'], ['typed'])
    assert.match(asked.stdout, /^Enter value of key: /)
    assert.equal((await env(world)).key, 'typed')
  })

  test('tells of a variable to take away that is not there, and does the rest', async (t) => {
    const world = await worldOf(t)
    await update(world, '-e', '{"keep": "k", "old": 1}')
    for (const more of [[], ['-z', 'json']]) {
      const { code, stderr } = await update(
        world,
        '--unset-env',
        'NOPE',
        '--unset-env',
        'old',
        '--set-env',
        'a=1',
        ...more,
      )
      assert.equal(code, 0)
      assert.match(
        stderr,
        /^Warning: Device Group "Pump Lab" has no environment variable "NOPE": there is nothing to take away\.$/m,
      )
      assert.deepEqual(await env(world), { keep: 'k', a: '1' })
    }
  })

  test('refuses what makes no sense before anything is sent, and never shows a value', async (t) => {
    const world = await worldOf(t)
    for (const [words, expected] of [
      [['--set-env', '1st=hidden'], /"1st" is no name of an environment variable/],
      [['--set-env', 'hidden'], /A value of option "--set-env" has no "="/],
      [['--set-env', 'n:=hidden'], /The value of the environment variable "n" is no number/],
      [['--set-env', 'a=hidden', '--unset-env', 'a'], /"a" is named twice/],
      [['--set-env', 'a=@nope.txt'], /File error: nope\.txt: file is not found/],
    ] as const) {
      world.requests()
      const { code, stdout, stderr } = await update(world, ...words)
      assert.notEqual(code, 0)
      assert.match(stdout, expected)
      assert.doesNotMatch(stdout + stderr, /hidden/)
      assert.deepEqual(
        world.requests().filter((line) => !line.startsWith('GET')),
        [],
      )
    }
    await assert.rejects(update(world, '--set-env', 'a=1', '-e', '{}'), /mutually exclusive/)
    assert.equal(existsSync(world.path('hidden')), false)
  })
})
