import { createRequire } from 'node:module'

/** What the differential tests use of npm Builder. */
interface BuilderMachine {
  file: string
  path: string
  generateLineControlStatements: boolean
  remoteRelativeIncludes: boolean
  readers: {
    file: { runDir: string; inputFileDir: string }
    bitbucketSrv: { serverAddr: string }
  }
  execute(source: string, variables: Record<string, unknown>): string
}
interface Builder {
  machine: BuilderMachine
  logger: Record<string, (text: string) => void>
}

export interface BuilderSettings {
  lineControl?: boolean
  remoteRelativeIncludes?: boolean
  bitbucketAddress?: string
}

const require = createRequire(import.meta.url)

/** Runs npm Builder on a source as `name` in `folder`; gives its output, its warnings or its error. */
export function runBuilder(
  source: string,
  name: string,
  folder: string,
  variables: Record<string, unknown> = {},
  settings: BuilderSettings = {},
): { code: string; warnings: string[] } | { error: string } {
  const Builder = require('Builder') as new () => Builder
  const builder = new Builder()
  const warnings: string[] = []
  const ignore = (): void => undefined
  const collect = (text: string): void => void warnings.push(text)
  builder.logger = { debug: ignore, info: ignore, error: ignore, warning: collect, warn: collect }
  const { machine } = builder
  machine.file = name
  machine.path = folder
  machine.generateLineControlStatements = settings.lineControl ?? false
  machine.remoteRelativeIncludes = settings.remoteRelativeIncludes ?? false
  machine.readers.file.runDir = folder
  machine.readers.file.inputFileDir = folder
  if (settings.bitbucketAddress !== undefined)
    machine.readers.bitbucketSrv.serverAddr = settings.bitbucketAddress
  try {
    return withoutConsole(() => ({ code: machine.execute(source, variables), warnings }))
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** Its duplicate-include warning goes to the console past its logger. */
function withoutConsole<Result>(run: () => Result): Result {
  const { log, error } = console
  console.log = console.error = () => undefined
  try {
    return run()
  } finally {
    Object.assign(console, { log, error })
  }
}
