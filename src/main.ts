// The entry: what costs nothing is answered here, everything else is loaded when it is needed.

declare const IMPT_VERSION: string | undefined

/** The program's version; `0.0.0` where the sources run without a build. */
const version = typeof IMPT_VERSION === 'undefined' ? '0.0.0' : IMPT_VERSION

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    return written(`${version}\n`)
  }
  if (
    argv.length === 2 &&
    argv.includes('--verbose') &&
    argv.some((word) => word === '--version' || word === '-v')
  ) {
    return written((await import('./main/about.ts')).about(version))
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    const help =
      (await screenOf(argv)) ?? (await import('./main/help.ts')).helpFor(argv, process.stdout.columns)
    if (help !== null) return written(help)
  }
  const { start } = await import('./main/start.ts')
  return start(argv, version)
}

/** Writes a text. Gives the exit code: a disk without room is told, a reader that has gone is no error. */
async function written(text: string): Promise<number> {
  const { stdout, stderr } = process
  const error = await new Promise<Error | null | undefined>((resolve) =>
    stdout.on('error', resolve).write(text, resolve),
  )
  const lost = error ? (await import('./output/writer.ts')).lostText(error) : undefined
  if (lost === undefined) return 0
  stderr.write(lost)
  return 1
}

/** The help that the build made, where words that name something stand before `--help` and nothing else; undefined for every other line. */
async function screenOf(argv: readonly string[]): Promise<string | undefined> {
  if ((process.stdout.columns ?? 80) < 80 || !/^(?:--help|-h)$/.test(argv.at(-1) ?? '')) return undefined
  const { screens } = await import('./screens.cjs')
  const line = argv.slice(0, -1).join(' ')
  return Object.hasOwn(screens, line) ? screens[line] : undefined
}

/** Reports what nobody caught, wherever it was thrown, and ends with the exit code of a defect. */
async function defect(error: unknown): Promise<never> {
  const { DEFECT_EXIT, renderDefect } = await import('./output/defect.ts')
  process.stderr.write(renderDefect(error))
  process.exit(DEFECT_EXIT)
}

process.on('uncaughtException', (error) => void defect(error))
process.on('unhandledRejection', (reason) => void defect(reason))

void main(process.argv.slice(2)).then((code) => process.exit(code), defect)
