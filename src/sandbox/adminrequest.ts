/** Requests to the routes under `/sandbox` of a running server, over node:http: the global fetch costs more than a short command. */
import { request } from 'node:http'
import type { SandboxState } from './background.ts'

type AdminAnswer = { status: number; text: string }

/** Sends a request to a sandbox of this machine. Rejects when there is no whole answer within `timeout` milliseconds. */
export function adminRequest(
  { url, adminToken }: Pick<SandboxState, 'url' | 'adminToken'>,
  method: string,
  path: string,
  body?: object,
  timeout = 5000,
): Promise<AdminAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${new URL(url).origin}/sandbox${path}`,
      {
        method,
        headers: { 'x-sandbox-token': adminToken, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(timeout),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
        response.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body && JSON.stringify(body))
  })
}
