import type { Program, ProgramCall } from '../language/run/host.ts'
import { spawnProgram } from '../language/run/program.ts'
import type { OpenTerminal } from '../output/terminal.ts'

/**
 * Starts a program; one that gets the terminal has it for itself until it ends. The terminal of another process cannot be given to a
 * program: there it gets no input, and its output is passed on.
 */
export async function spawnAt(terminal: OpenTerminal, call: ProgramCall): Promise<Program> {
  const err = (text: string) => terminal.err(text)
  if (call.stdin !== 'inherit' && call.stdout !== 'inherit') return spawnProgram(call, err)
  if (!terminal.isOwn) return spawnFar(terminal, call)
  return new Promise((resolve, reject) => {
    const lent = terminal.keyboard.lend(async () => {
      const program = spawnProgram(call, err)
      // It has ended for others when the terminal is ours again.
      const ended = () => lent.then(() => program.ended)
      const known = ended()
      known.catch(() => undefined)
      resolve({ ...program, ended: known })
      await program.ended.catch(() => undefined)
    })
    lent.catch(reject)
  })
}

function spawnFar(terminal: OpenTerminal, call: ProgramCall): Program {
  const program = spawnProgram(
    { ...call, stdin: call.stdin === 'inherit' ? 'ignore' : call.stdin, stdout: 'pipe' },
    (text) => terminal.err(text),
  )
  if (call.stdout !== 'inherit') return program
  program.stdout?.setEncoding('utf8').on('data', (text: string) => void terminal.out(text))
  return { ...program, stdout: null }
}
