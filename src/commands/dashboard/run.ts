import { join } from 'node:path'
import { openBrowser } from '../../dashboard/browser.ts'
import { startDashboard } from '../../dashboard/server.ts'
import { createFinder } from '../../entities/finder.ts'
import { redactUrl } from '../../impcentral/redact.ts'
import { ImptError } from '../../output/error.ts'
import { renderJsonLine } from '../../output/json.ts'
import { ensureFolder } from '../../session/paths.ts'
import { filterIds } from '../common.ts'
import type { Run } from '../context.ts'
import { booleanOf, flagOf, numberOf } from '../options.ts'
import { sourceOf } from './source.ts'

/** Shortest time between two readings: of the cloud, which all clients of an account share, and of the built-in impCentral. */
const CLOUD_MS = 30_000
const SANDBOX_MS = 2000
/** When a device is conspicuous, as in `fleet status`. */
const SILENT_MS = 86_400_000
const WEAK_DBM = -80

/** `impt dashboard`: serves the page until Ctrl-C (fleet.md 7). Throws FILE when the port cannot be had. */
export const dashboard: Run = async (context, options) => {
  const { session, authDirectory, signal, version } = context
  const client = await context.client()
  const finder = createFinder(client)
  const [me, filters, endpoint] = await Promise.all([
    client.accounts.get('me'),
    filterIds(finder, options),
    session.endpoint(authDirectory),
  ])
  const { username, email } = me.attributes as { readonly username?: string; readonly email?: string }
  const isSandbox = session.sandbox !== undefined
  const port = numberOf(options, 'port') ?? 0
  const folder = join(session.folders.state, 'dashboard')
  let done: () => void = () => undefined
  const server = await startDashboard({
    port,
    every: isSandbox ? SANDBOX_MS : CLOUD_MS,
    admitted: () => done(),
    source: sourceOf(
      context,
      client,
      {
        account: username ?? email ?? me.id,
        endpoint: isSandbox ? 'built-in impCentral' : new URL(redactUrl(endpoint)).host,
        sandbox: isSandbox,
        version,
        readOnly: flagOf(options, 'read-only'),
        silentMs: SILENT_MS,
        weakDbm: WEAK_DBM,
      },
      { 'owner.id': filters.owners, 'product.id': filters.products },
    ),
  }).catch((error: unknown) => {
    throw portError(error, port)
  })
  try {
    const address = server.address()
    let isOpening = false
    if (booleanOf(options, 'open') ?? true) {
      await ensureFolder(folder)
      const opening = openBrowser(address, folder, process.env)
      isOpening = opening.asked
      done = opening.done
    }
    if (context.quiet) context.out(renderJsonLine({ ready: true, url: address, port: server.port }))
    else {
      context.line(
        `${isOpening ? 'Opening the dashboard in the browser' : 'The dashboard is ready'}:\n  ${address}\n`,
      )
      context.info('The address works once, for a minute. Press <Ctrl-C> to end.')
      if (context.ask.interactive) void renew(context, server.address)
    }
    await aborted(signal)
  } finally {
    done()
    await server.close()
  }
  return { kind: 'done', touched: null, silent: true }
}

/** Prints a new address whenever Enter is pressed. */
async function renew({ ask, line, signal }: Parameters<Run>[0], address: () => string): Promise<void> {
  try {
    while (!signal.aborted && (await ask.enter('Press <Enter> for a new address.\n')))
      line(`  ${address()}\n`)
  } catch {
    // Ctrl-C ends the command itself.
  }
}

function portError(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new ImptError('FILE', `Port ${port} of 127.0.0.1 is in use.`, { hint: 'Give another --port' })
  if (code === 'EACCES')
    return new ImptError('FILE', `Port ${port} is for administrators only.`, {
      hint: 'Give a --port above 1023',
    })
  return error
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
