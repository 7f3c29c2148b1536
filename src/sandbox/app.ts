/** The HTTP side: what each request goes through before and after its route. */
import { setTimeout as delay } from 'node:timers/promises'
import { Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { addressOf, jsonApi, type Core, type Env, type RouteContext } from './core.ts'
import { ApiFault, fault, invalid, notFound } from './errors.ts'
import type { Injection } from './injection.ts'
import { createLimiter } from './limiter.ts'
import { refuseForeignPages } from './loopback.ts'
import { accountOf, holderOf } from './tokens.ts'
import { accountRoutes } from './routes/accounts.ts'
import { adminRoutes } from './routes/admin.ts'
import { agentRoutes } from './routes/agents.ts'
import { assignmentRoutes } from './routes/assignment.ts'
import { authRoutes } from './routes/auth.ts'
import { coverageRoutes } from './routes/coverage.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { deviceGroupRoutes } from './routes/devicegroups.ts'
import { deviceRoutes } from './routes/devices.ts'
import { enrollRoutes, type Enrolments } from './routes/enroll.ts'
import { libraryRoutes } from './routes/libraries.ts'
import { loginKeyRoutes } from './routes/loginkeys.ts'
import { logStreamRoutes, openStreamRoute } from './routes/logstream.ts'
import { productRoutes } from './routes/products.ts'
import { webhookRoutes } from './routes/webhooks.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Builds the application over the core. */
export function createApp(core: Core, injection: Injection): Hono<Env> {
  const limiter = createLimiter(core.now)
  const enrolments: Enrolments = new Map()
  const app = new Hono<Env>({ getPath: pathOf })

  /** Counts the request for its account, or for the address of one without, and tells the budget with every answer (more-facts.md 4). */
  const count = (c: RouteContext) => {
    const address = addressOf(c)
    const account = holderOf(core, c.req.header('authorization'), address)
    const key = typeof account === 'string' ? `address ${address}` : account.id
    const { allowed, limit, remaining, reset } = limiter.take(key, core.switches.rateLimit)
    c.header('X-RateLimit-Limit', String(limit))
    c.header('X-RateLimit-Remaining', String(remaining))
    c.header('X-RateLimit-Reset', String(reset))
    if (!allowed) throw tooMany()
  }
  const checkUnbondRate = (account: { id: string }) => {
    const most = Math.ceil(core.switches.rateLimit / 10)
    if (most > 0 && !limiter.take(`unbond ${account.id}`, most).allowed) throw tooMany()
  }

  app.onError((error, c) => {
    if (error instanceof ApiFault) return errors(c, error)
    return errors(c, fault(500, 'XX001', 'Internal Error', error.message))
  })
  app.notFound((c) => {
    const known = methodsOf(app, c.req.path)
    if (known.length === 0) return errors(c, notFound('Path', c.req.path))
    c.header('allow', known.join(', '))
    return errors(c, fault(405, 'NF002', 'Method Not Allowed', `${c.req.method} is not possible here.`))
  })

  app.use(async (c, next) => {
    c.set('switches', core.switches)
    core.platform.behaviour.requested?.()
    c.header('x-node', 'sandbox')
    c.header('content-language', 'en')
    c.header('accept', jsonApi)
    if (/^\/v5(\/|$)/.test(c.req.path)) count(c)
    refuseForeignPages(c)
    if (!isEncoded(c.req.path)) throw invalid('Invalid Path', 'The path is not well encoded.')
    if (core.switches.latency > 0) await delay(core.switches.latency)
    if (c.req.method === 'OPTIONS' && !c.req.path.startsWith('/agents/')) {
      c.header('allow', [...methodsOf(app, c.req.path), 'OPTIONS'].join(', '))
      return c.body(null, 204)
    }
    await next()
    core.platform.behaviour.requested?.()
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return undefined
    // Nothing is acknowledged before it is safe; `store.durable` joins requests into one write.
    await stored(core)
    return undefined
  })

  app.route('/', agentRoutes(core))
  app.route('/sandbox', adminRoutes(core, injection, enrolments))

  const open = new Hono<Env>()
    .route('/', authRoutes(core))
    .route('/', enrollRoutes(core, enrolments))
    .route('/', openStreamRoute(core))
  app.route('/v5', open)

  const guarded = new Hono<Env>()
  guarded.use(async (c, next) => {
    // An unknown path is no secret: it falls through to 404.
    if (!matchedRoutes(c).some((route) => route.method !== 'ALL')) return next()
    c.set('account', accountOf(core, c.req.header('authorization'), addressOf(c)))
    return next()
  })
  guarded
    .route('/', accountRoutes(core))
    .route('/', loginKeyRoutes(core))
    .route('/', productRoutes(core))
    .route('/', deviceGroupRoutes(core))
    .route('/', assignmentRoutes(core, checkUnbondRate))
    .route('/', deviceRoutes(core))
    .route('/', coverageRoutes(core))
    .route('/', deploymentRoutes(core))
    .route('/', webhookRoutes(core))
    .route('/', logStreamRoutes(core))
    .route('/', libraryRoutes(core))
  app.route('/v5', guarded)
  return app
}

/** The path with runs of slashes as one, and no slash at the end: clients build both. */
function pathOf(request: Request): string {
  const path = new URL(request.url).pathname.replace(/\/{2,}/g, '/')
  return path.length > 1 && path.endsWith('/') && !path.startsWith('/agents/') ? path.slice(0, -1) : path
}

async function stored(core: Core): Promise<void> {
  try {
    await core.store.durable()
  } catch (error) {
    throw fault(
      500,
      'XX002',
      'Storage Failure',
      `The sandbox cannot store changes: ${(error as Error).message}`,
    )
  }
}

function isEncoded(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

function methodsOf(app: Hono<Env>, path: string): string[] {
  const answers = (method: string) =>
    app.router
      .match(method, path)[0]
      .some(([[, route]]) => route.method !== 'ALL' || /^\/agents\/./.test(route.path))
  return methods.filter((method) => answers(method === 'HEAD' ? 'GET' : method))
}

function errors(c: RouteContext, error: ApiFault): Response {
  return c.body(JSON.stringify({ errors: error.errors }), error.status as ContentfulStatusCode, {
    'content-type': jsonApi,
  })
}

const tooMany = () => fault(429, 'XX429', 'Too Many Requests', 'The rate limit is exceeded; try again later.')
