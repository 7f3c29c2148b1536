import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Failure } from './errors.ts'
import { Callable, type Names } from './values.ts'

/**
 * Loads JavaScript files whose exports become names of expressions, as `pleasebuild --lib` does: functions, values, and
 * objects with both. A file runs with all rights of the user, so only a person may name one, never a source, a
 * Project file or a server.
 * @param files CommonJS modules, relative to `directory`; of equal names the last one counts
 * @throws Failure (FILE, DATA) that names the file
 */
export function loadLibraries(
  files: readonly string[],
  directory: string,
): Readonly<Record<string, unknown>> {
  const load = createRequire(join(resolve(directory), 'main.js'))
  const names: Record<string, unknown> = {}
  for (const file of files) {
    const path = resolve(directory, file)
    const exported = loaded(file, path)
    if (typeof exported !== 'object' || exported === null)
      throw new Failure(
        'DATA',
        `The library "${file}" exports no object: module.exports = { name: function ... }`,
      )
    for (const [name, value] of Object.entries(exported)) names[name] = shared(name, value, new Map())
  }
  return names

  function loaded(file: string, path: string): unknown {
    try {
      // It may have changed since it was last loaded, while a build watches it.
      delete load.cache[path]
      return load(path) as unknown
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'MODULE_NOT_FOUND' && message.includes(`'${path}'`))
        throw new Failure('FILE', `The library "${file}" is not found`)
      const reason = code === 'ERR_REQUIRE_ESM' ? 'it must be a CommonJS module' : (error as Error)?.message
      throw new Failure('DATA', `The library "${file}" cannot be loaded: ${reason ?? String(error)}`)
    }
  }
}

/** A value of JavaScript as expressions know it. `seen` ends the walk of objects that hold each other. */
function shared(name: string, value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === 'function')
    return new Callable(name, (args, names) => called(name, value as Called, args, names))
  if (typeof value !== 'object' || value === null) return value ?? null
  const known = seen.get(value)
  if (known !== undefined) return known
  if (Array.isArray(value)) {
    const list: unknown[] = []
    seen.set(value, list)
    for (const item of value) list.push(shared(name, item, seen))
    return list
  }
  const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  seen.set(value, record)
  for (const key of membersOf(value)) record[key] = shared(`${name}.${key}`, Reflect.get(value, key), seen)
  return record
}

type Called = (this: unknown, ...args: unknown[]) => unknown

function called(name: string, run: Called, args: readonly unknown[], names: Names): unknown {
  let result: unknown
  try {
    result = run.apply(names(), [...args])
  } catch (error) {
    throw new Failure('DATA', `${name}(): ${error instanceof Error ? error.message : String(error)}`)
  }
  if (result instanceof Promise) throw new Failure('DATA', `${name}() gives a promise, not a value`)
  return shared(name, result, new Map())
}

/** What an object has, and the methods of its class. */
function membersOf(value: object): readonly string[] {
  const names = new Set(Object.keys(value))
  for (let at: unknown = Object.getPrototypeOf(value); at !== null && at !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') names.add(name)
    at = Object.getPrototypeOf(at)
  }
  return [...names]
}
