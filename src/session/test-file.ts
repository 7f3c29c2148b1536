import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { deleteFile, readJsonFile, updateJsonFile, writeJsonFile } from './json-file.ts'
import type { JsonFile } from './json-file.ts'
import { knownKeys } from './known-keys.ts'
import type { KeyRule } from './known-keys.ts'

/** The content of a test configuration file (files.md 5). Paths are used as typed, relative to its directory or absolute. */
export interface TestContent {
  readonly deviceGroupId: string
  /** Seconds. */
  readonly timeout: number
  readonly stopOnFail: boolean
  readonly allowDisconnect: boolean
  readonly builderCache: boolean
  /** Names or patterns. */
  readonly testFiles: readonly string[]
  /** `false` says in so many words that there is none. */
  readonly deviceFile?: string | false
  readonly agentFile?: string | false
  readonly githubConfig?: string
  readonly builderConfig?: string
  /** Ours: folders of libraries for `#require`. */
  readonly libraries?: readonly string[]
  /** Ours: what `test run --coverage` measures and asks for. */
  readonly coverage?: {
    readonly min?: Readonly<Record<string, number>>
    readonly include?: readonly string[]
    readonly exclude?: readonly string[]
  }
}

/** Changes to a test configuration: `null` removes the setting. */
export type TestChanges = { readonly [K in keyof TestContent]?: TestContent[K] | null }

/** What is used where a file, or `test create`, does not say (commands.md 2). */
export const TEST_DEFAULTS = {
  timeout: 30,
  stopOnFail: false,
  allowDisconnect: false,
  builderCache: false,
  testFiles: ['*.test.nut', 'tests/**/*.test.nut'],
} as const satisfies Partial<TestContent>

const RULES: Record<keyof TestContent, KeyRule> = {
  deviceGroupId: { type: 'text', required: true },
  timeout: { type: 'positive' },
  stopOnFail: { type: 'boolean' },
  allowDisconnect: { type: 'boolean' },
  builderCache: { type: 'boolean' },
  testFiles: { type: 'texts' },
  deviceFile: { type: 'file' },
  agentFile: { type: 'file' },
  githubConfig: { type: 'text' },
  builderConfig: { type: 'text' },
  libraries: { type: 'texts' },
  coverage: { type: 'coverage' },
}

/** The test configuration file of a directory; parents are not searched. */
export function testFile(directory: string): JsonFile {
  return {
    title: 'Test Configuration',
    path: join(directory, '.impt.test'),
    form: 'plain',
    remedy: 'Correct the file, delete it with "impt test delete", or make a new one with "impt test create"',
  }
}

/** Reads the test configuration of a directory, with defaults for what it does not say; undefined when there is no file. Throws FILE. */
export async function readTest(directory: string): Promise<TestContent | undefined> {
  const file = testFile(directory)
  const content = await readJsonFile(file)
  return content === undefined
    ? undefined
    : { ...TEST_DEFAULTS, ...knownKeys<TestContent>(file, content, RULES) }
}

/** Reads the test configuration of a directory. Throws FILE when it is missing or corrupted. */
export async function requireTest(directory: string): Promise<TestContent> {
  const test = await readTest(directory)
  if (test !== undefined) return test
  throw missing()
}

/** Writes a fresh test configuration, keys in the documented order; unknown keys of an old file are dropped. Throws FILE. */
export async function writeTest(directory: string, content: TestContent): Promise<void> {
  const ordered = Object.keys(RULES).map((key) => [key, content[key as keyof TestContent]])
  await writeJsonFile(testFile(directory), Object.fromEntries(ordered))
}

/** Changes some settings of an existing file and keeps all others, also those we do not know. Throws FILE. */
export async function updateTest(directory: string, changes: TestChanges): Promise<void> {
  await updateJsonFile(testFile(directory), (content) => {
    if (content === undefined) throw missing()
    const changed = Object.entries({ ...content, ...changes })
    return Object.fromEntries(
      changed.filter(([key, value]) => value !== null || !Object.hasOwn(changes, key)),
    )
  })
}

/** Deletes the test configuration, corrupted or not; false when there was none. Throws FILE. */
export async function deleteTest(directory: string): Promise<boolean> {
  return deleteFile(testFile(directory).path)
}

function missing(): ImptError {
  return new ImptError('FILE', 'Test Configuration File is not found in the current directory.', {
    hint: 'Make one with "impt test create"',
  })
}
