/** `mqtt`: clients of agents, whose connections all end at the broker of the world, whatever host they name. */
import { blobOf } from '../../language/values/blob.ts'
import { raise } from '../../language/run/errors.ts'
import { instantiate } from '../../language/library/native.ts'
import { allocateBytes, charge } from '../../language/run/state.ts'
import { tableOf } from '../../language/values/table.ts'
import { SqArray, type SqValue } from '../../language/values/values.ts'
import { currentSide, type Side } from '../../side.ts'
import { bytesOf, option } from '../arguments.ts'
import { blobOfBytes } from '../http-codec.ts'
import { type Implementation, api, classOf, methodsOfClass, nativeOf } from '../natives.ts'
import { type Message, type Subscriber, isFilter } from './broker.ts'

/** Bytes of a message (developer.electricimp.com/node/2972), topics of a subscription (node/2976), characters of a client id (node/2970). */
const largestMessage = 256 * 1024
const mostTopics = 10
const longestId = 255
/** Result codes (node/2973, node/2979). */
const accepted = 0
const badCredentials = 4
const disconnected = -3
/** Milliseconds until a connection is made, and until the broker answers. */
const connectTime = 50
const answerTime = 20

type Will = { topic: string; payload: string }

/** A client of the code. */
class Client implements Subscriber {
  readonly side: Side
  state: 'off' | 'connecting' | 'on' = 'off'
  onConnect: SqValue = null
  onLost: SqValue = null
  onMessage: SqValue = null
  will: Will | null = null
  constructor(side: Side) {
    this.side = side
  }

  deliver(message: Message): void {
    const { side } = this
    side.after(answerTime, () => {
      if (this.state !== 'on' || this.onMessage === null) return
      side.callWith('mqttclient.onmessage', this.onMessage, () => [
        tableOf([
          ['topic', message.topic],
          ['message', blobOfBytes(Buffer.from(message.payload, 'latin1'))],
          ['qos', message.qos],
          ['retain', message.retain ? 1 : 0],
          ['dup', 0],
        ]),
      ])
    })
  }
}

/** A message that the code made. */
class Outgoing {
  readonly client: Client
  readonly message: Message
  constructor(client: Client, message: Message) {
    this.client = client
    this.message = message
  }
}

/** The client of a side that is connected: there is one at a time. */
const connections = new WeakMap<Side, Client>()

/** The code of `mqtt`, its clients and messages. */
export const mqttCode: readonly Implementation[] = [
  api('mqtt.createclient', () => {
    const side = currentSide()
    const object = instantiate(classOf(side, 'mqttclient', () => methodsOfClass('mqttclient', mqttCode)))
    object.native = new Client(side)
    return object
  }),
  api('mqttclient.connect', (self, url: string, id: string, options: SqValue = null) => {
    const client = nativeOf(self, Client)
    const { side } = client
    if (!/^(?:tcp|ssl):\/\/./i.test(url)) throw raise('mqtt: the URL must begin with tcp:// or ssl://')
    if (id.length < 1 || id.length > longestId)
      throw raise('mqtt: the client ID must have 1 to 255 characters')
    const other = connections.get(side)
    if (other !== undefined && other.state !== 'off') throw raise('mqtt: another client is connected')
    client.will = willOf(options)
    client.state = 'connecting'
    connections.set(side, client)
    const code = answerTo(side, optionText(options, 'username'), optionText(options, 'password'))
    side.after(connectTime, () => {
      if (client.state !== 'connecting') return
      client.state = code === accepted ? 'on' : 'off'
      if (code === accepted) side.world.mqtt.joined(client)
      if (client.onConnect !== null) side.call('mqttclient.onconnect', client.onConnect, code)
    })
    return null
  }),
  api('mqttclient.disconnect', (self, done: SqValue = null) => {
    const client = nativeOf(self, Client)
    leave(client)
    if (done !== null) client.side.after(answerTime, () => client.side.call('mqttclient.disconnect', done))
    return null
  }),
  api('mqttclient.createmessage', (self, topic: SqValue, content: SqValue, options: SqValue = null) => {
    const client = nativeOf(self, Client)
    const payload = bytesOf(content)
    const name = bytesOf(topic)
    if (payload.length > largestMessage) throw raise('mqtt: a message has at most 256 kB')
    if (name === '' || /[+#\0]/.test(name)) throw raise('mqtt: wrong topic')
    allocateBytes(payload.length)
    const qos = qualityOf(option(options, 'qos') ?? 0)
    const retain = option(options, 'retain') === true
    const object = instantiate(
      classOf(client.side, 'mqttmessage', () => methodsOfClass('mqttmessage', mqttCode)),
    )
    object.native = new Outgoing(client, { topic: name, payload, qos, retain })
    return object
  }),
  api('mqttclient.subscribe', (self, topics: SqValue, qos: SqValue = null, done: SqValue = null) => {
    const client = connected(self)
    const filters = filtersOf(topics)
    const granted = filters.map((filter, at) => {
      const wanted = qos instanceof SqArray ? (qos.a[at] ?? 0) : (qos ?? 0)
      return client.side.world.mqtt.broker.subscribe(client, filter, qualityOf(wanted))
    })
    const { side } = client
    if (done !== null)
      side.after(answerTime, () =>
        side.callWith('mqttclient.subscribe', done, () => [
          topics instanceof SqArray ? new SqArray(granted) : (granted[0] ?? 0),
        ]),
      )
    return 0
  }),
  api('mqttclient.unsubscribe', (self, topics: SqValue, done: SqValue = null) => {
    const client = connected(self)
    for (const filter of filtersOf(topics)) client.side.world.mqtt.broker.unsubscribe(client, filter)
    const { side } = client
    if (done !== null) side.after(answerTime, () => side.call('mqttclient.unsubscribe', done))
    return 0
  }),
  api('mqttclient.onconnect', (self, handler: SqValue) => {
    nativeOf(self, Client).onConnect = handler
    return null
  }),
  api('mqttclient.onconnectionlost', (self, handler: SqValue) => {
    nativeOf(self, Client).onLost = handler
    return null
  }),
  api('mqttclient.onmessage', (self, handler: SqValue) => {
    nativeOf(self, Client).onMessage = handler
    return null
  }),
  api('mqttmessage.sendasync', (self, done: SqValue = null) => {
    const { client, message } = nativeOf(self, Outgoing)
    const { side } = client
    if (client.state !== 'on') throw raise('mqtt: the client is not connected')
    charge(message.payload.length >> 6)
    side.after(answerTime, () => {
      const code = client.state === 'on' ? accepted : disconnected
      if (code === accepted) side.world.mqtt.broker.publish(message)
      if (done !== null) side.call('mqttmessage.sendasync', done, code)
    })
    return null
  }),
]

/** The client, which must be connected. */
function connected(self: SqValue): Client {
  const client = nativeOf(self, Client)
  if (client.state !== 'on') throw raise('mqtt: the client is not connected')
  return client
}

function leave(client: Client): void {
  client.state = 'off'
  client.side.world.mqtt.left(client)
}

/** The connection of a side breaks: of its own when the code ends, by the script otherwise. The broker publishes the will. */
export function breakConnection(side: Side): void {
  const client = connections.get(side)
  if (client === undefined || client.state === 'off') return
  const { will } = client
  leave(client)
  if (will) side.world.mqtt.broker.publish({ ...will, qos: 0, retain: false })
  if (client.onLost !== null && !side.ended) side.call('mqttclient.onconnectionlost', client.onLost, -1)
}

/** What the broker of the script says to a connection. */
function answerTo(side: Side, username: string | null, password: string | null): number {
  const { refuse, users } = side.world.script.mqtt ?? {}
  if (refuse !== undefined) return refuse
  if (users === undefined) return accepted
  const known = username !== null && Object.hasOwn(users, username) ? users[username] : undefined
  return known !== undefined && known === password ? accepted : badCredentials
}

function willOf(options: SqValue): Will | null {
  const topic = optionText(options, 'willtopic')
  return topic === null ? null : { topic, payload: optionText(options, 'willmessage') ?? '' }
}

function optionText(options: SqValue, name: string): string | null {
  const value = option(options, name)
  return typeof value === 'string' || (value !== undefined && blobOf(value)) ? bytesOf(value) : null
}

function filtersOf(topics: SqValue): string[] {
  const filters = (topics instanceof SqArray ? topics.a : [topics]).map(bytesOf)
  if (filters.length < 1 || filters.length > mostTopics) throw raise('mqtt: 1 to 10 topics at a time')
  for (const filter of filters) if (!isFilter(filter)) throw raise('mqtt: wrong topic')
  return filters
}

function qualityOf(value: SqValue): number {
  if (value === 0 || value === 1 || value === 2) return value
  throw raise('mqtt: wrong quality of service')
}
