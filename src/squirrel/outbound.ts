/** Sends a request of an agent to a host that is allowed. */
import { type OutboundRequest, type OutboundResult, curlCodes } from './http-exchange.ts'

/** Bytes that an agent takes of an answer. */
const largestBody = 1 << 20

/** Never throws: a failure is a status under 100. Redirections are answers, since they could lead to hosts that are not allowed. */
export async function sendOutbound(request: OutboundRequest): Promise<OutboundResult> {
  try {
    const withBody = request.body !== '' && request.method !== 'GET' && request.method !== 'HEAD'
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(Math.min(request.timeout, 600) * 1000),
      ...(withBody ? { body: Buffer.from(request.body, 'latin1') } : {}),
    })
    const body = await bodyOf(response)
    return { status: response.status, headers: Object.fromEntries(response.headers), body }
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    const body = error instanceof Error ? error.message : ''
    return { status: timedOut ? curlCodes.timedOut : curlCodes.refused, headers: {}, body }
  }
}

async function bodyOf(response: Response): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    parts.push(Buffer.from(part as Uint8Array))
    size += (part as Uint8Array).length
    if (size > largestBody) break
  }
  return Buffer.concat(parts).subarray(0, largestBody).toString('latin1')
}
