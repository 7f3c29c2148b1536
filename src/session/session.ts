// The room `session`: who is logged in where, and the files that remember it.
// Enters: the folder, the environment, the home, options such as `--at`.
// Leaves: a client for the right account, the project file, settings, locks. All files are written at once or not at all, credentials as
// 0600.
// Not known here: commands, entities by name, the terminal: questions come in as functions.
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { AuthState } from '../impcentral/auth.ts'
import { createClient, type Client } from '../impcentral/client.ts'
import type { Observer } from '../impcentral/observer.ts'
import type { ChangeGate } from '../impcentral/transport.ts'
import type { Shapes } from '../impcentral/shape.ts'
import { memoryTokenStore, type TokenStore } from '../impcentral/tokens.ts'
import { type ErrorCode, ImptError, withDetail } from '../output/error.ts'
import { AUTH_FILE } from './auth-file.ts'
import { codeOf } from './file-error.ts'
import { endpointOf, resolveContext, type Environment, type ExecutionContext } from './execution-context.ts'
import { logIn, type AskSecret } from './login.ts'
import { homeDirectory } from './home.ts'
import { foldersOf } from './paths.ts'
import { fileTokenStore } from './token-store.ts'

/** The embedded impCentral, which `--sandbox` puts in the place of every other Command Execution Context. */
export interface SandboxLogin {
  readonly endpoint: string
  readonly accessToken: string
  readonly expiresAt: string
}

interface SessionOptions {
  readonly env: Environment
  /** What the client checks the answers of servers against. */
  readonly shapes: Shapes
  readonly sandbox?: SandboxLogin
}

/** What one call of `client` may use of the command that makes it. */
export interface ClientNeeds {
  readonly signal: AbortSignal
  readonly askSecret: AskSecret
  readonly observer?: Observer
  /** Refuses every request that is not a read (language.md 2.12). */
  readonly readOnly?: boolean
  /** What Ctrl-C has to know of changes. */
  readonly gate?: ChangeGate | undefined
  /** Waited for before each change, which is not sent when it throws. */
  readonly before?: (() => Promise<void>) | undefined
  /** Folders of libraries that go with code that is deployed to a sandbox of this machine. */
  readonly libraries?: () => Promise<readonly string[]>
}

/** An entity that `use` or `with` chose: its id, which is what counts, what was typed for it, and how it was called then. */
export interface Choice {
  readonly id: string
  readonly text: string
  readonly name: string | null
}

/** An entity that a target names; `product` is that of a group. It is looked up when it is needed. */
export interface Named {
  readonly text: string
  readonly product?: string | undefined
  readonly id?: undefined
}

/** What the `use` command of the prompt, `with product` of a script, or a target fills in for options marked "Yes/[Project]" (repl.md 3.7). */
export interface Defaults {
  readonly product?: Choice | Named
  readonly dg?: Choice | Named
}

/** What a running impt knows between commands: who is logged in where. A one-shot has one for its single command. */
export interface Session {
  readonly env: Environment
  readonly home: string
  readonly folders: ReturnType<typeof foldersOf>
  readonly sandbox: SandboxLogin | undefined
  /** Whether all log streams of this session share one of the server: nobody in it takes another's. */
  readonly sharesLogs?: boolean
  /** The Command Execution Context of a directory. Throws AUTH or FILE as `resolveContext` does. */
  context(directory: string): Promise<ExecutionContext>
  /** The endpoint that commands of a directory talk to. */
  endpoint(directory: string): Promise<string>
  /** A client for the context of a directory; logs in first where environment variables say how, once a session. */
  client(directory: string, needs: ClientNeeds): Promise<Client>
}

export function createSession({ env, sandbox, shapes }: SessionOptions): Session {
  const home = homeDirectory(env)
  const stores = new Map<string, Promise<TokenStore>>()
  if (sandbox) stores.set('sandbox', Promise.resolve(memoryTokenStore(sandbox, 'Sandbox')))

  let last: { readonly signature: string; readonly context: Promise<ExecutionContext> } | undefined
  /** Resolves the context anew only when one of the files that decide it has changed: a script asks for it before every command. */
  const context = (directory: string): Promise<ExecutionContext> => {
    const folders = [directory, resolve(directory, env.IMPT_AUTH_FILE_PATH ?? ''), home]
    const signature = folders.map((folder) => `${folder} ${versionOf(folder)}`).join('\n')
    if (last?.signature !== signature) last = { signature, context: resolveContext(directory, env, home) }
    return last.context
  }
  const endpoint = async (directory: string) => sandbox?.endpoint ?? endpointOf(await context(directory))

  async function client(
    directory: string,
    { signal, askSecret, observer, readOnly = false, gate, before, libraries }: ClientNeeds,
  ): Promise<Client> {
    const found = sandbox ? undefined : await context(directory)
    const options = {
      endpoint: sandbox?.endpoint ?? endpointOf(found as ExecutionContext),
      signal,
      readOnly,
      gate,
      before,
      direct: sandbox !== undefined,
      ...(observer ? { observer } : {}),
      ...(libraries ? { libraries } : {}),
    }
    const key = found ? keyOf(found) : 'sandbox'
    let store = stores.get(key)
    if (!store && found) {
      store = openStore(found, async (credential) => {
        const password =
          credential.kind === 'password'
            ? {
                password:
                  credential.password ??
                  (await askSecret('password').catch(
                    hinting('NO_TTY', 'Set IMPT_PASSWORD beside IMPT_USER'),
                  )),
              }
            : {}
        const credentials = { ...credential, ...password } as Parameters<typeof logIn>[1]
        return logIn(options, credentials, askSecret).catch(
          hinting('AUTH', `The login is that of ${VARIABLES[credential.kind]}`),
        )
      })
      stores.set(key, store)
      // A login that failed is tried again by the next command.
      store.catch(() => stores.delete(key))
    }
    return createClient({ ...options, shapes, tokens: await (store as Promise<TokenStore>) })
  }

  return { env, home, folders: foldersOf(env), sandbox, context, endpoint, client }
}

/** The variables of a login that is in no file. */
const VARIABLES = { key: 'IMPT_LOGINKEY', password: 'IMPT_USER and IMPT_PASSWORD' } as const

/** Throws on what it gets; an error of the code gets the hint beside its own. */
function hinting(code: ErrorCode, hint: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ImptError) || error.code !== code) throw error
    throw withDetail(error, {
      hint: code === 'AUTH' && error.hint !== undefined ? `${error.hint}. ${hint}` : hint,
    })
  }
}

/** Tells one version of a folder's auth file from another; every write of it makes a new file. */
function versionOf(folder: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(join(folder, AUTH_FILE))
    return `${ino} ${mtimeMs} ${size}`
  } catch (error) {
    // What is wrong with it is for the reader of the file to say.
    return String(codeOf(error))
  }
}

type Variables = ExecutionContext & { readonly kind: 'variables' }

async function openStore(
  context: ExecutionContext,
  logInWith: (credential: Variables['credential']) => Promise<AuthState>,
): Promise<TokenStore> {
  return context.kind === 'file'
    ? fileTokenStore(context)
    : memoryTokenStore(await logInWith(context.credential), 'Auth')
}

/** The same key means the same tokens; a file that was written anew by another login has another key. */
function keyOf(context: ExecutionContext): string {
  if (context.kind === 'file') return `file ${context.file.path} ${context.auth.accessToken}`
  return `variables ${context.endpoint} ${JSON.stringify(context.credential)}`
}
