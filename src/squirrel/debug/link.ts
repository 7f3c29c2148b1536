/** The host's end of a debugger: questions go through a port of their own, answers come with what else the world tells. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { decodeTexts, encodeTexts } from '../texts.ts'
import type { DebugCall, DebugLink, DebugListener, DebugMessage, DebugRequest } from './protocol.ts'
import { Questions } from './questions.ts'

export class Link implements DebugLink {
  private readonly listener: DebugListener
  private port: MessagePort | null = null
  private interrupt: () => void = () => {}
  private readonly questions = new Questions()

  constructor(listener: DebugListener) {
    this.listener = listener
  }

  /** The thread's end for a new world. */
  open(interrupt: () => void): MessagePort {
    this.lost()
    const { port1, port2 } = new MessageChannel()
    port1.unref()
    this.port = port1
    this.interrupt = interrupt
    return port2
  }

  request(request: DebugRequest): Promise<unknown> {
    const { port } = this
    if (port === null) return Promise.reject(new Error('the device is not running'))
    return this.questions.ask((call) => {
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      port.postMessage({ call, request: encodeTexts(request) } satisfies DebugCall)
      this.interrupt()
    })
  }

  hear(given: DebugMessage): void {
    const message = decodeTexts(given)
    if ('call' in message) this.questions.answered(message)
    else this.listener.event(message)
  }

  log(entry: Parameters<DebugListener['log']>[0]): void {
    this.listener.log(entry)
  }

  /** The world is gone: nobody will answer what waits. */
  lost(): void {
    this.port?.close()
    this.port = null
    this.questions.lost('the device is not running any more')
  }
}
