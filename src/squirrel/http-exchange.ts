/** HTTP as it crosses the border of a world: requests to an agent's URL, and requests of agents to other hosts. */

/** A request to the agent's URL. The body is a byte string everywhere, the other texts once inside a world. */
export type AgentRequest = {
  method: string
  /** Below the agent's own URL, beginning with `/`. */
  path: string
  query: Record<string, string>
  headers: Record<string, string>
  body: string
}

/** `body` as a byte string. */
export type AgentResponse = { status: number; headers: Record<string, string>; body: string }

/** A request of an agent to another host; `body` as a byte string. */
export type OutboundRequest = {
  method: string
  url: string
  headers: Record<string, string>
  body: string
  /** Seconds. */
  timeout: number
}

/** The answer as the agent's code gets it; a status under 100 says why there is none (numbers of curl). */
export type OutboundResult = { status: number; headers: Record<string, string>; body: string }

/** A canned answer for requests of agents. `url` is exact, or a prefix when it ends in `*`; the first that fits answers. */
export type HttpMock = {
  method?: string
  url: string
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Seconds of virtual time until the answer. */
  delay?: number
}

/** What requests of agents may reach: mocks, and hosts (`name` or `name:port`) of the real network. */
export type HttpReach = { mocks: readonly HttpMock[]; allow: readonly string[] }

export const curlCodes = { refused: 7, timedOut: 28, badUrl: 3 } as const

/** The mock that answers a request. */
export function findMock(mocks: readonly HttpMock[], request: OutboundRequest): HttpMock | undefined {
  return mocks.find(
    (mock) =>
      (mock.method === undefined || mock.method.toUpperCase() === request.method.toUpperCase()) &&
      (mock.url.endsWith('*') ? request.url.startsWith(mock.url.slice(0, -1)) : request.url === mock.url),
  )
}

/** The answer to a request that may not leave: neither a mock nor an allowed host. */
export function refusal(url: string): OutboundResult {
  const body = `request to ${url} refused: no mock answers it and its host is not allowed`
  return { status: curlCodes.refused, headers: {}, body }
}
