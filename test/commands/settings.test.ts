import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('impt project, test and webhook', () => {
  let world: World
  const file = (name: string) => join(world.directory, name)
  const read = async (name: string) => JSON.parse(await readFile(file(name), 'utf8'))
  before(async () => {
    world = await openWorld()
  })
  after(() => world.close())

  test('project create makes what is missing and writes the documented file', async () => {
    const { code, stdout } = await world.run([
      'project',
      'create',
      '-p',
      'Made',
      '-c',
      '-n',
      'dev',
      '-s',
      'mine',
    ])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^Product "Made" is created successfully\.\nDevice Group "dev" is created successfully\.\nDevice source file "device\.nut" is created successfully\.\nAgent source file "agent\.nut" is created successfully\.\nProject is created successfully\.\nProject: \n {2}Device file: {2}device\.nut\n {2}Agent file: {3}agent\.nut\n {2}Device Group: \n/,
    )
    const text = await readFile(file('.impt.project'), 'utf8')
    assert.match(
      text,
      /^\{\n {2}"deviceGroupId": "\S+",\n {2}"deviceFile": "device\.nut",\n {2}"agentFile": "agent\.nut"\n\}$/,
    )
  })

  test('commands take group, product and build from the Project file', async () => {
    assert.equal((await world.json(['dg', 'info']))['Device Group'].name, 'dev')
    assert.equal((await world.json(['product', 'info'])).Product.name, 'Made')
    assert.match(
      (await world.run(['build', 'info'])).stdout,
      /^Error: No Deployment Identifier is specified\./,
    )
    const made = await world.json(['build', 'deploy'])
    assert.equal((await world.json(['build', 'info'])).Deployment.id, made.Deployment.id)
    assert.match((await world.run(['log', 'get'])).stdout, /^Error: No Device Identifier is specified\./)
  })

  test('project update changes the group and clears the description with an empty text', async () => {
    const { code } = await world.run(['project', 'update', '-s', '', '-x', 'other.nut'])
    assert.equal(code, 0)
    assert.equal((await read('.impt.project')).deviceFile, 'other.nut')
    assert.equal((await world.json(['dg', 'info']))['Device Group'].description, '')
  })

  test('unknown keys of a Project file survive an update', async () => {
    await writeFile(file('.impt.project'), JSON.stringify({ ...(await read('.impt.project')), theirs: [1] }))
    await world.run(['project', 'update', '-y', 'agent2.nut'])
    assert.deepEqual((await read('.impt.project')).theirs, [1])
  })

  test('project info --full shows who is logged in', async () => {
    const { Project, Auth } = await world.json(['project', 'info', '--full'])
    assert.equal(Project['Device Group'].name, 'dev')
    assert.equal(Auth.Username, 'demo')
  })

  test('project link refuses other types and keeps the old file', async () => {
    const { stdout } = await world.run(['project', 'link', '-g', 'Thermostat Field', '-q'])
    assert.match(
      stdout,
      /^Error: Project can not be linked to Device Group of the type "production"\. Only "development" or "pre-factory" Device Groups are allowed\.\n/,
    )
    assert.equal((await world.json(['project', 'info'])).Project['Device Group'].name, 'dev')
  })

  test('a Project whose group is gone says what to do', async () => {
    const other = await openWorld()
    await other.run(['project', 'create', '-p', 'Thermostat', '-n', 'gone'])
    await other.run(['dg', 'delete', '-g', 'gone', '-q'])
    const { code, stdout } = await other.run(['dg', 'restart'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^Error: Device Group "\S+", saved in Project File, does not exist anymore\.\nUse "impt project delete" command to delete the outdated Project\./,
    )
    assert.equal((await other.run(['project', 'delete', '--all', '-q'])).code, 0)
    await other.close()
  })

  test('a broken Project file is reported and kept', async () => {
    const other = await openWorld()
    await writeFile(join(other.directory, '.impt.project'), '{"deviceGroupId":')
    const { code, stdout } = await other.run(['dg', 'info'])
    assert.equal(code, 1)
    assert.match(stdout, /^Error: Project File is corrupted\.\n/)
    assert.equal(await readFile(join(other.directory, '.impt.project'), 'utf8'), '{"deviceGroupId":')
    assert.equal((await other.run(['project', 'delete', '-q'])).code, 0)
    await other.close()
  })

  test('project create in a read-only folder names the group that it leaves behind', async (t) => {
    if (process.getuid?.() === 0)
      return t.diagnostic('root may write everywhere: the case is covered by the file room')
    const other = await openWorld()
    await chmod(other.directory, 0o500)
    const { stdout } = await other.run(['project', 'create', '-p', 'Thermostat', '-n', 'left'])
    assert.match(stdout, /Device Group "left" was created before this/)
    await chmod(other.directory, 0o700)
    await other.close()
  })

  test('project delete --all deletes group, builds, product and files after one question', async () => {
    const { code, stdout } = await world.run(['project', 'delete', '-a'], ['y'])
    assert.equal(code, 0)
    assert.match(stdout, /The following entities will be deleted:\nProduct: \n/)
    assert.match(stdout, /Project File in the current directory will be deleted\.\n/)
    assert.match(stdout, /Project is deleted successfully\.\nIMPT COMMAND SUCCEEDS\n$/)
    assert.match((await world.run(['product', 'info', '-p', 'Made'])).stdout, /is not found/)
    assert.equal(
      (await world.run(['project', 'delete'])).stdout,
      'There is no Project File in the current directory.\nIMPT COMMAND SUCCEEDS\n',
    )
  })

  test('a pre-factory project creates its targets', async () => {
    const other = await openWorld()
    const words = [
      'project',
      'create',
      '-p',
      'Thermostat',
      '-n',
      'pf',
      '-f',
      '-u',
      'pd',
      '-w',
      '-t',
      'pp',
      '-r',
    ]
    const { code, stdout } = await other.run(words)
    assert.equal(code, 0, stdout)
    const { 'Device Group': made } = await other.json(['dg', 'info', '-g', 'pf'])
    assert.equal(made.type, 'pre-factory')
    assert.equal(made['Production Target'].name, 'pp')
    assert.equal(made['DUT Target'].name, 'pd')
    const { stdout: deleted } = await other.run(['project', 'delete', '-e', '-q'])
    assert.equal([...deleted.matchAll(/Device Group "\S+" is deleted/g)].length, 3)
    await other.close()
  })

  test('test create writes the documented file and shows it', async () => {
    const { code, stdout } = await world.run([
      'test',
      'create',
      '-g',
      'Pump Lab',
      '-t',
      '10',
      '-f',
      'a.test.nut',
      '-i',
      'gh.json',
    ])
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^GitHub credentials Configuration File gh\.json is not found\.\nTest Configuration is created successfully\.\nTest Configuration: \n/,
    )
    assert.deepEqual(Object.keys(await read('.impt.test')), [
      'deviceGroupId',
      'timeout',
      'stopOnFail',
      'allowDisconnect',
      'builderCache',
      'testFiles',
      'githubConfig',
    ])
    const shown = (await world.json(['test', 'info']))['Test Configuration']
    assert.equal(shown.Timeout, 10)
    assert.equal(shown['Device Group'].Product.name, 'Water Pump')
  })

  test('test create with a source file that is missing writes nothing', async () => {
    const other = await openWorld()
    const { code, stdout } = await other.run(['test', 'create', '-g', 'Pump Lab', '-x', 'none.nut'])
    assert.equal(code, 1)
    assert.equal(stdout, 'Error: Device file "none.nut" is not found.\nIMPT COMMAND FAILS\n')
    assert.equal(
      (await other.run(['test', 'delete'])).stdout,
      'There is no Test Configuration File in the current directory.\nIMPT COMMAND SUCCEEDS\n',
    )
    await other.close()
  })

  test('test update removes a setting whose option has no value', async () => {
    assert.equal(
      (await world.run(['test', 'update', '-i', '-s', '-f', 'b.test.nut', '-f', 'c.test.nut'])).code,
      0,
    )
    const saved = await read('.impt.test')
    assert.equal(saved.githubConfig, undefined)
    assert.equal(saved.stopOnFail, true)
    assert.deepEqual(saved.testFiles, ['b.test.nut', 'c.test.nut'])
  })

  test('test github writes a private file and asks for what is missing', async () => {
    const { code, stdout } = await world.run(['test', 'github', '-i', 'gh.json', '-u', 'bob'], ['token'])
    assert.equal(code, 0)
    assert.match(stdout, /GitHub credentials Configuration is created successfully\.\n/)
    assert.deepEqual(await read('gh.json'), { githubUser: 'bob', githubToken: 'token' })
    assert.equal((await stat(file('gh.json'))).mode & 0o777, 0o600)
  })

  test('webhooks are created, listed by every filter, updated and deleted', async () => {
    const made = await world.json([
      'webhook',
      'create',
      '-g',
      'Pump Lab',
      '-u',
      'http://example.com/h',
      '-e',
      'blinkup',
      '-m',
      'json',
    ])
    const { id } = made.Webhook
    const count = async (...words: string[]) =>
      (await world.json(['webhook', 'list', '-o', 'me', ...words])).length
    assert.equal(
      await count(
        '-p',
        'Water Pump',
        '-e',
        'blinkup',
        '-u',
        'http://example.com/h',
        '-y',
        'development',
        '-g',
        'Pump Lab',
      ),
      1,
    )
    assert.equal(await count('-p', 'Thermostat', '-u', 'http://example.com/h'), 0)
    await world.run(['webhook', 'update', '-w', id, '-m', 'urlencoded'])
    const { Webhook } = await world.json(['webhook', 'info', '-w', id])
    assert.equal(Webhook.content_type, 'urlencoded')
    assert.match(
      (await world.run(['webhook', 'delete', '-w', id, '-q'])).stdout,
      /^Webhook "\S+" is deleted successfully\.\n/,
    )
    assert.match(
      (await world.run(['webhook', 'info', '-w', id])).stdout,
      /^Error: Webhook "\S+" is not found\.\n/,
    )
  })

  test('a wrong url of a webhook gets the text of the server', async () => {
    const { stdout } = await world.run([
      'webhook',
      'create',
      '-g',
      'Pump Lab',
      '-u',
      'nonsense',
      '-e',
      'blinkup',
      '-m',
      'json',
    ])
    assert.match(stdout, /^Error: Invalid URL: The provided URL is invalid\.\n/)
  })
})

describe('impt account, auth, loginkey and log', () => {
  let world: World
  before(async () => {
    world = await openWorld()
  })
  after(() => world.close())

  test('account info shows the own account, list those that share something', async () => {
    assert.equal((await world.json(['account', 'info'])).Account.username, 'demo')
    assert.match(
      (await world.run(['account', 'info', '-u', 'nobody'])).stdout,
      /^Error: Account "nobody" is not found\.\n/,
    )
    assert.ok((await world.json(['account', 'list'])).length >= 2)
  })

  test('a login key is made, used, renamed and deleted; the password is asked for', async () => {
    const made = await world.json(['loginkey', 'create', '-s', 'ci', '-w', 'demo-password'])
    const { id } = made['Login Key']
    assert.match(id, /^[0-9a-f]{16}$/)
    assert.match(
      (await world.run(['loginkey', 'update', '-k', id, '-s', 'new'], ['demo-password'])).stdout,
      /is updated successfully/,
    )
    assert.equal((await world.json(['loginkey', 'info', '-k', id]))['Login Key'].description, 'new')
    const gone = await world.run(['loginkey', 'delete', '-k', id], ['y', 'demo-password'])
    assert.equal(gone.code, 0)
    const missing = await world.run(['loginkey', 'info', '-k', id])
    assert.match(missing.stdout, /^Error: Login Key is not found\.\n/)
    assert.doesNotMatch(missing.stdout, new RegExp(id))
  })

  test('an empty password never leaves the machine', async () => {
    world.requests()
    const { stdout } = await world.run(['loginkey', 'create', '-w', ''])
    assert.match(stdout, /^Error: Non empty "password" parameter required\.\n/)
    assert.deepEqual(world.requests(), [])
  })

  test('auth login writes a private file, asks before it overwrites, and does the second step of MFA', async () => {
    const { mfaSecret } = await import('../../src/sandbox/known.ts')
    const { oneTimeCode } = await import('../../src/sandbox/credentials.ts')
    const words = ['auth', 'login', '-l', '-e', world.sandbox.url, '-u', 'mfa']
    const { code, stdout } = await world.run(words, ['mfa-password', oneTimeCode(mfaSecret, Date.now())])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /Local login is successful\.\nIMPT COMMAND SUCCEEDS\n$/)
    const path = join(world.directory, '.impt.auth')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(Object.keys(JSON.parse(await readFile(path, 'utf8'))), [
      'endpoint',
      'accessToken',
      'expiresAt',
      'refreshToken',
    ])
    const again = await world.run(words, ['n'])
    assert.match(again.stdout, /^The Local Auth File already exists\. It will be overwritten\.\n/)
    const logout = await world.run(['auth', 'logout', '-l'])
    assert.equal(logout.stdout, 'Local logout is successful.\nIMPT COMMAND SUCCEEDS\n')
    assert.match(
      (await world.run(['auth', 'logout', '-l'])).stdout,
      /^Error: Local Auth File is not found\.\n/,
    )
  })

  test('auth login with --temp saves nothing to renew the token with', async () => {
    await world.run([
      'auth',
      'login',
      '-l',
      '-e',
      world.sandbox.url,
      '-u',
      'demo',
      '-w',
      'demo-password',
      '-t',
    ])
    assert.deepEqual(Object.keys(JSON.parse(await readFile(join(world.directory, '.impt.auth'), 'utf8'))), [
      'endpoint',
      'accessToken',
      'expiresAt',
    ])
  })

  test('a wrong password exits with 3 and is not repeated in the message', async () => {
    const { code, stdout } = await world.run([
      'auth',
      'login',
      '-e',
      world.sandbox.url,
      '-u',
      'demo',
      '-w',
      'hunter2-secret',
      '-q',
    ])
    assert.equal(code, 3)
    assert.match(stdout, /^Error: Invalid Credentials/)
    assert.doesNotMatch(stdout, /hunter2/)
  })

  test('debug output shows the traffic and no credential', async () => {
    const { stdout } = await world.run([
      'auth',
      'login',
      '-e',
      world.sandbox.url,
      '-u',
      'demo',
      '-w',
      'demo-password',
      '-q',
      '-z',
      'debug',
    ])
    assert.match(stdout, /Doing the request with options:\n/)
    assert.match(stdout, /Response code: 200\n/)
    const { accessToken, refreshToken } = JSON.parse(
      await readFile(join(world.directory, '.impt.auth'), 'utf8'),
    )
    for (const secret of ['demo-password', accessToken, refreshToken])
      assert.ok(!stdout.includes(secret), secret)
  })

  test('log get gives all pages where no one can press Enter, one array in json', async () => {
    const device = world.sandbox.store.devices.all().find((one) => one.name === 'Kitchen')
    assert.ok(device)
    for (let i = 0; i < 45; i++) world.sandbox.core.platform.log(device, 'server.log', `line ${i}`)
    const entries = await world.json(['log', 'get', '-d', 'Kitchen'])
    assert.ok(entries.length >= 45)
    assert.equal(entries[0].msg, 'line 44')
    const page = await world.run(['log', 'get', '-d', 'Kitchen', '-n', '2', '-s', '10', '-z', 'minimal'])
    assert.equal(page.stdout.split('\n').length, 11)
    assert.match(page.stdout, /^\S+Z \[server\.log\] line 34\n/)
  })
})
