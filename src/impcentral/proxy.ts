import type { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { ImptError } from '../output/error.ts'

/** How long a proxy may take to open a tunnel. */
const TUNNEL_TIMEOUT_MS = 30_000
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * The proxy for a URL by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (lower case first, empty counts as unset); undefined for a direct connection.
 * Throws USAGE when the variable is not a URL.
 */
export function proxyFor(url: string, env: NodeJS.ProcessEnv = process.env): URL | undefined {
  const target = new URL(url)
  const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const proxy = variable(env, name)
  if (proxy === '' || isExcluded(target, variable(env, 'NO_PROXY'))) return undefined
  const protocol = URL.canParse(proxy) ? new URL(proxy).protocol : ''
  if (protocol === 'http:' || protocol === 'https:') return new URL(proxy)
  // The value is not repeated: proxy URLs often hold a password.
  throw new ImptError('USAGE', `The proxy in the environment variable ${name} is not an http or https URL.`, {
    hint: `Set it like this: ${name}=http://proxy.example.com:8080`,
  })
}

/** Makes an agent reach its hosts through tunnels of a proxy (CONNECT), for plain HTTP as well as TLS. */
export async function tunnelled(agent: Agent, proxy: URL, isSecure: boolean): Promise<Agent> {
  const { request } = proxy.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const tls = await import('node:tls')
  type Options = ConnectionOptions & { readonly host: string; readonly port: number }
  return Object.assign(agent, {
    createConnection(options: Options, done: (error: Error | null, socket?: Duplex) => void): void {
      const target = `${options.host}:${options.port}`
      const connect = request({
        method: 'CONNECT',
        host: proxy.hostname.replace(/^\[|\]$/g, ''),
        port: proxy.port || DEFAULT_PORTS[proxy.protocol],
        path: target,
        headers: { Host: target, ...authorization(proxy) },
        agent: false,
      })
      connect.setTimeout(TUNNEL_TIMEOUT_MS, () =>
        connect.destroy(new Error('the proxy did not answer in time')),
      )
      connect.once('error', done)
      connect.once('connect', ({ statusCode }, socket) => {
        socket.setTimeout(0)
        if (statusCode === 200) return done(null, isSecure ? tls.connect({ ...options, socket }) : socket)
        socket.destroy()
        done(new Error(`the proxy answered HTTP ${statusCode}`))
      })
      connect.end()
    },
  })
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name.toLowerCase()] || env[name] || ''
}

/** `host`, `.domain`, `*.domain`, each with or without `:port`, or `*`; a host also stands for those below it. */
function isExcluded(target: URL, noProxy: string): boolean {
  const port = target.port || DEFAULT_PORTS[target.protocol]
  return noProxy.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true
    const [, name = '', entryPort] = /^\*?\.?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? []
    if (name === '' || (entryPort !== undefined && entryPort !== port)) return false
    return target.hostname === name || target.hostname.endsWith(`.${name}`)
  })
}

function authorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'Proxy-Authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}
