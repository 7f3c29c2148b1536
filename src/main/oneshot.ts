import type { HelpTopic } from '../commands/argv.ts'
import type { Invocation } from '../commands/row.ts'
import { MODES } from '../commands/present/modes.ts'
import { modeOf, runCommand } from './command-run.ts'
import { readOnce } from '../program/whole-input.ts'
import { finish } from './finish.ts'
import type { Program } from './program.ts'
import { editingAt, questionsAt } from './questions.ts'

/** Runs one command line, whose words come from the operating system and are never parsed as language. Gives the exit code. */
export async function runOneShot(program: Program, invocation: Invocation): Promise<number> {
  const { terminal, progress, signal, interrupts, globals } = program
  try {
    return await runCommand(invocation, {
      version: program.version,
      session: await program.session(),
      terminal,
      directory: process.cwd(),
      at: globals.at,
      tellsTarget: true,
      signal,
      interrupts,
      input: readOnce(() => process.stdin, signal),
      questions: (mode) =>
        questionsAt(terminal, {
          signal,
          beside: MODES[mode].isData,
          editing: editingAt(terminal, globals.plain || process.env.IMPT_PLAIN === '1'),
        }),
      ...(spins(invocation) ? { progress } : {}),
    })
  } catch (thrown) {
    return finish({ thrown }, modeOf(invocation), terminal, invocation)
  }
}

/** Shows the help of a topic, at most 80 columns wide (commands.md 2). */
export async function showHelp({ terminal }: Pick<Program, 'terminal'>, topic: HelpTopic): Promise<number> {
  const { renderHelp } = await import('../commands/help.ts')
  await terminal.out(renderHelp(topic, Math.min(80, terminal.width ?? 80)))
  return 0
}

/** A spinner belongs to the default output; a test run shows its own progress (output.md 11). */
function spins(invocation: Invocation): boolean {
  const { group, name } = invocation.command
  return modeOf(invocation) === 'default' && !(group === 'test' && name === 'run')
}
