import { resolve } from 'node:path'
import type { Environment } from './execution-context.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'
import type { JsonFile } from './json-file.ts'
import { knownKeys } from './known-keys.ts'

/** A GitHub user and a password or personal access token (files.md 6). */
interface GithubCredentials {
  readonly githubUser: string
  readonly githubToken: string
}

/** Writes a fresh GitHub credentials file at a path relative to `directory`, mode 0600; the folder must exist. Throws FILE. */
export async function writeGithub(
  directory: string,
  path: string,
  credentials: GithubCredentials,
): Promise<void> {
  const { githubUser, githubToken } = credentials
  await writeJsonFile(githubFile(directory, path), { githubUser, githubToken })
}

/**
 * The credentials for reading from GitHub (files.md 6): those of the file if it exists and both keys are non-empty, else
 * `GITHUB_USER` and `GITHUB_TOKEN`, else undefined (anonymous). Throws FILE when the file is corrupted.
 */
export async function githubCredentials(
  directory: string,
  path: string | undefined,
  env: Environment,
): Promise<GithubCredentials | undefined> {
  const saved = path === undefined ? undefined : await readGithub(githubFile(directory, path))
  if (saved?.githubUser && saved.githubToken)
    return { githubUser: saved.githubUser, githubToken: saved.githubToken }
  if (!env.GITHUB_USER || !env.GITHUB_TOKEN) return undefined
  return { githubUser: env.GITHUB_USER, githubToken: env.GITHUB_TOKEN }
}

async function readGithub(file: JsonFile): Promise<Partial<GithubCredentials> | undefined> {
  const content = await readJsonFile(file)
  if (content === undefined) return undefined
  return knownKeys<Partial<GithubCredentials>>(file, content, {
    githubUser: { type: 'text' },
    githubToken: { type: 'text' },
  })
}

function githubFile(directory: string, path: string): JsonFile {
  return {
    title: 'GitHub credentials Configuration',
    path: resolve(directory, path),
    name: path,
    form: 'secret',
    remedy: `Write it again with "impt test github --github-config ${path}"`,
  }
}
