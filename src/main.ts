// The entry: what costs nothing is answered here, everything else is loaded when it is needed.

declare const IMPT_VERSION: string | undefined

/** The program's version; `0.0.0` where the sources run without a build. */
const version = typeof IMPT_VERSION === 'undefined' ? '0.0.0' : IMPT_VERSION

async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    process.stdout.write(`${version}\n`)
    return 0
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    const help = (await import('./main/help.ts')).helpFor(argv, process.stdout.columns)
    if (help !== null) {
      process.stdout.write(help)
      return 0
    }
  }
  const { start } = await import('./main/start.ts')
  return start(argv, version)
}

void main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exit(70)
  },
)
