/** Webhooks: delivered to servers on this machine, recorded for all others. */
import { isLoopback } from './loopback.ts'
import type { DeviceGroup, WebhookEvent } from './model.ts'
import type { Store } from './store.ts'

export type Delivery = {
  webhook: string
  event: WebhookEvent
  url: string
  payload: Record<string, string>
  /** HTTP status, `recorded` for a target that is not on this machine, or what went wrong. */
  outcome: number | string
}

export type WebhookDelivery = {
  fire(group: DeviceGroup, event: WebhookEvent, payload: Record<string, string>): void
  /** The last deliveries, oldest first. */
  recent(): readonly Delivery[]
  close(): void
}

const remembered = 200

export function createWebhookDelivery(store: Store): WebhookDelivery {
  const deliveries: Delivery[] = []
  const stop = new AbortController()

  const post = async (url: string, contentType: string, payload: Record<string, string>) => {
    if (!isLoopback(url)) return 'recorded'
    const form = contentType === 'application/x-www-form-urlencoded'
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: form ? new URLSearchParams(payload).toString() : JSON.stringify(payload),
      redirect: 'manual',
      signal: AbortSignal.any([AbortSignal.timeout(5000), stop.signal]),
    })
    await response.body?.cancel()
    return response.status
  }
  return {
    fire(group, event, payload) {
      for (const hook of store.webhooks.where('group', group.id)) {
        if (hook.event !== event) continue
        const remember = (outcome: number | string) => {
          deliveries.push({ webhook: hook.id, event, url: hook.url, payload, outcome })
          if (deliveries.length > remembered) deliveries.shift()
        }
        post(hook.url, hook.contentType, payload).then(remember, (error: Error) => remember(error.message))
      }
    },
    recent: () => deliveries,
    close: () => stop.abort(),
  }
}
