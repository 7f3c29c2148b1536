// The room `debugging`: the front ends of the Squirrel debugger, for the terminal and for editors.
// Enters: commands of a person, messages of an editor, what the debugger of a world tells.
// Leaves: requests to that debugger, lines of text, protocol messages.
// Not known here: how code is compiled and stopped, commands of impt, the network beyond one connection.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DebugEvent, DebugLink, DebugListener, DebugRequest } from '../squirrel/debug/protocol.ts'
import type { RunResult } from '../squirrel/run-file.ts'

export type LogLine = Parameters<DebugListener['log']>[0]

/** What happens, in its order. */
export type Happening = { log: LogLine } | { debug: DebugEvent } | { ended: RunResult }

export type Debuggee = {
  /** The names of its files are relative to this directory. */
  readonly directory: string
  request<Answer = unknown>(request: DebugRequest): Promise<Answer>
  /** Lets the program begin; does nothing the second time. */
  begin(): void
  /** Who hears what happens; what happened before comes first. */
  listen(hear: (happening: Happening) => void): void
  /** The text of a file of the program: as it is on the disk, else as it was compiled. */
  text(file: string): Promise<string>
  close(): Promise<void>
}

/** Connects the end of a debugger with those who listen. */
export function happenings(): {
  tell(happening: Happening): void
  listen: Debuggee['listen']
  listener: DebugListener
} {
  const before: Happening[] = []
  let hear: ((happening: Happening) => void) | null = null
  const tell = (happening: Happening) => {
    if (hear === null) before.push(happening)
    else hear(happening)
  }
  return {
    tell,
    listener: { event: (event) => tell({ debug: event }), log: (log) => tell({ log }) },
    listen(given) {
      hear = given
      for (const one of before.splice(0)) given(one)
    },
  }
}

/** The text of a file: from the disk where a file of the name is there, else from the debugger. */
export async function textOf(link: DebugLink, directory: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(directory, file), 'utf8')
  } catch {
    return (await link.request({ request: 'source', file })) as string
  }
}

/** The file of the program that somebody means: its name, or the end of one. undefined for none, or for several. */
export function fileMeant(files: readonly string[], given: string): string | undefined {
  if (files.includes(given)) return given
  const wanted = given.replaceAll('\\', '/').replace(/^\.\//, '')
  const fits = files.filter((file) => `/${file.replaceAll('\\', '/')}`.endsWith(`/${wanted}`))
  return fits.length === 1 ? fits[0] : undefined
}

/** Whether something can be debugged, or ended before it began. */
export function isDebuggee(made: Debuggee | RunResult): made is Debuggee {
  return 'request' in made
}
