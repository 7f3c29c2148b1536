import { type Server, createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A temporary folder that is removed when the test ends. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'impt-preprocess-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

interface Seen {
  readonly path: string
  readonly authorization: string | undefined
  readonly accept: string | undefined
}

export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
  /** never ends the answer */
  readonly hang?: boolean
}

/** A web server on the loopback interface that answers with what `reply` gives (404 without) and records requests. */
export async function serve(
  context: TestContext,
  reply: (path: string) => Reply | undefined,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server: Server = createServer((request, response) => {
    const path = request.url ?? ''
    const { authorization, accept } = request.headers
    seen.push({ path, authorization, accept })
    const { status, headers, body, hang } = reply(path) ?? { status: 404, body: 'not here' }
    response.writeHead(status ?? 200, headers)
    if (hang === true) response.write('...')
    else response.end(body)
  })
  await new Promise<void>((resume) => server.listen(0, '127.0.0.1', resume))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}
