import type { HelpTopic } from '../commands/topic.ts'
import type { Invocation } from '../commands/row.ts'
import type { Mode } from '../commands/present.ts'
import { isData, modeOf, runCommand, showFailure } from './command-run.ts'
import type { Program } from './program.ts'
import { questionsAt } from './questions.ts'

/** Runs one command line, whose words come from the operating system and are never parsed as language. Gives the exit code. */
export async function runOneShot(program: Program, argv: readonly string[]): Promise<number> {
  const { parseLine } = await import('../commands/bind.ts')
  let line
  try {
    line = parseLine(argv)
  } catch (error) {
    return showFailure(error, modeIn(argv), program.terminal)
  }
  switch (line.kind) {
    case 'version':
      await program.terminal.out(`${program.version}\n`)
      return 0
    case 'help':
      return showHelp(program, line.topic)
    case 'invocation':
      return runInvocation(program, line.invocation)
    default:
      return line satisfies never
  }
}

/** The output mode of a line that cannot be bound: one for programs counts there too. */
function modeIn(argv: readonly string[]): Mode {
  const found = / (?:-z|--output)[= ](json|csv|table)(?: |$)/.exec(` ${argv.join(' ')}`)?.[1]
  return (found as Mode | undefined) ?? 'default'
}

/** Shows the help of a topic, at most 80 columns wide (commands.md 2). */
export async function showHelp({ terminal }: Program, topic: HelpTopic): Promise<number> {
  const { renderHelp } = await import('../commands/help.ts')
  await terminal.out(renderHelp(topic, Math.min(80, terminal.width ?? 80)))
  return 0
}

async function runInvocation(program: Program, invocation: Invocation): Promise<number> {
  const { terminal, progress, signal } = program
  try {
    return await runCommand(invocation, {
      version: program.version,
      session: await program.session(),
      terminal,
      directory: process.cwd(),
      signal,
      questions: (mode) => questionsAt(terminal, { signal, beside: isData(mode) }),
      ...(spins(invocation) ? { progress } : {}),
    })
  } catch (error) {
    return showFailure(error, modeOf(invocation), terminal)
  }
}

/** A spinner belongs to the default output; a test run shows its own progress (output.md 11). */
function spins(invocation: Invocation): boolean {
  const { group, name } = invocation.command
  return modeOf(invocation) === 'default' && !(group === 'test' && name === 'run')
}
