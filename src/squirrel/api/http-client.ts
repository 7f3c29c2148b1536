/** Requests of agents: to their own URL, to mocks, or to hosts that are allowed. */
import { SqInstance } from '../language/values/class.ts'
import { raise } from '../language/run/errors.ts'
import { instantiate } from '../language/library/native.ts'
import { charge } from '../language/run/state.ts'
import { tableOf } from '../language/values/table.ts'
import { utf8Decode, utf8Encode } from '../utf8.ts'
import type { SqValue } from '../language/values/values.ts'
import { type OutboundRequest, type OutboundResult, curlCodes, findMock, refusal } from '../http-exchange.ts'
import { currentSide, type Side } from '../side.ts'
import { bytesOf, headersOf, secondsOf } from './arguments.ts'
import { type Implementation, api, classOf, methodsOfClass, nativeOf } from './natives.ts'

/** Seconds that a request may take, unless the code says otherwise. */
const defaultTimeout = 600
/** Instructions a request counts for. */
const requestCost = 5_000

/** State of a request object. */
class Outgoing {
  readonly request: OutboundRequest
  sent = false
  cancelled = false
  constructor(request: OutboundRequest) {
    this.request = request
  }
}

/** The code of a prepared request. */
export const requestCode: readonly Implementation[] = [
  api('httprequest.sendsync', (self) => {
    const outgoing = begin(self)
    return responseOf(sendNow(currentSide(), outgoing.request))
  }),
  api(
    'httprequest.sendasync',
    (self, done: SqValue, stream: SqValue = null, timeout: SqValue = defaultTimeout) => {
      const side = currentSide()
      const outgoing = begin(self)
      send(side, { ...outgoing.request, timeout: secondsOf(timeout) }, (result) => {
        if (outgoing.cancelled) return
        side.at(side.world.clock.read(), () => {
          if (outgoing.cancelled) return
          const streams = stream !== null && result.status >= 100
          if (streams && result.body !== '') side.call('http.sendasync', stream, result.body)
          if (done !== null) {
            const response = responseOf(streams ? { ...result, body: '' } : result)
            side.call('http.sendasync', done, response)
          }
        })
      })
      return null
    },
  ),
  api('httprequest.cancel', (self) => {
    nativeOf(self, Outgoing).cancelled = true
    return null
  }),
]

/** The code of the requests that `http` sends. */
export const clientCode: readonly Implementation[] = [
  api('http.request', (_self, method: string, url: string, headers: SqValue = null, body: SqValue = '') =>
    requestObject(method, url, headers, body),
  ),
  api('http.get', (_self, url: string, headers: SqValue = null) => requestObject('GET', url, headers, '')),
  api('http.post', (_self, url: string, headers: SqValue, body: SqValue) =>
    requestObject('POST', url, headers, body),
  ),
  api('http.put', (_self, url: string, headers: SqValue, body: SqValue) =>
    requestObject('PUT', url, headers, body),
  ),
  api('http.httpdelete', (_self, url: string, headers: SqValue = null) =>
    requestObject('DELETE', url, headers, ''),
  ),
]

function requestObject(method: string, url: string, headers: SqValue, body: SqValue): SqInstance {
  charge(requestCost)
  const request = {
    method: method.toUpperCase(),
    url: utf8Decode(url),
    headers: headersOf(headers),
    body: body === null ? '' : bytesOf(body),
    timeout: defaultTimeout,
  }
  const object = instantiate(
    classOf(currentSide(), 'httprequest', () => methodsOfClass('httprequest', requestCode)),
  )
  object.native = new Outgoing(request)
  return object
}

function begin(self: SqValue): Outgoing {
  const outgoing = nativeOf(self, Outgoing)
  if (outgoing.sent) throw raise('the request has been sent already')
  outgoing.sent = true
  return outgoing
}

/** The answer for code that waits. */
function sendNow(side: Side, request: OutboundRequest): OutboundResult {
  const { world } = side
  const mock = findMock(world.http.mocks, request)
  if (mock) {
    side.spend((mock.delay ?? 0) * 1000 + world.latency)
    return mockResult(mock)
  }
  if (ownPath(side, request.url) === null) {
    return mayLeave(world.http.allow, request.url) ? world.fetchNow(request) : refusal(request.url)
  }
  // The agent cannot answer while it waits for its own answer.
  side.spend(request.timeout * 1000)
  return { status: curlCodes.timedOut, headers: {}, body: '' }
}

function send(side: Side, request: OutboundRequest, done: (result: OutboundResult) => void): void {
  const { world } = side
  const finish = once(done)
  const timeout = side.after(request.timeout * 1000, () =>
    finish({ status: curlCodes.timedOut, headers: {}, body: '' }),
  )
  const answer = (result: OutboundResult) => {
    timeout.act = null
    finish(result)
  }
  const mock = findMock(world.http.mocks, request)
  const own = ownPath(side, request.url)
  if (mock) side.after((mock.delay ?? 0) * 1000 + world.latency, () => answer(mockResult(mock)))
  else if (own !== null)
    side.after(world.latency, () =>
      world.inbound.accept(inboundOf(request, own), (response) => answer(response)),
    )
  else if (!mayLeave(world.http.allow, request.url))
    side.after(world.latency, () => answer(refusal(request.url)))
  else {
    world.outbound++
    world.host.fetch(request, (result) => {
      world.outbound--
      answer(result)
    })
  }
}

function once(done: (result: OutboundResult) => void): (result: OutboundResult) => void {
  let open = true
  return (result) => {
    if (open) done(result)
    open = false
  }
}

/** What follows the agent's own URL, null when the URL is another. */
function ownPath(side: Side, url: string): string | null {
  const base = side.world.facts.agentUrl.replace(/\/$/, '')
  if (base === '' || !url.startsWith(base)) return null
  const rest = url.slice(base.length)
  return rest === '' || '/?#'.includes(rest[0] as string) ? rest : null
}

function inboundOf(request: OutboundRequest, rest: string) {
  const url = new URL(rest, 'http://agent/')
  return {
    method: request.method,
    path: rest.startsWith('/') ? (rest.split(/[?#]/)[0] as string) : '/',
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
    body: request.body,
  }
}

function mayLeave(allowed: readonly string[], url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && (allowed.includes(host) || allowed.includes(hostname))
}

function mockResult(mock: {
  status?: number
  headers?: Record<string, string>
  body?: string
}): OutboundResult {
  return { status: mock.status ?? 200, headers: mock.headers ?? {}, body: utf8Encode(mock.body ?? '') }
}

function responseOf(result: OutboundResult): SqValue {
  const headers = Object.entries(result.headers).map(([name, value]): [string, SqValue] => [
    name.toLowerCase(),
    utf8Encode(value),
  ])
  return tableOf([
    ['statuscode', result.status],
    ['headers', tableOf(headers)],
    ['body', result.body],
  ])
}
