// The entry: what costs nothing is answered here, everything else is loaded when it is needed.
import { fstatSync, writeSync } from 'node:fs'

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
    const width = columns()
    const help = (await screenOf(argv, width)) ?? (await import('./main/help.ts')).helpFor(argv, width)
    if (help !== null) return written(help)
  }
  const { start } = await import('./main/start.ts')
  return start(argv, version)
}

/** The width of the terminal at stdout; undefined for what is none. */
function columns(): number | undefined {
  try {
    // Touching `process.stdout` takes longer than all the rest of a help.
    return fstatSync(1).isCharacterDevice() ? process.stdout.columns : undefined
  } catch {
    return undefined
  }
}

/** Writes a text. Gives the exit code: a disk without room is told, a reader that has gone is no error. */
async function written(text: string): Promise<number> {
  const bytes = Buffer.from(text)
  let length = 0
  let error: NodeJS.ErrnoException | null | undefined
  try {
    while (length < bytes.length) length += writeSync(1, bytes, length)
  } catch (thrown) {
    error = thrown as NodeJS.ErrnoException
  }
  // A pipe that takes no more at once, as another program may have set it: the stream of the process waits for it.
  if (error?.code === 'EAGAIN') error = await streamed(bytes.subarray(length))
  if (!error) return 0
  const lost = (await import('./output/writer.ts')).lostText(error)
  if (lost === undefined) return 0
  process.stderr.write(lost)
  return 1
}

function streamed(bytes: Buffer): Promise<NodeJS.ErrnoException | null | undefined> {
  const { stdout } = process
  return new Promise((resolve) => stdout.on('error', resolve).write(bytes, resolve))
}

/** The help that the build made, where words that name something stand before `--help` and nothing else; undefined for every other line. */
async function screenOf(argv: readonly string[], width = 80): Promise<string | undefined> {
  if (width < 80 || !/^(?:--help|-h)$/.test(argv.at(-1) ?? '')) return undefined
  const words = argv.slice(0, -1)
  // Nothing that leads elsewhere.
  if (!words.every((word) => /^[\w-]+$/.test(word))) return undefined
  const module = `./screens/${words.join('.')}.cjs`
  try {
    return ((await import(module)) as { readonly screen: string }).screen
  } catch {
    return undefined
  }
}

/** Reports what nobody caught, wherever it was thrown, and ends with the exit code of a defect. */
async function defect(error: unknown): Promise<never> {
  try {
    const { defectExit, renderDefect } = await import('./output/defect.ts')
    process.stderr.write(renderDefect(error))
    process.exit(defectExit(error))
  } catch {
    // Not even that can be loaded: what is thrown here would come here again, for ever.
    process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  }
}

process.on('uncaughtException', (error) => void defect(error))
process.on('unhandledRejection', (reason) => void defect(reason))

void main(process.argv.slice(2)).then((code) => process.exit(code), defect)
