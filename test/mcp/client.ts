import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ElicitRequestSchema, type CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import type { TestContext } from 'node:test'
import { openDesk, type Desk } from '../stories/impt.ts'
import { PROGRAM } from '../stories/terminal.ts'

type Answer =
  | { readonly action: 'accept'; readonly content: Record<string, string | boolean> }
  | { readonly action: 'decline' | 'cancel' }

export const YES: Answer = { action: 'accept', content: { confirm: true } }

/** The SDK's own client with `impt mcp` at its other end. */
interface Assistant {
  readonly client: Client
  readonly desk: Desk
  /** The questions that its person was asked. */
  readonly asked: string[]
  call(name: string, values?: Record<string, unknown>): Promise<CallToolResult>
  /** The data of an answer that is no error; the client has checked it against the schema of the tool. */
  data(name: string, values?: Record<string, unknown>): Promise<any>
  /** The failure of an answer that is one. */
  failure(name: string, values?: Record<string, unknown>): Promise<any>
}

interface AssistantOptions {
  /** Words before `mcp`; absent: it is logged in to an impCentral of the desk, or to where the desk is logged in. */
  readonly before?: readonly string[]
  readonly words?: readonly string[]
  /** What the person answers to each question; absent: the client cannot ask. */
  readonly answer?: (message: string) => Answer
  readonly env?: Record<string, string>
}

/** Starts `impt mcp` and connects; both end with the test. */
export async function openAssistant(
  t: TestContext,
  { before, words = [], answer, env = {} }: AssistantOptions = {},
  desk?: Desk,
): Promise<Assistant> {
  const at = desk ?? (await openDesk(t))
  if (before === undefined && !existsSync(join(at.folder, '.impt.auth'))) await at.cloud()
  const asked: string[] = []
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: answer === undefined ? {} : { elicitation: {} } },
  )
  if (answer !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params: { message } }) => {
      asked.push(message)
      return answer(message)
    })
  const given = Object.entries({ ...at.env, ...env }).filter(
    (one): one is [string, string] => one[1] !== undefined,
  )
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [PROGRAM, ...(before ?? []), 'mcp', ...words],
      env: Object.fromEntries(given),
      cwd: at.folder,
      stderr: 'ignore',
    }),
  )
  t.after(() => client.close())
  const call: Assistant['call'] = async (name, values = {}) =>
    (await client.callTool({ name, arguments: values })) as CallToolResult
  const textOf = ({ content }: CallToolResult) => {
    const last = content.at(-1)
    return last?.type === 'text' ? last.text : ''
  }
  return {
    client,
    desk: at,
    asked,
    call,
    async data(name, values) {
      const result = await call(name, values)
      if (result.isError === true) throw new Error(textOf(result))
      return result.structuredContent
    },
    async failure(name, values) {
      const result = await call(name, values)
      if (result.isError !== true) throw new Error(`no failure: ${textOf(result)}`)
      return JSON.parse(textOf(result))
    },
  }
}
