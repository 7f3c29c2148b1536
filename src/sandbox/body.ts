/** Reading request bodies: each value checked, each complaint naming its place. */
import type { RouteContext } from './core.ts'
import { ApiFault, apiError, fault, invalid } from './errors.ts'

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Bytes that a request body may have. */
const bodyCap = 8 << 20

/** The body as it came. Throws 413 if it is too large. */
export async function readBytes(c: RouteContext): Promise<Buffer> {
  if (Number(c.req.header('content-length') ?? 0) > bodyCap) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of c.env.incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyCap) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The body as a JSON value. Throws 400 if it is not JSON in UTF-8. */
async function readJson(c: RouteContext): Promise<unknown> {
  const bytes = await readBytes(c)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch {
    throw new ApiFault(400, [apiError(400, 'VX002', 'Invalid JSON', 'The request body is not valid JSON.')])
  }
}

export async function readObject(c: RouteContext): Promise<Json> {
  const body = await readJson(c)
  if (!isObject(body)) throw invalid('Invalid Body', 'The request body must be a JSON object.')
  return body
}

type ResourceBody = { type: string; attributes: Json; relationships: Json }

/** The `data` of a body: a resource of one of the types; that of a PATCH must name the id, one of `ids`. Throws 400. */
export async function readResource(
  c: RouteContext,
  types: readonly string[],
  ...ids: string[]
): Promise<ResourceBody> {
  const { data } = await readObject(c)
  if (!isObject(data)) throw invalid('Invalid Body', 'The request body must have an object "data".')
  const { type, attributes = {}, relationships = {} } = data
  if (typeof type !== 'string' || !types.includes(type))
    throw invalid('Invalid Type', `data.type must be ${types.map((name) => `"${name}"`).join(' or ')}.`)
  if (ids.length > 0 && !ids.includes(String(data['id'])))
    throw invalid('Invalid ID', `data.id must be "${ids[0]}".`)
  if (!isObject(attributes)) throw invalid('Invalid Attributes', 'data.attributes must be an object.')
  if (!isObject(relationships))
    throw invalid('Invalid Relationships', 'data.relationships must be an object.')
  return { type, attributes, relationships }
}

type Identifier = { type: string; id: string }

export function readIdentifier(value: unknown, place: string): Identifier {
  if (isObject(value) && typeof value['type'] === 'string' && typeof value['id'] === 'string')
    return { type: value['type'], id: value['id'] }
  throw invalid('Invalid Relationship', `${place} must be an object with a type and an id.`)
}

/** A string of `min` to `max` characters, or undefined if the attribute is not there. Throws 400. */
export function readText(attributes: Json, name: string, min: number, max: number): string | undefined {
  const value = attributes[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length >= min && value.length <= max) return value
  throw invalid('Invalid Attribute', `${name} must be a string of ${min} to ${max} characters.`)
}

/** As readText, but null clears the value. */
export function readNullable(attributes: Json, name: string, max: number): string | null | undefined {
  return attributes[name] === null ? null : readText(attributes, name, 0, max)
}

export function readFlag(attributes: Json, name: string): boolean | undefined {
  const value = attributes[name]
  if (value === undefined || typeof value === 'boolean') return value
  throw invalid('Invalid Attribute', `${name} must be true or false.`)
}

/** Throws 400 if the body of a PATCH sets what is not among these: nothing that was sent is ignored. */
export function refuseOthers(
  { attributes, relationships }: ResourceBody,
  changeable: readonly string[],
  related: readonly string[] = [],
): void {
  const attribute = Object.keys(attributes).find((name) => !changeable.includes(name))
  if (attribute !== undefined) throw invalid('Invalid Attribute', `${attribute} cannot be changed.`)
  const relation = Object.keys(relationships).find((name) => !related.includes(name))
  if (relation !== undefined) throw invalid('Invalid Relationship', `${relation} cannot be changed.`)
}

/** The given values without those that are undefined: what a PATCH changes. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

const tooLarge = () => fault(413, 'VX413', 'Body Too Large', `A request body may have ${bodyCap} bytes.`)
