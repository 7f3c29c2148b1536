/** Characters that are kept of what is logged during a test. */
const MOST_OUTPUT = 200_000

/** Keeps the beginning of what is logged during a test; what is too much is counted. */
export function keep(running: { readonly output: string[]; size: number }, line: string): void {
  running.size += line.length
  if (running.size <= MOST_OUTPUT) running.output.push(line)
  else {
    const rest = `... and ${running.size - MOST_OUTPUT} more characters`
    if (running.output.at(-1)?.startsWith('... and ')) running.output[running.output.length - 1] = rest
    else running.output.push(rest)
  }
}
