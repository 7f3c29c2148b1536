import { commandLine } from '../table/index.ts'
import type { CommandRow } from '../row.ts'
import { callSchema } from './call.ts'
import { entitySchemas } from './entities.ts'
import { testRun } from './test-runs.ts'
import { resultOf } from './result.ts'
import { about, anything, count, either, list, record, text, type JsonSchema } from './shape.ts'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** The parts of a document that can be asked for by themselves. */
export type Part = 'options' | 'result' | 'error'

/** What `--output json` writes in the place of a result where a command fails. */
const ERROR = about(
  'What a failed command writes in the place of its result; the exit code says which kind of failure it is. Some add what they know, such as the answer of an agent.',
  record(
    { Error: text },
    {
      Candidates: about('The entities that an ambiguous identifier may mean.', list(anything)),
      ...testRun,
      errors: about(
        'Where Squirrel does not compile; row and column count in the code that is compiled.',
        list(record({ file: text, type: text, row: count, column: count, text })),
      ),
      problems: about(
        'What is wrong in the files that were given, such as a row of a table; of one, the column is named.',
        list(record({ text }, { file: text, line: count, column: either(count, text), device: text })),
      ),
      files: about('What became of the files that were to be formatted.', list(anything)),
      Doubt: about('What to look at where a change may have been carried out.', text),
    },
  ),
)

/** The schema of one command: of its options, of its JSON result and of its failure. */
export async function documentOf(command: CommandRow): Promise<JsonSchema> {
  return documentWith(await describe(command))
}

/** The schema of several commands, one of which is meant. */
export async function documentOfMany(title: string, commands: readonly CommandRow[]): Promise<JsonSchema> {
  return documentWith({ title, oneOf: await Promise.all(commands.map(describe)) })
}

/** One part of the schema of a command, to validate with as it is. */
export async function partOf(command: CommandRow, part: Part): Promise<JsonSchema> {
  const title = `impt ${commandLine(command)}: ${part}`
  switch (part) {
    case 'options':
      return documentWith({ title, ...callSchema(command) })
    case 'result':
      return documentWith({ title, ...(await resultOf(command)).schema })
    case 'error':
      return documentWith({ title, ...ERROR })
    default:
      return part satisfies never
  }
}

async function describe(command: CommandRow): Promise<JsonSchema> {
  const { summary, description, effect } = command
  const { schema, form = 'document' } = await resultOf(command)
  const long = description.filter((paragraph) => paragraph !== summary)
  return {
    title: `impt ${commandLine(command)}`,
    description: [summary, ...long].join('\n\n'),
    ...record(
      {
        command: { const: commandLine(command) },
        effect: about(
          'What it changes: nothing (read), the cloud (write), files here (local), the login (auth).',
          {
            const: effect,
          },
        ),
        options: callSchema(command),
      },
      {
        form: about(
          'Whether the JSON is one document or one document a line; "lines" may depend on --log or --follow.',
          {
            enum: form === 'both' ? ['document', 'lines'] : [form],
          },
        ),
        result: schema,
        error: ERROR,
      },
    ),
  }
}

const documentWith = (schema: JsonSchema): JsonSchema => ({ $schema: DIALECT, ...withDefinitions(schema) })

/** A schema with the declarations that it refers to, directly or through others. */
export function withDefinitions(schema: JsonSchema): JsonSchema {
  const all = entitySchemas()
  const needed = new Map<string, JsonSchema>()
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const { $ref } = value as { readonly $ref?: unknown }
    const name = typeof $ref === 'string' ? $ref.slice('#/$defs/'.length) : undefined
    const found = name === undefined ? undefined : all[name]
    if (name !== undefined && found !== undefined && !needed.has(name)) {
      needed.set(name, found)
      look(found)
    }
    for (const one of Object.values(value)) look(one)
  }
  look(schema)
  const definitions = [...needed].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...schema,
    ...(definitions.length > 0 && { $defs: Object.fromEntries(definitions) }),
  }
}
