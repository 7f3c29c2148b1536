/** `http.onrequest`: requests to the agent's URL as its code gets them. */
import { integerOf } from '../language/library/arguments.ts'
import { raise } from '../language/run/errors.ts'
import { instantiate } from '../language/library/native.ts'
import { SqTable, tableOf } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { utf8Encode } from '../utf8.ts'
import type { SqFloat, SqValue } from '../language/values/values.ts'
import type { AgentRequest } from '../http-exchange.ts'
import type { Answer } from '../inbound.ts'
import { currentSide, type Side } from '../side.ts'
import { contentOf } from './arguments.ts'
import { type Implementation, api, classOf, nativeOf } from './natives.ts'

/** The code of requests to the agent. */
export const inboundCode: readonly Implementation[] = [
  api('http.onrequest', (_self, handler: SqValue) => {
    currentSide().world.inbound.handler = handler
    return null
  }),
]

/** State of a response object. */
class Pending {
  readonly answer: Answer
  readonly headers: Record<string, string> = Object.create(null) as Record<string, string>
  constructor(answer: Answer) {
    this.answer = answer
  }
}

/** The code of a response. */
export const responseCode: readonly Implementation[] = [
  api('httpresponse.send', (self, status: number | SqFloat, body: SqValue = '') => {
    const pending = nativeOf(self, Pending)
    const text = body === null ? '' : contentOf(body)
    if (!pending.answer({ status: integerOf(status), headers: { ...pending.headers }, body: text }))
      throw raise('Response already sent')
    return null
  }),
  api('httpresponse.header', (self, name: string, value: SqValue) => {
    nativeOf(self, Pending).headers[name.toLowerCase()] = toText(value)
    return null
  }),
]

/** The request table: method, path, query, headers and body (byte strings). */
export function httpRequestOf(request: AgentRequest): SqTable {
  return tableOf([
    ['method', request.method.toUpperCase()],
    ['path', utf8Encode(request.path)],
    ['query', pairs(request.query)],
    ['headers', pairs(lowerCased(request.headers))],
    ['body', request.body],
  ])
}

/** A response object whose `send` gives the answer. */
export function httpResponseFor(agent: Side, answer: Answer): SqValue {
  const response = instantiate(classOf(agent, 'httpresponse', () => responseCode.map(({ fn }) => fn)))
  response.native = new Pending(answer)
  return response
}

function pairs(record: Record<string, string>): SqTable {
  return tableOf(Object.entries(record).map(([name, value]) => [utf8Encode(name), utf8Encode(value)]))
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
