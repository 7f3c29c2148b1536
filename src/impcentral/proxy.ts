import { ImptError } from '../output/error.ts'

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * The proxy for a URL, by the rules of curl: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (lower case first, empty counts as unset); undefined for a direct connection.
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
