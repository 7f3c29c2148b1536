/** Log streams: one an account, server-sent events, a bounded number of devices (impcentral-api.md 7). */
import type { LogEntry } from './model.ts'
import { hex, type Bytes } from './random.ts'

export type StreamFormat = 'json' | 'text'

export type Streams = {
  /** Makes the account's stream; an older one is told `closed` and ends. Returns its id. */
  create(account: string): string
  /**
   * Opens the events of a stream, replacing an earlier connection; undefined if there is no such stream. `cut` breaks
   * the connection without a word.
   */
  connect(id: string, format: StreamFormat, cut: () => void): ReadableStream<Uint8Array> | undefined
  accountOf(id: string): string | undefined
  /** One that is added before the stream is open is kept until then (more-facts.md 3). False if there is no such stream, or none open where the switch says so. */
  addDevice(id: string, device: string): boolean
  removeDevice(id: string, device: string): boolean
  publish(device: string, entry: LogEntry, environment: string): void
  /** Tells the streams of a device about a state of it that only a sandbox has. */
  announce(device: string, state: string): void
  /** Ends streams in good order, with `closed`: all, or one account's. Returns how many. */
  closeAll(account?: string): number
  /** Cuts connections without a word. Returns how many. */
  dropAll(account?: string): number
  count(): number
}

type StreamSettings = {
  /** Milliseconds between comments that keep the connection alive. */
  keepAlive: number
  /** Milliseconds between the connection and `opened`, in which devices cannot be added. */
  streamGap: number
  /** Whether a device that is added before the stream is open is kept until then, and not refused. */
  streamKeepsEarly: boolean
  /** Devices a stream holds; one more drops the least recently added. */
  streamDevices: number
}

type Connection = { format: StreamFormat; send: (text: string) => void; end: () => void; cut: () => void }
type Stream = {
  id: string
  account: string
  devices: Set<string>
  open: boolean
  connection: Connection | null
}

/** Milliseconds for which a stream without a connection can be opened again. */
const grace = 60_000
/** Bytes that a slow reader may leave waiting before its connection is ended. */
const backlog = 16 << 20

/** `unwatched` is told of each device that no stream hears of any more. */
export function createStreams(
  settings: () => StreamSettings,
  random: Bytes,
  unwatched: (device: string) => void = () => undefined,
): Streams {
  const streams = new Map<string, Stream>()
  const byDevice = new Map<string, Set<Stream>>()

  const notify = (stream: Stream, state: string, device?: string) => {
    const connection = stream.connection
    if (!connection) return
    const json = JSON.stringify({ state, ...(device ? { device_id: device } : {}) })
    const text = device ? `${state} ${device}` : state
    connection.send(event('state_change', connection.format === 'json' ? json : text))
  }
  const detach = (stream: Stream, device: string) => {
    if (!stream.devices.delete(device)) return false
    const watchers = byDevice.get(device)
    watchers?.delete(stream)
    if (watchers?.size === 0) {
      byDevice.delete(device)
      unwatched(device)
    }
    return true
  }
  const forgetDevices = (stream: Stream) => {
    for (const device of stream.devices) detach(stream, device)
  }
  /** The stream hears of the device from now on. */
  const watch = (stream: Stream, device: string) => {
    byDevice.set(device, (byDevice.get(device) ?? new Set()).add(stream))
    notify(stream, 'subscribed', device)
  }
  const close = (stream: Stream) => {
    notify(stream, 'closed')
    forgetDevices(stream)
    streams.delete(stream.id)
    stream.connection?.end()
  }
  const chosen = (account: string | undefined) =>
    [...streams.values()].filter((stream) => account === undefined || stream.account === account)

  const connect = (stream: Stream, format: StreamFormat, cut: () => void): ReadableStream<Uint8Array> => {
    stream.connection?.end()
    const timers: NodeJS.Timeout[] = []
    let connection: Connection
    let ended = false
    const lost = () => {
      ended = true
      timers.forEach(clearTimeout)
      if (stream.connection !== connection) return
      stream.connection = null
      stream.open = false
      forgetDevices(stream)
      setTimeout(() => stream.connection === null && streams.delete(stream.id), grace).unref()
    }
    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          connection = {
            format,
            send(text) {
              if (ended) return
              controller.enqueue(Buffer.from(text))
              if ((controller.desiredSize ?? 0) < -backlog) connection.end()
            },
            end() {
              if (ended) return
              controller.close()
              lost()
            },
            cut() {
              lost()
              cut()
            },
          }
          stream.connection = connection
          stream.open = false
          const { keepAlive, streamGap } = settings()
          connection.send(': welcome\n\n')
          const opened = () => {
            stream.open = true
            notify(stream, 'opened')
            for (const device of stream.devices) watch(stream, device)
          }
          timers.push(
            setTimeout(opened, streamGap),
            setInterval(() => connection.send(': keep-alive\n\n'), keepAlive),
          )
          timers.forEach((timer) => timer.unref())
        },
        cancel: lost,
      },
      { highWaterMark: 0, size: (chunk) => chunk.byteLength },
    )
  }

  return {
    create(account) {
      for (const stream of chosen(account)) close(stream)
      const id = hex(random, 32)
      streams.set(id, { id, account, devices: new Set(), open: false, connection: null })
      return id
    },
    connect(id, format, cut) {
      const stream = streams.get(id)
      return stream && connect(stream, format, cut)
    },
    accountOf: (id) => streams.get(id)?.account,
    addDevice(id, device) {
      const stream = streams.get(id)
      if (!stream || !(stream.open || settings().streamKeepsEarly)) return false
      stream.devices.delete(device)
      stream.devices.add(device)
      if (stream.open) watch(stream, device)
      for (const oldest of stream.devices) {
        if (stream.devices.size <= settings().streamDevices) break
        detach(stream, oldest)
        notify(stream, 'unsubscribed', oldest)
      }
      return true
    },
    removeDevice(id, device) {
      const stream = streams.get(id)
      if (!stream || !detach(stream, device)) return false
      notify(stream, 'unsubscribed', device)
      return true
    },
    publish(device, entry, environment) {
      for (const { connection } of byDevice.get(device) ?? []) {
        if (!connection) continue
        const text =
          connection.format === 'json'
            ? JSON.stringify({ device_id: device, ...entry })
            : `${device} ${entry.ts} ${environment} ${entry.type} ${entry.msg}`
        connection.send(event('message', text))
      }
    },
    announce(device, state) {
      for (const stream of byDevice.get(device) ?? []) notify(stream, state, device)
    },
    closeAll(account) {
      const ending = chosen(account)
      ending.forEach(close)
      return ending.length
    },
    dropAll(account) {
      const cut = chosen(account).filter((stream) => stream.connection !== null)
      for (const stream of cut) stream.connection?.cut()
      return cut.length
    },
    count: () => streams.size,
  }
}

/** One server-sent event; each line of the data gets its own `data:` field. */
const event = (name: string, data: string) =>
  `event: ${name}\n${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`
