import { join } from 'node:path'
import { openBrowser } from '../../dashboard/browser.ts'
import { startDashboard } from '../../dashboard/server.ts'
import { createFinder } from '../../entities/finder.ts'
import { redactUrl } from '../../impcentral/redact.ts'
import { ImptError } from '../../output/error.ts'
import { renderJsonLine } from '../../output/json.ts'
import { aborted } from '../../program/aborted.ts'
import { ensureFolder } from '../../session/paths.ts'
import { chosenIds } from '../common.ts'
import type { Context, Run } from '../context.ts'
import { booleanOf, flagOf, numberOf } from '../options.ts'
import { portFault } from '../port.ts'
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
    chosenIds(finder, options),
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
    throw portFault(error, port) ?? error
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
    }
    const renewed = context.ask.interactive && !context.quiet ? [renew(context, server.address)] : []
    await Promise.race([aborted(signal), ...renewed])
  } finally {
    done()
    await server.close()
  }
  return { kind: 'done', touched: null, silent: true }
}

/** Prints a new address whenever Enter is pressed, until Ctrl-C, which ends a question first of all; goes on for good at the end of input. */
async function renew({ ask, line }: Context, address: () => string): Promise<void> {
  try {
    while (await ask.enter('Press <Enter> for a new address.')) line(`  ${address()}\n`)
  } catch (error) {
    if (error instanceof ImptError && error.code === 'CANCELLED') return
    throw error
  }
  await new Promise(() => undefined)
}
