import type { GroupNode, WebhookNode } from '../account.ts'
import type { Change, Field } from './change.ts'
import { masked } from './masked.ts'
import { matchWebhooks } from './match.ts'
import type { PlanContext } from './plan.ts'

/** What differs between the webhooks of a group. The event of one is fixed; another URL is a change. */
export function planWebhooks(
  ours: GroupNode,
  theirs: readonly WebhookNode[],
  { options }: PlanContext,
): readonly Change[] {
  if (ours.webhooks === undefined) return []
  const found = matchWebhooks(ours.webhooks, theirs)
  const base = { kind: 'webhook', path: ours.path } as const
  const changes = ours.webhooks.flatMap((hook, i): readonly Change[] => {
    const other = theirs[found[i] ?? -1]
    const label = `${hook.event} ${hook.url.secret || hook.url.value === undefined ? '(secret)' : hook.url.value}`
    if (hook.url.value === undefined) {
      if (other !== undefined) return []
      return [{ ...base, label, action: 'impossible', fields: [], why: 'URL: value not in this folder' }]
    }
    if (other === undefined)
      return [
        {
          ...base,
          label,
          action: 'create',
          fields: [],
          op: { do: 'create webhook', group: ours.path, webhook: hook },
        },
      ]
    const secret = hook.url.secret || other.url.secret
    const fields: Field[] = []
    if (hook.url.value !== other.url.value)
      fields.push({ name: 'url', from: masked(other.url, secret), to: masked(hook.url, secret) })
    if (hook.contentType !== other.contentType)
      fields.push({ name: 'content_type', from: other.contentType, to: hook.contentType })
    if (fields.length === 0) return []
    const id = other.cloud?.id ?? ''
    return [
      {
        ...base,
        id,
        label,
        action: 'change',
        fields,
        op: {
          do: 'update webhook',
          id,
          attributes: {
            ...(hook.url.value === other.url.value ? {} : { url: hook.url.value }),
            ...(hook.contentType === other.contentType ? {} : { content_type: hook.contentType }),
          },
          updatedAt: other.cloud?.updatedAt,
        },
      },
    ]
  })
  const used = new Set(found)
  const left = theirs.flatMap((hook, k): readonly Change[] => {
    if (used.has(k)) return []
    const id = hook.cloud?.id ?? ''
    const label = `${hook.event} ${hook.url.secret ? '(secret)' : (hook.url.value ?? '')}`
    return [
      options.prune
        ? { ...base, id, label, action: 'delete', fields: [], op: { do: 'delete webhook', id } }
        : { ...base, id, label, action: 'keep', fields: [], why: 'kept (--prune deletes)' },
    ]
  })
  return [...changes, ...left]
}
