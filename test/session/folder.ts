import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** An own folder, deleted after the test. */
export async function ownFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'impt-session-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A file in JSON form as the previous tool writes it. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
