import { visible } from './visible.ts'

/** The exit code of a defect of ours: EX_SOFTWARE of sysexits.h. */
export const DEFECT_EXIT = 70

/** The first line about something thrown that is no error of the user, the server or the machine. */
export function defectMessage(error: unknown): string {
  return `Internal error: ${error instanceof Error ? error.message : String(error)}.`
}

/** What is said about a defect, the same wherever it shows: what happened, what to report, and the stack. */
export function renderDefect(error: unknown): string {
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
