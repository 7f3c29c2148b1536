import { redactHeaders, redactIdsOf, redactText, redactUrl } from './redact.ts'

/** Watches the traffic, for `--output debug`, a spinner or a test. Everything it gets is already free of credentials (output.md 12). */
export interface Observer {
  onRequest?(event: RequestEvent): void
  onResponse?(event: ResponseEvent): void
  /** No complete answer came; `error` is the text of the cause. */
  onFailure?(event: { readonly id: number; readonly error: string }): void
  /** A request waits before it is sent again; how long, in ms, is not known for a rate limit. */
  onWait?(event: { readonly reason: string; readonly ms?: number }): void
}

/** What it holds is made when it is read: most who watch only count. */
export interface RequestEvent {
  /** Pairs a request with its response; a repeated request has a new one. */
  readonly id: number
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** What it holds is made when it is read, since bodies can be large. */
export interface ResponseEvent {
  readonly id: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Time since the request was sent, in ms. */
  readonly ms: number
}

export function requestEvent(
  id: number,
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string | undefined,
): RequestEvent {
  return {
    id,
    method,
    get url() {
      return redactUrl(url)
    },
    get headers() {
      return redactHeaders(headers)
    },
    get body() {
      return body === undefined ? undefined : redactText(body)
    },
  }
}

export function responseEvent(
  id: number,
  url: string,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
  ms: number,
): ResponseEvent {
  return {
    id,
    status,
    get headers() {
      return redactHeaders(headers)
    },
    get body() {
      return redactIdsOf(url, redactText(text))
    },
    ms,
  }
}
