import type { HelpTopic } from '../commands/topic.ts'
import type { Invocation } from '../commands/row.ts'
import type { Mode } from '../commands/present.ts'
import { modeOf, runCommand, showFailure } from './command-run.ts'
import type { Program } from './program.ts'

/** Runs one command line, whose words come from the operating system and are never parsed as language. Gives the exit code. */
export async function runOneShot(program: Program, argv: readonly string[]): Promise<number> {
  const { parseLine } = await import('../commands/bind.ts')
  let line
  try {
    line = parseLine(argv)
  } catch (error) {
    return showFailure(error, modeIn(argv), program.writer)
  }
  switch (line.kind) {
    case 'version':
      await program.writer.out(`${program.version}\n`)
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
export async function showHelp({ writer, width }: Program, topic: HelpTopic): Promise<number> {
  const { renderHelp } = await import('../commands/help.ts')
  await writer.out(renderHelp(topic, Math.min(80, width ?? 80)))
  return 0
}

async function runInvocation(program: Program, invocation: Invocation): Promise<number> {
  const { writer, progress, colour, width, signal } = program
  try {
    return await runCommand(invocation, {
      version: program.version,
      session: await program.session(),
      writer,
      colour,
      directory: process.cwd(),
      signal,
      questions: (mode) => program.questions(mode, true),
      ...(width === undefined ? {} : { width }),
      ...(spins(invocation) ? { progress } : {}),
    })
  } catch (error) {
    return showFailure(error, modeOf(invocation), writer)
  }
}

/** A spinner belongs to the default output; a test run shows its own progress (output.md 11). */
function spins(invocation: Invocation): boolean {
  const { group, name } = invocation.command
  return modeOf(invocation) === 'default' && !(group === 'test' && name === 'run')
}
