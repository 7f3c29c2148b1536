import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '../..')

type Meta = {
  outputs: Record<
    string,
    { entryPoint?: string; imports: { path: string; kind: string }[]; inputs: Record<string, unknown> }
  >
}

/** The sources that are loaded with a module of the built program, before anything asks for more. */
function loadedWith(...modules: string[]): string[] {
  const { outputs } = JSON.parse(readFileSync(join(root, 'dist/meta.json'), 'utf8')) as Meta
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file) || !outputs[file]) return
    seen.add(file)
    for (const { path, kind } of outputs[file].imports) if (kind !== 'dynamic-import') visit(path)
  }
  for (const module of modules) {
    const file = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === module)
    assert.ok(file, `${module} is loaded on use`)
    visit(file)
  }
  return [...seen].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}))
}

test('the embedded cloud loads no compiler and no virtual machine before something is deployed', () => {
  const loaded = loadedWith('src/main/sandbox.ts', 'src/sandbox/sandbox.ts')
  assert.ok(loaded.includes('src/sandbox/app.ts'))
  // What the imp types are called is a table without imports.
  const heavy = loaded.filter((name) =>
    /^src\/squirrel\/(language\/(?!run\/(errors|state)|codegen\/line-map)|libraries|api(?!\/table\/types\.ts)|world|side|compile-program|check\.ts)/.test(
      name,
    ),
  )
  assert.deepEqual(heavy, [])
})
