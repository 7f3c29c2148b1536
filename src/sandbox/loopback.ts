/** Which names and addresses mean this machine. */
import type { RouteContext } from './core.ts'
import { forbidden } from './errors.ts'

/** Whether a URL leads to this machine by its name or address. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}

/**
 * Throws 403 for what a page of another site sends from a browser of this machine: under a name of its own that it has made lead here
 * (DNS rebinding), or across sites. Agents are web servers and take the latter.
 */
export function refuseForeignPages(c: RouteContext): void {
  if (!isLoopback(`http://${c.req.header('host') ?? ''}`))
    throw forbidden('The sandbox answers only to 127.0.0.1 and localhost.')
  const origin = c.req.header('origin')
  if (origin !== undefined && !isLoopback(origin) && !c.req.path.startsWith('/agents/'))
    throw forbidden('The sandbox takes no requests of web pages of other sites.')
}
