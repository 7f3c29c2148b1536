/** An MQTT broker inside a world: topics with wildcards, retained messages, wills. It listens to nobody outside, so results stay the same. */
export type Message = { topic: string; payload: string; qos: number; retain: boolean }

/** Who is connected. */
export type Subscriber = {
  /** The message as it is delivered: its quality, and whether it was retained. */
  deliver(message: Message): void
}

export class Broker {
  private readonly retained = new Map<string, Message>()
  private readonly filters = new Map<Subscriber, Map<string, number>>()

  /** Adds a filter of a subscriber, and delivers what was retained for it. Gives the quality that is granted. */
  subscribe(subscriber: Subscriber, filter: string, qos: number): number {
    const own = this.filters.get(subscriber) ?? new Map<string, number>()
    this.filters.set(subscriber, own)
    own.set(filter, qos)
    for (const message of this.retained.values())
      if (matches(filter, message.topic))
        subscriber.deliver({ ...message, qos: Math.min(message.qos, qos), retain: true })
    return qos
  }

  unsubscribe(subscriber: Subscriber, filter: string): void {
    this.filters.get(subscriber)?.delete(filter)
  }

  /** Forgets a subscriber. */
  leave(subscriber: Subscriber): void {
    this.filters.delete(subscriber)
  }

  /** Delivers a message once to each subscriber with a filter for it; a retained one without content forgets what was retained. */
  publish(message: Message): void {
    if (message.retain) {
      if (message.payload === '') this.retained.delete(message.topic)
      else this.retained.set(message.topic, message)
    }
    for (const [subscriber, own] of this.filters) {
      const granted = [...own].filter(([filter]) => matches(filter, message.topic)).map(([, qos]) => qos)
      if (granted.length > 0)
        subscriber.deliver({ ...message, qos: Math.min(message.qos, Math.max(...granted)), retain: false })
    }
  }
}

/** Whether a filter with the wildcards `+` (a level) and `#` (all that follows) is for a topic; those of the broker begin with `$`. */
export function matches(filter: string, topic: string): boolean {
  const levels = filter.split('/')
  const parts = topic.split('/')
  if (topic.startsWith('$') && (levels[0] === '+' || levels[0] === '#')) return false
  for (const [at, level] of levels.entries()) {
    if (level === '#') return true
    if (at >= parts.length || (level !== '+' && level !== parts[at])) return false
  }
  return levels.length === parts.length
}

/** Whether a text can be a filter: wildcards fill a level, and `#` is the last. */
export function isFilter(text: string): boolean {
  const levels = text.split('/')
  return (
    text !== '' &&
    levels.every(
      (level, at) => level === '+' || (level === '#' && at === levels.length - 1) || !/[+#]/.test(level),
    )
  )
}
