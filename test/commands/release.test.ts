import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { lifecycleBehaviour } from '../../src/sandbox/lifecycle.ts'
import type { BehaviourFactory } from '../../src/sandbox/behaviour.ts'
import type { Observer } from '../../src/impcentral/observer.ts'
import { ImptError } from '../../src/output/error.ts'
import { openWorld } from './world.ts'

/** Devices whose code has the word `crash` log an error when they start. */
const crashing: BehaviourFactory = (host) => {
  const plain = lifecycleBehaviour(host)
  return {
    ...plain,
    start(device, program, cause) {
      plain.start(device, program, cause)
      if (program.deviceCode.includes('crash')) host.log(device.id, 'server.error', 'ERROR: it crashed')
    },
  }
}

/** The one journal in a home. */
function journalIn(home: string): string {
  const name = readdirSync(home, { recursive: true })
    .map(String)
    .find((one) => one.endsWith('journal.jsonl'))
  return join(home, name ?? '')
}

/** A world with a bad and a good build in one group, and what another one runs. */
async function world(
  t: TestContext,
  more: { readonly interactive?: true; readonly observer?: Observer } = {},
) {
  const opened = await openWorld({ behaviour: crashing, ...more })
  t.after(() => opened.close())
  const { store } = opened.sandbox
  const field = () => [...store.groups.all()].find(({ name }) => name === 'Thermostat Field')
  const current = () => store.deployments.get(field()?.currentDeployment ?? '')
  const bench = [...store.groups.all()].find(({ name }) => name === 'Thermostat Development')
  const like = [...store.deployments.all()].find((one) => one.group?.id === bench?.id)
  if (!like) throw new Error('there is no build')
  for (const [tag, deviceCode] of [
    ['bad', 'crash'],
    ['good', 'well'],
  ] as const)
    store.deployments.insert({
      ...like,
      id: like.id.replace(/^.{4}/, tag === 'bad' ? 'aaaa' : 'bbbb'),
      seq: store.nextSeq(),
      tags: [tag],
      deviceCode,
    })
  const words = (build: string, ...more: string[]) =>
    `release start --build ${build} --reason test --confirmed`
      .split(' ')
      .concat('--dg', 'Thermostat Field', '--retype', 'Thermostat Field', ...more)
  const quick = ['--watch', '0s', '--stream=false']
  const start = (build: string, ...more: string[]) => opened.run(words(build, ...quick, ...more))
  const states = async () =>
    (await opened.json(['release', 'history'])).map(({ kind, state }: any) => `${kind} ${state}`)
  return { ...opened, field, current, words, quick, start, states }
}

describe('impt release start', () => {
  test('--on-stop rollback puts the build before back by itself, and still says that it stopped', async (t) => {
    const { start, current, states } = await world(t)
    const before = current()?.deviceCode
    const ended = await start('bad', '--on-stop', 'rollback')
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    assert.match(ended.stdout, /^rolling back: errors>2%/m)
    assert.match(ended.stdout, /it was rolled back/)
    assert.equal(current()?.deviceCode, before)
    assert.deepEqual(await states(), ['rollback done', 'release rolled-back'])
  })

  test('--on-stop abort ends it for good', async (t) => {
    const { start, current, states } = await world(t)
    const ended = await start('bad', '--on-stop', 'abort')
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    assert.equal(current()?.deviceCode, 'crash')
    assert.deepEqual(await states(), ['release aborted'])
    assert.match(ended.stdout, /did not come to its end: it was aborted after errors>2%: 1 of 1 device/)
    assert.match(ended.stdout, /^"impt release rollback \S+" puts the build before back$/m)
  })

  test('--force-agents moves the minimum after the last wave, and only then', async (t) => {
    const { start, field } = await world(t)
    const minimum = field()?.minDeployment
    assert.equal((await start('bad', '--force-agents')).code, 7)
    assert.equal(field()?.minDeployment, minimum)
    assert.equal((await start('good')).code, 1, 'the stopped one is in the way')
  })

  test('a good one with --force-agents ends with its build as the minimum', async (t) => {
    const { start, field, current } = await world(t)
    const ended = await start('good', '--force-agents')
    assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    assert.equal(current()?.deviceCode, 'well')
    assert.equal(field()?.minDeployment, current()?.id)
  })

  test('that put no build anywhere says so at its end: nothing that cannot be done is offered', async (t) => {
    const { run, words, start, requests, json } = await world(t)
    assert.equal((await start('good')).code, 0)
    // The code is there already, and is restarted once more.
    requests()
    const stop = new AbortController()
    const look = setInterval(() => {
      if (requests().some((line) => /^POST .*restart/.test(line))) stop.abort()
    }, 5)
    t.after(() => clearInterval(look))
    await run(words('good', '--watch', '1h', '--stream=false'), [], stop.signal)
    const [{ release, state }] = await json(['release', 'history'])
    assert.equal(state, 'interrupted')
    const aborted = await run(['release', 'abort', release])
    assert.match(
      aborted.stdout + aborted.stderr,
      /is aborted; the devices keep what they have\. It put no build into a group\.\n/,
    )
    const back = await run(['release', 'rollback', release, '-q', '--reason', 'x'])
    assert.match(
      back.stdout,
      /put no build into a group: there is nothing to roll back\.\n"impt release rollback --dg GROUP --to BUILD" puts another build there\n/,
    )
  })

  test('asks for no more than it announces', async (t) => {
    const { start, requests } = await world(t)
    requests()
    const { stdout } = await start('good')
    const [, most] = /at most (\d+) requests/.exec(stdout) ?? []
    const course = requests()
    assert.ok(course.length <= Number(most), `${course.length} of ${most}`)
    assert.ok(Number(most) <= 60, 'one device in one wave: D + W (3 sample) + 40')
  })

  test('warns, asked or not, of what switches its eyes off, and refuses a rule that can not stop it', async (t) => {
    const { start, words, run, requests } = await world(t)
    requests()
    const refused = await start('good', '--stop-on', 'errors>200%')
    assert.equal(refused.code, 2, refused.stdout)
    assert.match(refused.stdout + refused.stderr, /"errors>200%" never stops, no share is above 100%/)
    assert.deepEqual(requests(), [])
    const ended = await start('good', '--stop-on', 'errors>2%,offline>1')
    assert.match(ended.stderr, /^Warning: --watch 0 watches nothing/m)
    assert.match(ended.stderr, /^Warning: offline>1 stops nothing: no wave has more than 1 device$/m)
    const watched = await run(words('good', '--watch', '1s', '--stream=false'))
    assert.doesNotMatch(watched.stderr, /watches nothing/)
  })

  test('asks before it writes, and writes nothing after a no', async (t) => {
    const { run, requests } = await world(t)
    requests()
    const words = ['release', 'start', '--build', 'good', '--dg', 'Thermostat Field', '--reason', 'test']
    assert.equal((await run(words, ['n'])).code, 4)
    assert.deepEqual(
      requests().filter((one) => !one.startsWith('GET')),
      [],
    )
    assert.equal((await run(['release', 'history'])).code, 0)
  })
})

describe('a release that was stopped', () => {
  for (const [choice, what, code, states] of [
    ['1', 'left paused', 7, ['release paused']],
    ['2', 'rolled back', 7, ['rollback done', 'release rolled-back']],
    ['3', 'gone on with', 0, ['release done']],
    ['4', 'aborted', 7, ['release aborted']],
  ] as const)
    test(`is ${what} where that is the answer at a terminal`, async (t) => {
      const opened = await world(t, { interactive: true })
      const ended = await opened.run(opened.words('bad', ...opened.quick), [choice])
      assert.match(ended.stdout, /is stopped: errors>2%/)
      assert.equal(ended.code, code, ended.stdout + ended.stderr)
      assert.deepEqual(await opened.states(), states)
    })

  test('is resumed only once the name of its production group is typed again', async (t) => {
    const { run, start, json, states, requests } = await world(t)
    assert.equal((await start('bad')).code, 7)
    const [{ release }] = await json(['release', 'history'])
    requests()
    for (const words of [[], ['--retype', 'Thermostat']]) {
      assert.equal((await run(['release', 'resume', release, ...words])).code, 4)
      assert.deepEqual(
        requests().filter((one) => !one.startsWith('GET')),
        [],
      )
    }
    assert.deepEqual(await states(), ['release paused'])
    const resumed = await run(['release', 'resume', release, '-q', '--retype', 'Thermostat Field'])
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr)
  })

  test('that could not be rolled back by itself does not tell to go on as if nothing had been found', async (t) => {
    let hasRestarted = false
    const { start, states } = await world(t, {
      observer: {
        onRequest({ method, url }) {
          hasRestarted ||= method === 'POST' && url.includes('restart')
          if (hasRestarted && decodeURIComponent(url).includes('=release-running'))
            throw new ImptError('NETWORK', 'Network error: no cable.')
        },
      },
    })
    const { code, stdout, stderr } = await start('bad', '--on-stop', 'rollback')
    assert.equal(code, 1, stdout + stderr)
    assert.match(
      stderr,
      /is paused; "impt release rollback \S+" puts the build before back, "impt release resume \S+" goes on with the next wave, "impt release abort \S+" ends it$/m,
    )
    assert.deepEqual(await states(), ['release paused'])
  })

  test('is rolled back in a group whose copy was made when it was killed', async (t) => {
    const { run, start, current, states, directory } = await world(t)
    const before = current()?.deviceCode
    assert.equal((await start('bad')).code, 7)
    const journal = journalIn(directory)
    const [first = ''] = readFileSync(journal, 'utf8').split('\n')
    assert.match(first, /"promote"/)
    writeFileSync(journal, `${first}\n`)
    const back = 'release rollback --watch 0s --confirmed --retype'.split(' ')
    const { code, stdout } = await run([...back, 'Thermostat Field'])
    assert.equal(code, 0, stdout)
    assert.equal(current()?.deviceCode, before)
    assert.deepEqual(await states(), ['rollback done', 'release rolled-back'])
  })

  test('is not called rolled back where another group got the build during the question', async (t) => {
    let meet: () => void = () => undefined
    const { run, start, field, states, directory } = await world(t, {
      observer: { onRequest: ({ url }) => void (url.endsWith('/accounts/me') && meet()) },
    })
    assert.equal((await start('bad', '--canary', 'Thermostat Development')).code, 7)
    const journal = journalIn(directory)
    meet = () => {
      const line = { at: 1, group: field()?.id, build: 'x', made: true }
      for (const kind of ['promote', 'promoted'])
        appendFileSync(journal, `${JSON.stringify({ ...line, kind })}\n`)
      meet = () => undefined
    }
    const back = 'release rollback --watch 0s --confirmed --retype'.split(' ')
    const { code, stdout } = await run([...back, 'Thermostat Field'])
    assert.equal(code, 1, stdout)
    assert.match(stdout, /gave its build to more groups meanwhile/)
    assert.deepEqual(await states(), ['release paused'])
  })

  test('whose rollback is broken off names the rollback', async (t) => {
    const { run, words: start, current, json, states } = await world(t)
    const stop = new AbortController()
    const rolling = () => current()?.tags.some((tag) => tag.startsWith('rollback-')) === true
    const look = setInterval(() => {
      if (rolling()) stop.abort()
    }, 5)
    t.after(() => clearInterval(look))
    // The error stops it at once by its stream; the rollback would be watched for five minutes.
    const ended = await run(start('bad', '--watch', '1h', '--on-stop', 'rollback'), [], stop.signal)
    assert.notEqual(ended.code, 0)
    const [{ release, kind, state }] = await json(['release', 'history'])
    assert.deepEqual([kind, state], ['rollback', 'interrupted'])
    assert.ok(
      (ended.stdout + ended.stderr).includes(
        `Rollback ${release} is interrupted; "impt release resume ${release}" goes on with it`,
      ),
      ended.stdout + ended.stderr,
    )
    const aborted = await run(['release', 'abort', release])
    assert.deepEqual(await states(), ['rollback aborted', 'release paused'])
    const [, { release: bad }] = await json(['release', 'history'])
    const again = `"impt release rollback ${bad}" begins it again`
    assert.ok((aborted.stdout + aborted.stderr).includes(again), aborted.stdout + aborted.stderr)
    const good = current()?.deviceCode
    const words = `release rollback ${bad} --watch 0s -q --retype`.split(' ').concat('Thermostat Field')
    assert.equal((await run(words)).code, 0)
    assert.equal(current()?.deviceCode, good, 'the one that was begun, and none before it')
    assert.deepEqual(await states(), ['rollback done', 'rollback aborted', 'release rolled-back'])
  })

  test('because its group was deleted is to be aborted, and can be', async (t) => {
    const { run, words, current, field, sandbox, json, states } = await world(t)
    const before = current()?.id
    const look = setInterval(() => {
      const group = field()
      if (group && current()?.id !== before) sandbox.store.groups.remove(group)
    }, 5)
    t.after(() => clearInterval(look))
    const ended = await run(words('good', '--watch', '5s', '--stream=false'))
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    const [{ release }] = await json(['release', 'history'])
    assert.match(ended.stdout, new RegExp(`^"impt release abort ${release}" ends it$`, 'm'))
    assert.doesNotMatch(ended.stderr, /^Warning: Release/m)
    assert.doesNotMatch(ended.stdout + ended.stderr, /release resume/)
    const aborted = await run(['release', 'abort', release])
    assert.equal(aborted.code, 0, aborted.stdout + aborted.stderr)
    assert.deepEqual(await states(), ['release aborted'])
  })

  test('is rolled back once a rollback that was broken off is resumed', async (t) => {
    const { run, start, current, json, states } = await world(t)
    assert.equal((await start('bad')).code, 7)
    const stop = new AbortController()
    const look = setInterval(() => {
      if (current()?.tags.some((tag) => tag.startsWith('rollback-'))) stop.abort()
    }, 5)
    t.after(() => clearInterval(look))
    const back = 'release rollback --watch 1s --confirmed --retype'.split(' ')
    assert.notEqual((await run([...back, 'Thermostat Field'], [], stop.signal)).code, 0)
    const [{ release }] = await json(['release', 'history'])
    assert.deepEqual(await states(), ['rollback interrupted', 'release paused'])
    const [, { release: bad }] = await json(['release', 'history'])
    const next = `^next: "impt release resume ${release}" goes on with`
    const newest = (await run(['release', 'status'])).stdout
    assert.match(newest, new RegExp(`${next} it,`, 'm'))
    assert.match(newest, new RegExp(`^release ${bad} is paused, and rolled back when this is done$`, 'm'))
    const shown = (await run(['release', 'status', bad])).stdout
    assert.match(shown, new RegExp(`^rollback ${release} of it: interrupted\n${next} its rollback`, 'm'))
    assert.deepEqual((await json(['release', 'status', bad])).rollback, { release, state: 'interrupted' })
    const resumed = await run(['release', 'resume', release, '--retype', 'Thermostat Field'])
    assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr)
    assert.deepEqual(await states(), ['rollback done', 'release rolled-back'])
  })

  test('because somebody else deployed ends with 7, says so once, and offers what works there', async (t) => {
    const { run, words, current, field, sandbox, json, states } = await world(t)
    const { deployments, groups } = sandbox.store
    const before = current()
    const theirs = 'cccccccc-0000-0000-0000-000000000000'
    const look = setInterval(() => {
      const [group, ours] = [field(), current()]
      if (!group || !ours || ours.id === before?.id || ours.id === theirs) return
      deployments.insert({ ...ours, id: theirs, seq: sandbox.store.nextSeq(), deviceCode: 'a fix', tags: [] })
      groups.update(group, { currentDeployment: theirs })
    }, 5)
    t.after(() => clearInterval(look))
    const ended = await run(words('good', '--watch', '1s', '--stream=false'))
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    const [{ release }] = await json(['release', 'history'])
    const told = ended.stdout + ended.stderr
    assert.match(told, new RegExp(`did not come to its end: .* runs another build .*: ${theirs} by demo`))
    assert.match(
      told,
      new RegExp(
        `^"impt release abort ${release}" ends it and leaves what is there, "impt release rollback ${release}" puts the build before back$`,
        'm',
      ),
    )
    assert.doesNotMatch(told, /release resume|^Warning: Release/m)
    clearInterval(look)
    const back = await run(
      `release rollback ${release} --watch 0s -q --retype`.split(' ').concat('Thermostat Field'),
    )
    assert.equal(back.code, 0, back.stdout + back.stderr)
    assert.equal(current()?.deviceCode, before?.deviceCode)
    assert.deepEqual(await states(), ['rollback done', 'release rolled-back'])
  })

  test('is followed to exit code 7, whatever stopped it; one that is done to 0', async (t) => {
    const { run, start, json } = await world(t)
    const follow = async (...words: string[]) => {
      const { code, stdout } = await run(['release', 'status', '--follow', ...words])
      return [code, /did not come to its end: (?:it was )?(\w+)/.exec(stdout)?.[1]]
    }
    assert.equal((await start('bad')).code, 7)
    const [{ release }] = await json(['release', 'history'])
    assert.deepEqual(await follow(), [7, 'errors'])
    assert.equal((await run(['release', 'abort', release])).code, 0)
    assert.deepEqual(await follow(), [7, 'aborted'])
    const back = `release rollback ${release} --watch 0s -q --retype`.split(' ').concat('Thermostat Field')
    assert.equal((await run(back)).code, 0)
    assert.deepEqual(await follow(release), [7, 'errors'])
    assert.deepEqual(await follow(), [0, undefined])
    assert.equal((await start('good')).code, 0)
    assert.deepEqual(await follow(), [0, undefined])
  })

  test('and rolled back is not rolled back once more, however that is said, but to a build that is named', async (t) => {
    const { run, start, current, json, requests } = await world(t)
    const before = current()?.deviceCode
    assert.equal((await start('good')).code, 0)
    assert.equal((await start('bad')).code, 7)
    const retype = ['-q', '--watch', '0s', '--retype', 'Thermostat Field']
    const [{ release }] = await json(['release', 'history'])
    assert.equal((await run(['release', 'rollback', release, ...retype])).code, 0)
    assert.equal(current()?.deviceCode, 'well')
    const [{ release: rollback }] = await json(['release', 'history'])
    requests()
    for (const [words, told] of [
      [[release], `Release ${release} was rolled back already by rollback ${rollback}; nothing was changed.`],
      [[], `Release ${release} was rolled back already by rollback ${rollback}; nothing was changed.`],
      [[rollback], `${rollback} is a rollback: it put a build back, and has none to put back.`],
      [
        ['--dg', 'Thermostat Field'],
        `Device Group "Thermostat Field" has the build that rollback ${rollback} put there; nothing was changed.`,
      ],
    ] as const) {
      const again = await run(['release', 'rollback', ...words, ...retype])
      assert.equal(again.code, 1, again.stdout)
      assert.ok(again.stdout.includes(told), again.stdout)
      assert.match(again.stdout, /--to BUILD/)
    }
    assert.deepEqual(
      requests().filter((one) => !one.startsWith('GET')),
      [],
    )
    assert.equal(current()?.deviceCode, 'well')
    const named = await run(['release', 'rollback', '--to', 'bad', ...retype])
    assert.equal(named.code, 0, named.stdout)
    assert.equal(current()?.deviceCode, 'crash')
    assert.notEqual(before, 'well')
  })

  test('and taken back by group is known as rolled back, and its offline devices are not said to have bad code', async (t) => {
    const { run, start, field, current, json, sandbox } = await world(t)
    assert.equal((await start('good')).code, 0)
    const [{ release }] = await json(['release', 'history'])
    const [device] = [...sandbox.store.devices.all()].filter(({ group }) => group?.id === field()?.id)
    assert.ok(device)
    sandbox.store.devices.update(device, { online: false })
    const words = ['-q', '--watch', '0s', '--retype', 'Thermostat Field']
    const back = await run(['release', 'rollback', '--dg', 'Thermostat Field', ...words])
    assert.equal(back.code, 0, back.stdout)
    assert.match(back.stdout, /! 1 offline device keeps what it has until it reconnects, its agent too;/)
    const code = current()?.deviceCode
    const again = await run(['release', 'rollback', release, ...words])
    assert.equal(again.code, 1, again.stdout)
    assert.match(again.stdout, new RegExp(`Release ${release} was rolled back already by rollback`))
    assert.equal(current()?.deviceCode, code)
  })

  test('is shown apart from the others, a line each, and by itself with its waves', async (t) => {
    const { run, start, json } = await world(t)
    assert.equal((await start('bad', '--on-stop', 'abort')).code, 7)
    assert.equal((await start('good')).code, 0)
    const [good, bad] = await json(['release', 'history'])
    for (const words of [['history'], ['status', '--all']]) {
      const { stdout } = await run(['release', ...words])
      assert.match(stdout, /^2 releases, newest first:\n/)
      for (const { release, state } of [good, bad])
        assert.match(stdout, new RegExp(`^${release} .*${state}`, 'm'))
    }
    const csv = async (...words: string[]) => (await run(['release', ...words, '-z', 'csv'])).stdout
    const [head, first, second] = (await csv('history')).split('\n')
    assert.equal(await csv('status', '--all'), `${head}\n${first}\n${second}\n`)
    assert.equal(await csv('status', bad.release), `${head}\n${second}\n`)
    assert.doesNotMatch(`${head}${first}${second}`, /[[{]/, 'no cell is JSON')
    const { stdout } = await run(['release', 'status', bad.release])
    assert.match(stdout, new RegExp(`^release ${bad.release}: aborted`))
    assert.match(stdout, /^stage 1: Thermostat Field gets bad/m)
    assert.match(stdout, /^wave +stage +devices/m)
  })
})
