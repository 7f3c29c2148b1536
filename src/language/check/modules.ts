import { dirname, resolve } from 'node:path'
import { ImptError } from '../../output/error.ts'
import type { DiagnosticCode } from '../syntax/diagnostic.ts'
import { parse } from '../syntax/parse.ts'
import { positionOf, type Source, type Span } from '../syntax/source.ts'
import { namesIn } from '../syntax/target.ts'
import type { FunctionDefinition, Import, Script } from '../syntax/tree.ts'
import { check } from './check.ts'

/** What a module exports, and what is wrong with it. */
interface ModuleFacts {
  readonly exports?: {
    readonly functions: ReadonlyMap<string, FunctionDefinition>
    readonly values: ReadonlySet<string>
  }
  readonly problem?: {
    readonly code: DiagnosticCode
    readonly message: string
    readonly hint?: string
    /** Where to point at, if not at the path. */
    readonly at?: Span
  }
}

/** What the imports of a tree are, by their nodes. */
export type Modules = ReadonlyMap<Import, ModuleFacts>

const WRONG = 'the module is wrong'
const CYCLE = 'a cycle of imports'

/** Reads a file of the language. Throws ImptError FILE. */
export type Read = (path: string) => Promise<string>

/**
 * Reads the modules that a script imports, and theirs, and checks each once. Paths are relative to the importing file; `directory` is that
 * of a text without a file. A module that is missing, wrong or part of a cycle is a problem of the import that leads to it.
 */
export async function readModules(
  tree: Script,
  source: Source,
  directory: string,
  read: Read,
): Promise<Modules> {
  const known = new Map<string, Promise<ModuleFacts>>()
  const visit = async (body: Script, name: string, way: readonly string[]): Promise<Modules> => {
    const found = new Map<Import, ModuleFacts>()
    const base = name.startsWith('<') ? directory : dirname(resolve(directory, name))
    for (const node of body.body) {
      if (node.kind !== 'import') continue
      const path = resolve(base, node.path.text)
      if (way.includes(path)) {
        const round = [...way.slice(way.indexOf(path)), path].map((one) => one.slice(dirname(one).length + 1))
        found.set(node, { problem: { code: 'IMPORT', message: `${CYCLE}: ${round.join(' -> ')}` } })
        continue
      }
      let facts = known.get(path)
      if (facts === undefined) {
        facts = moduleFacts(path, [...way, path])
        known.set(path, facts)
      }
      found.set(node, await facts)
    }
    return found
  }
  const moduleFacts = async (path: string, way: readonly string[]): Promise<ModuleFacts> => {
    let text: string
    try {
      text = await read(path)
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      return { problem: { code: 'IMPORT', message: error.message, ...(error.hint && { hint: error.hint }) } }
    }
    const own: Source = { name: path, text }
    const { tree: inner, diagnostics } = parse(text)
    const found =
      diagnostics.length > 0 ? diagnostics : check(inner, own, { modules: await visit(inner, path, way) })
    const first = found.find(({ severity }) => severity === 'error')
    if (first !== undefined) {
      const { line, col } = positionOf(text, first.start)
      // The innermost module that is wrong is the one to mend; a cycle is nobody's alone.
      const isTold = first.message.startsWith(WRONG) || first.message.startsWith(CYCLE)
      const message = isTold ? first.message : `${WRONG}: ${path}:${line}:${col}: ${first.message}`
      return { problem: { code: first.code, message, ...(first.hint && { hint: first.hint }) } }
    }
    return { exports: exportsOf(inner) }
  }
  return visit(tree, source.name, source.name.startsWith('<') ? [] : [resolve(directory, source.name)])
}

function exportsOf(tree: Script): NonNullable<ModuleFacts['exports']> {
  const functions = new Map<string, FunctionDefinition>()
  const values = new Set<string>()
  for (const node of tree.body) {
    if (node.kind === 'fn' && node.exported === true) functions.set(node.name.text, node)
    if (node.kind === 'let' && node.exported === true)
      for (const { text } of namesIn(node.target)) values.add(text)
  }
  return { functions, values }
}
