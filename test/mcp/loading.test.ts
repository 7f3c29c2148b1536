import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { PROGRAM } from '../stories/terminal.ts'

interface Output {
  readonly entryPoint?: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly imports: readonly { readonly path: string; readonly kind: string }[]
}

test('the protocol and its libraries are loaded by impt mcp only', async () => {
  const meta = JSON.parse(await readFile(join(dirname(PROGRAM), 'meta.json'), 'utf8'))
  const outputs = Object.entries(meta.outputs as Record<string, Output>)
  const isHeavy = ({ inputs }: Output) =>
    Object.keys(inputs).some((file) => /node_modules\/(?:@modelcontextprotocol|zod|ajv)\//.test(file))
  const heavy = new Set(outputs.filter(([, output]) => isHeavy(output)).map(([path]) => path))
  assert.ok(heavy.size > 0)
  // What loads one of these with itself is as heavy, up to what is loaded on use.
  for (let grown = 0; grown !== heavy.size;) {
    grown = heavy.size
    for (const [path, { imports }] of outputs)
      if (imports.some((one) => one.kind === 'import-statement' && heavy.has(one.path))) heavy.add(path)
  }
  const entries = outputs.flatMap(([path, { entryPoint }]) =>
    heavy.has(path) && entryPoint !== undefined ? [entryPoint] : [],
  )
  assert.deepEqual(entries, ['src/main/mcp.ts'])
})
