import type { Readable } from 'node:stream'
import { ScriptError } from '../values/fault.ts'
import type { Program } from './host.ts'
import type { Place } from '../syntax/source.ts'
import type { Value } from '../values/value.ts'

/** What flows between two stages: a value, or the bytes of a program that is running. */
export type Piped = Value | ProgramOutput

/** How messages name the output of a program. */
export const PROGRAM = 'the output of the program'

/** Text that arrives: the output of a running program, a file, the standard input. It is read once: as bytes, as lines or as a text. */
export class ProgramOutput {
  readonly stdout: Readable
  /** For messages. */
  readonly what: string
  /** Where a text was asked for that is no program's. It is given as it is; of the output of a program the last line end is no part. */
  readonly #source: Place | undefined
  readonly #program: Pick<Program, 'kill' | 'ended'>
  readonly #check: () => Promise<void>
  #stopped = false

  /** `check` waits for the end and throws if the program failed. */
  constructor(
    program: Pick<Program, 'kill' | 'ended'>,
    stdout: Readable,
    check: () => Promise<void>,
    what = PROGRAM,
    source?: Place,
  ) {
    this.stdout = stdout
    this.#program = program
    this.#check = check
    this.what = what
    this.#source = source
  }

  /** A text that no program makes. */
  static ofText(text: Readable, what: string, place: Place): ProgramOutput {
    const ended = Promise.resolve({ code: 0, signal: null, stderr: '' })
    return new ProgramOutput({ kill: () => undefined, ended }, text, async () => undefined, what, place)
  }

  /** The whole output, without the last line end (language.md 2.9). */
  async text(place: Place): Promise<string> {
    const bytes = await this.#bytes()
    await this.finished()
    const text = decode(bytes, this.#source ?? place, this.what, this.#source === undefined)
    return this.#source !== undefined ? text : text.replace(/\r?\n$/, '')
  }

  /** Shows the whole output at once, also that of a program that then fails. */
  async show(write: (text: string) => void | Promise<void>): Promise<void> {
    await write((await this.#bytes()).toString('utf8'))
    await this.finished()
  }

  /** The output as bytes. Leaving early does not close it: `stop` does. */
  chunks(): AsyncIterable<Uint8Array> {
    return {
      [Symbol.asyncIterator]: () =>
        this.stdout.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>,
    }
  }

  async #bytes(): Promise<Buffer> {
    const chunks: Buffer[] = []
    for await (const chunk of this.stdout) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks)
  }

  /** The lines of the output as they come. */
  async *lines(): AsyncGenerator<string> {
    let ended = false
    try {
      const decoder = new TextDecoder('utf-8', { fatal: this.#source !== undefined })
      let pending = ''
      for await (const chunk of this.chunks()) {
        // What came before is looked through once only: a line may be as long as the file.
        const parts = decoder.decode(chunk, { stream: true }).split('\n')
        const last = parts.pop() ?? ''
        for (const part of parts) {
          const line = pending + part
          pending = ''
          yield line.endsWith('\r') ? line.slice(0, -1) : line
        }
        pending += last
      }
      pending += decoder.decode()
      if (pending !== '') yield pending
      ended = true
      await this.finished()
    } catch (error) {
      if (error instanceof TypeError && this.#source !== undefined) throw notText(this.what, this.#source)
      throw error
    } finally {
      if (!ended) await this.stop()
    }
  }

  /** Waits for the end. A program that was stopped because its reader stopped has not failed. */
  async finished(): Promise<void> {
    if (!this.#stopped) await this.#check()
  }

  /** Ends the program because nobody reads on. */
  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    // As a shell does: the program ends without a word about its closed output.
    this.#program.kill('SIGPIPE')
    this.stdout.destroy()
    await this.#program.ended.catch(() => undefined)
  }
}

/** Bytes as the text they are. Throws DATA at the place where they are not UTF-8. */
export function decode(bytes: Buffer, place: Place, what: string, ignoreBOM = false): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM }).decode(bytes)
  } catch {
    throw notText(what, place)
  }
}

function notText(what: string, place: Place): ScriptError {
  const hint = what === PROGRAM ? 'write it to a file: > FILE' : undefined
  return new ScriptError('DATA', `${what} is not UTF-8 text`, { place, hint })
}
