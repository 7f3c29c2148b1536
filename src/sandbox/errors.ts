/** Errors of the API, in the dialect of impcentral-api.md 5: `status` is a string, codes name the family. */

export type ApiError = { status: string; code: string; title: string; detail: string; meta?: unknown }

/** Thrown by a route or a rule; answered as `{"errors": [...]}` with this status. */
export class ApiFault extends Error {
  readonly status: number
  readonly errors: ApiError[]
  constructor(status: number, errors: ApiError[]) {
    super(errors[0]?.detail ?? '')
    this.name = 'ApiFault'
    this.status = status
    this.errors = errors
  }
}

export function apiError(
  status: number,
  code: string,
  title: string,
  detail: string,
  meta?: unknown,
): ApiError {
  return { status: String(status), code, title, detail, ...(meta === undefined ? {} : { meta }) }
}

export function fault(status: number, code: string, title: string, detail: string, meta?: unknown): ApiFault {
  return new ApiFault(status, [apiError(status, code, title, detail, meta)])
}

export const missing = (kind: string, id: string): ApiError =>
  apiError(404, 'NF001', 'Resource Not Found', `${kind} "${id}" does not exist, or you may not see it.`)

export const notFound = (kind: string, id: string): ApiFault => new ApiFault(404, [missing(kind, id)])

/** A request whose form or values are wrong. */
export const invalid = (title: string, detail: string): ApiFault => fault(400, 'VX001', title, detail)

/** A request that a rule of the resources forbids (impcentral-api.md 5, 9). */
export const conflict = (title: string, detail: string): ApiFault => fault(409, 'CX001', title, detail)

export const forbidden = (detail: string): ApiFault => fault(403, 'PX003', 'Invalid Permission', detail)

/** Somebody comes with what everybody knows to a sandbox that is for one user. */
export const notForOthers = (): ApiFault =>
  forbidden(
    'This sandbox is for the user who started it, and the demo credentials work for that user only. ' +
      'Where the system does not tell who connects, "password" in state.json of its folder takes their place; ' +
      '"impt sandbox serve --open" lets others in.',
  )

export const unauthorized = (detail: string): ApiFault => fault(401, 'PX100', 'Invalid Credentials', detail)
