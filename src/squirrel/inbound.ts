/** Requests to the agent's URL: waits for the answer of `http.onrequest`'s handler. */
import type { SqValue } from './language/values/values.ts'
import type { AgentRequest, AgentResponse } from './http-exchange.ts'
import { httpRequestOf, httpResponseFor } from './api/http-server.ts'
import { texts } from './platform-texts.ts'
import type { World } from './world.ts'

/** Seconds that an agent has for an answer. */
const answerTime = 60

/** Where the answer to one request goes; it takes the first. */
export type Answer = (response: AgentResponse) => boolean

export class Inbound {
  private readonly world: World
  /** The handler of `http.onrequest`. */
  handler: SqValue = null
  private readonly open = new Set<Answer>()

  constructor(world: World) {
    this.world = world
  }

  accept(request: AgentRequest, reply: (response: AgentResponse) => void): void {
    const { agent, queue, clock } = this.world
    if (agent === null || this.handler === null) return reply(plainResponse(404, texts.noHttpHandler))
    const answer: Answer = (response) => {
      if (!this.open.delete(answer)) return false
      timeout.act = null
      reply(response)
      return true
    }
    this.open.add(answer)
    const timeout = queue.add(clock.read() + answerTime * 1000, () =>
      answer(plainResponse(504, texts.noResponse)),
    )
    agent.at(clock.read(), () => {
      const { handler } = this
      if (handler === null) {
        answer(plainResponse(404, texts.noHttpHandler))
        return
      }
      const done = agent.call(
        'http.onrequest',
        handler,
        httpRequestOf(request),
        httpResponseFor(agent, answer),
      )
      if (done === undefined) answer(plainResponse(500, texts.agentError))
    })
  }

  /** The agent's code ended: nobody will answer what is open. */
  agentEnded(): void {
    this.handler = null
    for (const answer of this.open) answer(plainResponse(500, texts.agentError))
  }
}

function plainResponse(status: number, body: string): AgentResponse {
  return { status, headers: { 'content-type': 'text/plain' }, body }
}
