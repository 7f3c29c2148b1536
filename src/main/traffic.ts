import type { Observer } from '../impcentral/observer.ts'
import type { Progress } from '../output/progress.ts'
import { visible } from '../output/visible.ts'

/** Shows what goes to the server and comes back: the spinner, and in debug mode the dump of output.md 12, free of credentials. */
export function trafficObserver(
  progress: Progress | undefined,
  dump: ((text: string) => void) | undefined,
): Observer {
  return {
    onRequest(event) {
      progress?.begin()
      if (!dump) return
      const { method, url, headers, body } = event
      dump(
        `Doing the request with options:\n${pretty({ url, method, headers, ...(body === undefined ? {} : { body }) })}\n\n`,
      )
    },
    onResponse(event) {
      progress?.end()
      if (dump)
        dump(
          `Response code: ${event.status}\nResponse headers: ${pretty(event.headers)}\nResponse body: ${visible(bodyOf(event), true)}\n`,
        )
    },
    onFailure({ error }) {
      progress?.end()
      dump?.(`Request failed: ${visible(error)}\n`)
    },
    onWait({ ms, reason }) {
      dump?.(
        `Waiting${ms === undefined ? '' : ` ${Math.round(ms)} ms`} before the next try: ${visible(reason)}\n`,
      )
    },
  }
}

function bodyOf(event: { readonly body: string }): string {
  try {
    return pretty(JSON.parse(event.body))
  } catch {
    return event.body
  }
}

function pretty(value: unknown): string {
  return visible(JSON.stringify(value, null, 2), true)
}
