import { dirname, join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { readJsonFile, updateJsonFile } from './json-file.ts'
import type { JsonFile, JsonObject } from './json-file.ts'
import { ensureFolder } from './paths.ts'

/** What `impt config` keeps (repl.md 3.4, 3.5, 3.7, 3.9, 3.11). */
export interface Settings {
  /** Inline suggestions and the line under the input. */
  readonly hints: boolean
  /** How lists are shown at the prompt: as tables, or as the documented blocks. */
  readonly output: 'table' | 'default'
  /** Long results go through the pager. */
  readonly pager: boolean
  /** Names of entities are kept on disk for a warm start. */
  readonly 'cache.disk': boolean
  /** No redraws, menus or symbols; `auto` decides by the terminal. */
  readonly plain: 'auto' | 'on' | 'off'
  /** Entries kept in history. */
  readonly 'history.size': number
}

type SettingName = keyof Settings

/** One setting, for `impt config` and its completion. */
interface SettingRow {
  readonly name: SettingName
  readonly summary: string
  /** The words that it takes; none means a whole number from `min` to `max`. */
  readonly choices?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly default: Settings[SettingName]
}

const ON_OFF = ['on', 'off'] as const

/** All settings. The only description of them in the program. */
export const SETTINGS: readonly SettingRow[] = [
  { name: 'hints', summary: 'Suggestions and the help line while typing', choices: ON_OFF, default: true },
  {
    name: 'output',
    summary: 'Lists at the prompt: tables, or blocks as in one-shots',
    choices: ['table', 'default'],
    default: 'table',
  },
  { name: 'pager', summary: 'Show long results in a pager', choices: ON_OFF, default: true },
  {
    name: 'cache.disk',
    summary: 'Keep names of entities on disk for quick completion',
    choices: ON_OFF,
    default: true,
  },
  {
    name: 'plain',
    summary: 'Plain prompt, for screen readers and simple terminals',
    choices: ['auto', ...ON_OFF],
    default: 'auto',
  },
  { name: 'history.size', summary: 'Entries kept in history', min: 0, max: 1_000_000, default: 10_000 },
]

/** The settings of a fresh installation. */
export const DEFAULT_SETTINGS = Object.fromEntries(
  SETTINGS.map((row) => [row.name, row.default]),
) as unknown as Settings

/** The settings file in our config folder. */
export function settingsFile(configFolder: string): JsonFile {
  return { title: 'Settings', path: join(configFolder, 'settings.json'), form: 'plain' }
}

/**
 * Reads the settings; defaults stand in for what is missing or wrong. `problem` is the error to tell about a corrupted file or a wrong
 * value: impt starts anyway.
 */
export async function readSettings(
  file: JsonFile,
): Promise<{ readonly settings: Settings; readonly problem?: ImptError }> {
  try {
    return settingsIn((await readJsonFile(file)) ?? {}, file)
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    return { settings: DEFAULT_SETTINGS, problem: error }
  }
}

/**
 * Sets one setting from the words of the user (`config pager off`), or resets it when `text` is undefined; unknown keys of the file
 * survive. Gives the new settings. Throws USAGE for an unknown name or a wrong value, FILE when the file is corrupted or not writable.
 */
export async function writeSetting(
  file: JsonFile,
  name: string,
  text: string | undefined,
): Promise<Settings> {
  const row = settingRow(name)
  const value = text === undefined ? undefined : parseSetting(row, text)
  await ensureFolder(dirname(file.path))
  const content = await updateJsonFile(file, (content) => ({ ...content, [row.name]: value }))
  return settingsIn(content ?? {}, file).settings
}

/** A value of a setting as the user types it. */
export function showSetting(value: Settings[SettingName]): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

/** The row of a setting. Throws USAGE when there is none of that name. */
export function settingRow(name: string): SettingRow {
  const row = SETTINGS.find((row) => row.name === name)
  if (row !== undefined) return row
  throw new ImptError('USAGE', `There is no setting "${name}".`, {
    hint: `Settings are: ${SETTINGS.map((row) => row.name).join(', ')}`,
  })
}

function settingsIn(
  content: JsonObject,
  file: JsonFile,
): { readonly settings: Settings; readonly problem?: ImptError } {
  const wrong = SETTINGS.filter((row) => content[row.name] !== undefined && !isValue(row, content[row.name]))
  const known = SETTINGS.filter((row) => content[row.name] !== undefined && !wrong.includes(row))
  const given = Object.fromEntries(known.map((row) => [row.name, content[row.name]]))
  const settings: Settings = { ...DEFAULT_SETTINGS, ...given }
  if (wrong[0] === undefined) return { settings }
  const problem = new ImptError('FILE', `Setting "${wrong[0].name}" has a wrong value in ${file.path}.`, {
    hint: `Set it again with "impt config ${wrong[0].name} ${showSetting(wrong[0].default)}"`,
  })
  return { settings, problem }
}

function isValue(row: SettingRow, value: unknown): boolean {
  if (typeof row.default === 'boolean') return typeof value === 'boolean'
  if (typeof row.default === 'string') return typeof value === 'string' && (row.choices ?? []).includes(value)
  return (
    Number.isSafeInteger(value) && Number(value) >= (row.min ?? 0) && Number(value) <= (row.max ?? Infinity)
  )
}

function parseSetting(row: SettingRow, text: string): Settings[SettingName] {
  const value = readValue(row, text)
  if (isValue(row, value)) return value as Settings[SettingName]
  const expected =
    row.choices?.map((choice) => `"${choice}"`).join(', ') ?? `a whole number from ${row.min} to ${row.max}`
  throw new ImptError('USAGE', `Setting "${row.name}" has no value "${text}".`, {
    hint: `It takes ${expected}`,
  })
}

function readValue(row: SettingRow, text: string): boolean | number | string {
  if (typeof row.default === 'boolean' && ON_OFF.some((word) => word === text)) return text === 'on'
  return typeof row.default === 'number' && /^\d+$/.test(text) ? Number(text) : text
}
