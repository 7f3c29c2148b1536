/** Faults on demand: the next requests that match are answered wrongly, or not at all. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export type FaultKind =
  | { kind: 'status'; status: number; body?: string; headers?: Record<string, string> }
  /** The connection is reset before an answer. */
  | { kind: 'reset' }
  /** Bytes that are not HTTP. */
  | { kind: 'garbage' }
  /** A 200 whose body ends in the middle. */
  | { kind: 'truncated' }
  /** A 200 whose body is not JSON. */
  | { kind: 'html' }
  /** Never answered; ends when the client gives up or the sandbox closes. */
  | { kind: 'hang' }

export type FaultRule = {
  /** `*` for any. */
  method: string
  /** Path below the base URL, with `*` for any run of characters, as in `/devices/*`. */
  path: string
  /** Requests that pass before the fault begins. */
  skip: number
  /** Requests that meet it. */
  count: number
  fault: FaultKind
}

export type Injection = {
  add(rule: FaultRule): void
  clear(): void
  rules(): readonly FaultRule[]
  /** The fault that this request meets, counting it. */
  take(method: string, path: string): FaultKind | undefined
}

export function createInjection(): Injection {
  let rules: FaultRule[] = []
  return {
    add: (rule) => void rules.push({ ...rule }),
    clear() {
      rules = []
    },
    rules: () => rules,
    take(method, path) {
      const rule = rules.find((r) => (r.method === '*' || r.method === method) && matches(r.path, path))
      if (!rule) return undefined
      if (rule.skip > 0) {
        rule.skip--
        return undefined
      }
      if (--rule.count <= 0) rules = rules.filter((other) => other !== rule)
      return rule.fault
    },
  }
}

/** Answers a request with the fault. */
export function inject(fault: FaultKind, request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  const partial = '{"data":[{"type":"device","id":"23'
  switch (fault.kind) {
    case 'status': {
      const error = {
        status: String(fault.status),
        code: 'XX001',
        title: 'Injected Fault',
        detail: 'By request.',
      }
      const headers = { 'content-type': 'application/vnd.api+json', ...fault.headers }
      response.writeHead(fault.status, headers)
      response.end(fault.body ?? JSON.stringify({ errors: [error] }))
      return
    }
    case 'reset':
      request.socket.resetAndDestroy()
      return
    case 'garbage':
      request.socket.end('\u0000\u0001 this is not HTTP \r\n\r\n')
      return
    case 'truncated':
      response.writeHead(200, { 'content-type': 'application/vnd.api+json', 'content-length': 1000 })
      response.write(partial, () => request.socket.destroy())
      return
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html><body><h1>Gateway</h1></body></html>')
      return
    case 'hang':
      return
  }
}

function matches(pattern: string, path: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${source.join('.*')}$`).test(path)
}
