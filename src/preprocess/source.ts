/** A file of a repository (github, bitbucket-server, azure-repos, git-local). */
export interface Repository {
  /** e.g. `github:electricimp/Promise`, what `__REPO_PREFIX__` gives */
  readonly prefix: string
  /** branch, tag or commit; `undefined` if the include names none */
  readonly ref: string | undefined
  /** path of the file in the repository, without a leading slash */
  readonly path: string
}

/** A source that has been read. */
export interface Source {
  /** identity: equal for two includes of the same file */
  readonly uri: string
  readonly text: string
  /** what `#line` markers and errors call it: folder and file */
  readonly name: string
  /** lower-case hexadecimal */
  readonly sha256: string
  /** what `__FILE__` gives */
  readonly file: string
  /** what `__PATH__` gives: the folder, without a trailing slash */
  readonly path: string
  readonly repository?: Repository
  /** root of the web server, e.g. `https://example.com:8080` */
  readonly urlRoot?: string
  /** path below `urlRoot`, without a leading slash */
  readonly urlPath?: string
}

/** Whether a source came from somewhere else than a file of this machine's disk. */
export function isRemote(source: Source): boolean {
  return source.repository !== undefined || source.urlRoot !== undefined
}
