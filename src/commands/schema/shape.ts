/**
 * JSON Schemas (2020-12) in few words. What is declared here leaves other fields open: a server may add to its answers. `closed` is what
 * tests use to see that nothing is left undeclared.
 */
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What `--output json` writes: one document, or a document a line where `lines` says so; `both`: lines with one of the options. */
export interface JsonResult {
  readonly schema: JsonSchema
  readonly form?: 'lines' | 'both'
}

export const text: JsonSchema = { type: 'string' }
export const number: JsonSchema = { type: 'number' }
export const count: JsonSchema = { type: 'integer', minimum: 0 }
export const flag: JsonSchema = { type: 'boolean' }
export const time: JsonSchema = { type: 'string', format: 'date-time' }
export const texts: JsonSchema = { type: 'array', items: text }
/** An object whose names are data, or anything at all. */
export const map: JsonSchema = { type: 'object' }
export const anything: JsonSchema = {}
/** `{}`: there is nothing to tell but that it succeeded. */
export const nothing: JsonSchema = { type: 'object', maxProperties: 0 }

/** One of these texts. */
export const one = (...values: readonly string[]): JsonSchema => ({ enum: values })

export const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items })

/** The value, or null where there is none or nobody knows it. */
export const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })

export const either = (...schemas: readonly JsonSchema[]): JsonSchema => ({ anyOf: schemas })

/** An object whose values are all of one kind. */
export const mapOf = (values: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties: values })

/** The same with a sentence about it. */
export const about = (description: string, schema: JsonSchema): JsonSchema => ({ description, ...schema })

/** An object with all of the first fields, and perhaps with some of the second. */
export function record(
  fields: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const required = Object.keys(fields)
  return {
    type: 'object',
    properties: { ...fields, ...optional },
    ...(required.length > 0 && { required }),
  }
}

/** What is declared once for all documents that need it. */
export const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` })
