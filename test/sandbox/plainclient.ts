/** A client written from impcentral-api.md alone, over plain fetch: it shares nothing with ours. */
import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- a test reads what the wire gives
export type Body = any

export type Reply = { status: number; headers: Headers; text: string; body: Body }

export type Client = {
  (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  url: string
}

/** Sends a request as the user of the token; a body that is no string becomes JSON. */
export function clientOf(url: string, token?: string): Client {
  const send = async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    const headers = {
      'content-type': path.startsWith('/auth') ? 'application/json' : 'application/vnd.api+json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...more,
    }
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body)
    const target = path.startsWith('http') ? path : `${url}${path}`
    const response = await fetch(target, { method, headers, body: text })
    const answer = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '') && answer !== ''
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      body: json ? JSON.parse(answer) : undefined,
    }
  }
  return Object.assign(send, { url })
}

export type Home = {
  sandbox: Sandbox
  url: string
  demo: Client
  as: (user: string) => Client
  nobody: Client
  admin: Client
}

/** A sandbox of its own for one test, closed at its end. */
export async function home(t: TestContext, options: SandboxOptions = {}): Promise<Home> {
  const sandbox = await startSandbox(options)
  t.after(() => sandbox.close())
  const { url } = sandbox
  const as = (user: string) => clientOf(url, sandbox.tokenFor(user))
  const plain = clientOf(url.replace('/v5', '/sandbox'))
  const admin: Client = Object.assign(
    (method: string, path: string, body?: unknown) =>
      plain(method, path, body, { 'x-sandbox-token': sandbox.adminToken }),
    { url: plain.url },
  )
  return { sandbox, url, demo: as('demo'), as, nobody: clientOf(url), admin }
}

export async function idOf(client: Client, path: string, name: string): Promise<string> {
  const { body } = await client('GET', `${path}?page[size]=100`)
  const found = body.data.find((item: Body) => item.attributes.name === name)
  if (!found) throw new Error(`no ${name} in ${path}`)
  return found.id as string
}

export const product = (name: string, more: object = {}) => ({
  data: { type: 'product', attributes: { name, ...more } },
})

export const group = (
  productId: string,
  name: string,
  type = 'development_devicegroup',
  more: object = {},
  targets: object = {},
) => ({
  data: {
    type,
    attributes: { name, ...more },
    relationships: { product: { type: 'product', id: productId }, ...targets },
  },
})

export const deployment = (groupId: string, more: object = {}, type = 'development_devicegroup') => ({
  data: {
    type: 'deployment',
    attributes: { device_code: 'server.log("d")', agent_code: 'server.log("a")', ...more },
    relationships: { devicegroup: { type, id: groupId } },
  },
})

export const deviceList = (...ids: string[]) => ({ data: ids.map((id) => ({ type: 'device', id })) })

/** Makes a product with one development group; returns their ids. */
export async function workshop(
  client: Client,
  name = 'Workshop',
): Promise<{ productId: string; groupId: string }> {
  const made = await client('POST', '/products', product(name))
  const productId = made.body.data.id as string
  const inside = await client('POST', '/devicegroups', group(productId, `${name} Group`))
  return { productId, groupId: inside.body.data.id as string }
}

/** `title: detail` of the first error. */
export const complaint = ({ body }: Reply): string => `${body.errors[0].title}: ${body.errors[0].detail}`

/** Waits until the condition holds; the time only bounds a hang. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = performance.now() + 180_000; performance.now() < deadline;) {
    if (await holds()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`timed out: ${what}`)
}

/** A request from another loopback address, or with a path that fetch would tidy up. */
export function rawRequest(
  url: string,
  path: string,
  options: { from?: string; token?: string; method?: string; headers?: Record<string, string> } = {},
) {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const login = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
    const headers = { ...login, ...options.headers }
    const request = httpRequest(
      {
        hostname,
        port,
        path,
        method: options.method ?? 'GET',
        headers,
        ...(options.from ? { localAddress: options.from } : {}),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      },
    )
    request.on('error', reject)
    request.end()
  })
}

/** A temporary folder that is gone after the test. */
export function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'impt-sandbox-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
