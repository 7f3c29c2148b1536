import { dirname, isAbsolute, resolve } from 'node:path'
import type { InitializeParams } from 'vscode-languageserver-protocol'
import { IMP_TYPES, impTypeOf } from '../squirrel/api/table/types.ts'
import type { Settings } from './analysis-protocol.ts'
import { pathOf } from './documents.ts'
import { isBelow } from './files.ts'

/** The settings that a client sends when it starts the server, and what is wrong with them. */
interface ReadSettings {
  readonly settings: Settings
  /** One line each: members that are not known, and values that are not used. */
  readonly warnings: readonly string[]
  /** Folders came to the workspace or left it, which changes the settings in place. */
  readonly changeFolders: (added: unknown, removed: unknown) => void
}

/**
 * Reads `initializationOptions`: `libraries` (folders for `#require`), `define` (variables of the preprocessor), `side`, `type`, `roots` (more folders
 * from which files may be read). Relative folders count from the first folder of the workspace. `directory` is that of the process.
 */
export function settingsOf(params: Partial<InitializeParams>, directory: string): ReadSettings {
  const warnings: string[] = []
  const workspace = workspaceOf(params)
  const base = workspace[0] ?? directory
  const options: unknown = params.initializationOptions ?? {}
  const given =
    typeof options === 'object' && !Array.isArray(options) ? (options as Record<string, unknown>) : {}
  if (given !== options) warnings.push('initializationOptions must be a record')

  const read = <T>(name: string, what: string, fits: (value: unknown) => value is T): T | undefined => {
    const value = given[name]
    if (value === undefined || value === null) return undefined
    if (fits(value)) return value
    warnings.push(`"${name}" must be ${what}`)
    return undefined
  }
  const folders = (name: string) =>
    (read(name, 'a list of folders', isTexts) ?? []).map((folder) => resolve(base, folder))
  const roots = [...workspace, ...folders('roots')]
  const type = read('type', `one of ${IMP_TYPES.map(({ name }) => name).join(', ')}`, isType)
  const settings: Settings = {
    libraries: folders('libraries'),
    define: read('define', 'a record of texts', isRecordOfTexts) ?? {},
    side: read('side', '"device" or "agent"', (value) => value === 'device' || value === 'agent'),
    type: type === undefined ? undefined : impTypeOf(type)?.name,
    roots,
  }
  for (const name of Object.keys(given))
    if (!Object.hasOwn(settings, name)) warnings.push(`"${name}" is not known`)
  const changeFolders = (added: unknown, removed: unknown) => {
    const gone = foldersIn(removed)
    const left = roots.filter((root) => !gone.includes(root))
    roots.splice(0, Number.POSITIVE_INFINITY, ...new Set([...left, ...foldersIn(added)]))
  }
  return { settings, warnings, changeFolders }
}

/** The settings for one text: outside of any workspace its own folder is read. */
export function settingsFor(settings: Settings, path: string | undefined): Settings {
  return settings.roots.length > 0 || path === undefined ? settings : { ...settings, roots: [dirname(path)] }
}

/** The innermost folder of the workspace in which a file lies; its own for one that lies in none. */
export function rootOf(path: string, roots: readonly string[]): string {
  const around = roots.filter((root) => isBelow(path, root)).toSorted((a, b) => b.length - a.length)
  return around[0] ?? dirname(path)
}

function workspaceOf({ workspaceFolders, rootUri, rootPath }: Partial<InitializeParams>): string[] {
  const found = foldersIn(workspaceFolders)
  const root = typeof rootUri === 'string' ? pathOf(rootUri) : undefined
  if (found.length > 0) return found
  if (root !== undefined) return [root]
  return typeof rootPath === 'string' && isAbsolute(rootPath) ? [rootPath] : []
}

/** The folders of this machine in a list of workspace folders. */
function foldersIn(list: unknown): string[] {
  return Array.isArray(list)
    ? list.map((one) => pathOf(String(one?.uri))).filter((path) => path !== undefined)
    : []
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes('\0'))
}

function isRecordOfTexts(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    Object.values(value as object).every((one) => typeof one === 'string')
  )
}

function isType(value: unknown): value is string {
  return typeof value === 'string' && impTypeOf(value) !== undefined
}
