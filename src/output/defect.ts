import { visible } from './visible.ts'

/** What `scripts/entry.cjs` throws where the files of the program are not those any more that it was started from: no defect of ours. */
const isReplaced = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === 'IMPT_REPLACED'

/** The exit code of a defect of ours: EX_SOFTWARE of sysexits.h. */
export function defectExit(error: unknown): number {
  return isReplaced(error) ? 1 : 70
}

/** The first line about something thrown that is no error of the user, the server or the machine. */
export function defectMessage(error: unknown): string {
  if (isReplaced(error)) return `${error.message}.`
  return `Internal error: ${error instanceof Error ? error.message : String(error)}.`
}

/** What is said about a defect, the same wherever it shows: what happened, what to report, and the stack. */
export function renderDefect(error: unknown): string {
  if (isReplaced(error)) return `Error: ${defectMessage(error)}\nEnd it, and start it again.\n`
  const stack = error instanceof Error && error.stack !== undefined ? error.stack : String(error)
  return [
    defectMessage(error),
    'This is a defect of impt. Please report it with the command line and the lines below; they hold no credential.',
    stack,
    '',
  ]
    .map((line) => visible(line, true))
    .join('\n')
}
