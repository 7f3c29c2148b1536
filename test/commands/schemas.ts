import assert from 'node:assert/strict'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { partOf, type Part } from '../../src/commands/schema/document.ts'
import type { JsonSchema } from '../../src/commands/schema/shape.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'

const made = new Map<string, Promise<ValidateFunction>>()

/** One for all schemas, of which it keeps none; to make its code smaller takes longer than to run it as it is. */
const ajv = new Ajv2020({
  allErrors: true,
  allowUnionTypes: true,
  addUsedSchema: false,
  code: { optimize: false },
})
formats.default(ajv)

/** Compiles a schema with a stock validator; throws for what is no schema of its dialect. */
export function compile(schema: JsonSchema): ValidateFunction {
  assert.ok(ajv.validateSchema(schema), JSON.stringify(ajv.errors))
  return ajv.compile(schema)
}

/**
 * The same schema with nothing beside what it declares, so that a field which a command shows and its schema does not have is found. Objects
 * that say what their other fields are stay as they are.
 */
function closed(schema: unknown): any {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  const isObject = inner['type'] === 'object' && inner['properties'] !== undefined
  return isObject && !('additionalProperties' in inner) ? { ...inner, additionalProperties: false } : inner
}

/** Fails unless a document is what the schema of the command says, field by field. */
export async function assertConforms(line: string, value: unknown, part: Part = 'result'): Promise<void> {
  const key = `${line} ${part}`
  const validator = made.get(key) ?? validatorOf(line, part)
  made.set(key, validator)
  const validate = await validator
  const fits = validate(value)
  assert.ok(
    fits,
    `impt ${line}: ${JSON.stringify(validate.errors?.slice(0, 6), null, 1)}\n${JSON.stringify(value, null, 1)?.slice(0, 2000)}`,
  )
}

async function validatorOf(line: string, part: Part): Promise<ValidateFunction> {
  const command = commands.find((one) => commandLine(one) === line)
  assert.ok(command, line)
  return compile(closed(await partOf(command, part)))
}
