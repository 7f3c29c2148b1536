import { showLines } from '../present/shown-lines.ts'
import { stat } from 'node:fs/promises'
import { readProgress } from '../../fleet/release/store.ts'
import type { Client } from '../../impcentral/client.ts'
import { proxyFor } from '../../impcentral/proxy.ts'
import { redactUrl } from '../../impcentral/redact.ts'
import { ageText } from '../../output/age.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { readSettings, settingsFile } from '../../session/settings.ts'
import type { Context } from '../context.ts'
import { releasesHere } from '../release/shop.ts'
import { ok, wrong, type Check } from './check.ts'
import { certificate } from './certificate.ts'
import { leftBehind } from './left-behind.ts'

/** Clocks that differ by more make logins seem valid, or expired, that are not. */
const CLOCK_MS = 60_000
/** Releases that are looked at, newest first. */
const MOST_RELEASES = 20

/**
 * `impt doctor` without a device: what keeps commands from working here. One request (and a TLS handshake before it), or a login more where variables say how; with `streamMs` a
 * log stream is opened too.
 */
export async function checkup(context: Context, all: boolean, streamMs?: number): Promise<Result> {
  const checks = [
    ok('installation', `impt ${context.version} on Node ${process.versions.node}, ${process.platform}`),
    await settings(context),
    ...(await login(context, streamMs)),
    ...(await leftBehind(context)),
    ...(await releases(context)),
  ]
  const wrong = checks.filter(({ state }) => state !== 'ok')
  const broken = wrong.find(({ state }) => state === 'broken')
  const isBroken = broken !== undefined
  if (!context.quiet) {
    showLines(context, [
      ...(all ? checks : wrong).flatMap(({ check, state, detail, remedy }) => [
        `${state === 'ok' ? 'ok' : '!'} ${check}: ${visible(detail)}`,
        ...(remedy === null ? [] : [`  ${visible(remedy)}`]),
      ]),
      wrong.length === 0
        ? `${checks.length} checks, nothing is wrong.`
        : `${checks.length} checks, ${wrong.length} wrong: commands ${isBroken ? 'cannot work' : 'work'}.`,
    ])
  }
  return {
    kind: 'record',
    record: { works: !isBroken, checks: all ? checks : wrong, checked: checks.length },
    ...(!context.quiet && { told: true }),
    ...(isBroken && {
      failed: true,
      failure: new ImptError(broken.code ?? 'DATA', 'Commands cannot work here.', { exit: 1 }),
    }),
  }
}

/** What is wrong by an error; anything that is no ImptError is a defect of ours and goes on. */
function failed(check: string, state: 'wrong' | 'broken', error: unknown): Check {
  if (!(error instanceof ImptError)) throw error
  return { check, state, detail: error.message, remedy: error.hint ?? null, code: error.code }
}

async function settings({ session }: Context): Promise<Check> {
  const file = settingsFile(session.folders.config)
  const { problem } = await readSettings(file)
  return problem === undefined ? ok('settings', file.path) : failed('settings', 'wrong', problem)
}

/** The login, its file, the way to the cloud, and the cloud. What comes after something broken is not tried. */
async function login(context: Context, streamMs: number | undefined): Promise<readonly Check[]> {
  const { session, authDirectory } = context
  const checks: Check[] = []
  if (session.sandbox === undefined) {
    try {
      const found = await session.context(authDirectory)
      checks.push(ok('login', found.kind === 'file' ? found.file.path : 'environment variables'))
      if (found.kind === 'file') checks.push(await secrecy(found.file.path))
    } catch (error) {
      return [failed('login', 'broken', error)]
    }
    try {
      const endpoint = await session.endpoint(authDirectory)
      const proxy = proxyFor(endpoint, session.env)
      checks.push(ok('proxy', proxy === undefined ? 'none' : proxy.host))
      const seen = await certificate(endpoint, session.env, context.signal)
      checks.push(...seen)
      // Whom to trust has been asked already.
      if (seen.some(({ state }) => state === 'broken')) return checks
    } catch (error) {
      return [...checks, failed('proxy', 'broken', error)]
    }
  } else checks.push(ok('login', 'the built-in impCentral'))
  return [...checks, ...(await cloud(context, streamMs))]
}

async function secrecy(path: string): Promise<Check> {
  // Windows has no such modes.
  const mode = process.platform === 'win32' ? 0 : (await stat(path)).mode & 0o077
  if (mode === 0) return ok('login file', 'only you can read it')
  return wrong(
    'login file',
    `${path} can be read or changed by other users of this machine.`,
    `chmod 600 ${path}`,
  )
}

async function cloud(
  { session, authDirectory, signal }: Context,
  streamMs: number | undefined,
): Promise<readonly Check[]> {
  const endpoint = redactUrl(await session.endpoint(authDirectory))
  let date: string | undefined
  let budget: readonly Check[] = []
  try {
    const client = await session.client(authDirectory, {
      signal,
      readOnly: streamMs === undefined,
      observer: {
        onResponse({ headers }) {
          date = headers['date'] ?? date
          budget = rate(headers)
        },
      },
      askSecret: () => {
        throw new ImptError('AUTH', 'The password is not in the environment: every command asks for it.', {
          hint: 'Log in once with "impt auth login"',
        })
      },
    })
    const me = await client.accounts.get('me')
    const answered = ok(
      'cloud',
      `${endpoint} knows us as ${(me.attributes as { readonly username?: string }).username ?? me.id}`,
    )
    const told = [answered, ...budget, ...clock(date, Date.now())]
    return streamMs === undefined ? told : [...told, await streams(client, signal)]
  } catch (error) {
    return [failed('cloud', 'broken', error), ...clock(date, Date.now())]
  }
}

/** What is left of the requests that the cloud allows for a while, where it tells. */
function rate(headers: Readonly<Record<string, string>>): readonly Check[] {
  const [limit, left] = ['x-ratelimit-limit', 'x-ratelimit-remaining'].map((name) =>
    Number(headers[name] ?? NaN),
  )
  if (limit === undefined || left === undefined || Number.isNaN(limit) || Number.isNaN(left)) return []
  if (left > 0) return [ok('rate', `${left} of ${limit} requests are left for now`)]
  const detail = `All ${limit} requests that the cloud allows for now are used up; commands wait until there are more.`
  return [wrong('rate', detail, 'Look for another program of this account that asks much')]
}

/** Whether a log stream can be had. It may end another one of the account, so it is tried only where it is asked for. */
async function streams(client: Client, signal: AbortSignal): Promise<Check> {
  try {
    for await (const { id } of client.devices.list({}, { pageSize: 1, signal }))
      for await (const event of client.logStream([id], signal))
        return event.kind === 'closed'
          ? failed('stream', 'wrong', new ImptError('CONFLICT', event.reason))
          : ok('stream', 'a log stream can be opened')
    return ok('stream', 'not tried: there is no device')
  } catch (error) {
    return failed('stream', 'wrong', error)
  }
}

function clock(date: string | undefined, now: number): readonly Check[] {
  const off = now - Date.parse(date ?? '')
  if (Number.isNaN(off)) return []
  if (Math.abs(off) <= CLOCK_MS) return [ok('clock', 'as that of the cloud')]
  const detail = `The clock of this machine is ${ageText(Math.abs(off))} ${off > 0 ? 'ahead of' : 'behind'} that of the cloud.`
  return [wrong('clock', detail, 'Set the clock: logins expire by it')]
}

/** Releases that nobody works on and that have not come to an end. */
async function releases(context: Context): Promise<readonly Check[]> {
  try {
    const here = await releasesHere(context)
    const ids = (await here.ids()).slice(0, MOST_RELEASES)
    const open = await Promise.all(
      ids.map(async (id): Promise<readonly Check[]> => {
        const { ended } = await readProgress(await here.get(id, Date.now))
        if (ended !== undefined || (await here.isHeld(id))) return []
        return [
          wrong(
            'release',
            `Release ${id} has not come to its end, and nobody works on it.`,
            `impt release status ${id}, then resume, rollback or abort`,
          ),
        ]
      }),
    )
    return open.flat().length === 0 ? [ok('releases', 'none is left open')] : open.flat()
  } catch (error) {
    // Without a login nobody knows which releases are meant; that is said already.
    if (error instanceof ImptError && error.code === 'AUTH') return []
    return [failed('releases', 'wrong', error)]
  }
}
