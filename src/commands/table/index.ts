import type { CommandRow, OptionRow } from '../row.ts'
import { accountCommands } from './account.ts'
import { agentCommands } from './agent.ts'
import { authCommands } from './auth.ts'
import { buildCommands } from './build.ts'
import { dashboardCommand } from './dashboard.ts'
import { deviceCommands } from './device.ts'
import { dgCommands } from './dg.ts'
import { fleetCommands } from './fleet.ts'
import { doctorCommand, seeingCommands } from './seeing.ts'
import { logCommands } from './log.ts'
import { loginkeyCommands } from './loginkey.ts'
import { productCommands } from './product.ts'
import { projectCommands } from './project.ts'
import { confirmedAnyway, retype, wide } from './shared.ts'
import { releaseCommands } from './release.ts'
import { sandboxCommands } from './sandbox.ts'
import { shellCommands } from './shell.ts'
import { squirrelCommands } from './squirrel.ts'
import { targetCommands } from './target.ts'
import { testCommands } from './test.ts'
import { webhookCommands } from './webhook.ts'

export { globalOptions, topLevelWords } from './shell.ts'

/** A group of commands, as the first word of a command line names it. */
export interface GroupRow {
  readonly name: string
  readonly summary: string
  readonly commands: readonly CommandRow[]
  /** Ours, not in the manual of the previous generation. */
  readonly own?: true
}

/** A command whose name is its group. */
const alone = (command: CommandRow): GroupRow => ({
  name: command.group,
  summary: command.summary,
  commands: [command],
  own: true,
})

const rows: readonly GroupRow[] = [
  { name: 'account', summary: 'Account information commands.', commands: accountCommands },
  { name: 'auth', summary: 'Authentication commands.', commands: authCommands },
  { name: 'build', summary: 'Build manipulation commands.', commands: buildCommands },
  { name: 'device', summary: 'Device manipulation commands.', commands: deviceCommands },
  { name: 'dg', summary: 'Device Group manipulation commands.', commands: dgCommands },
  { name: 'log', summary: 'Logs manipulation commands.', commands: logCommands },
  { name: 'loginkey', summary: 'Login Key manipulation commands.', commands: loginkeyCommands },
  { name: 'product', summary: 'Product manipulation commands.', commands: productCommands },
  { name: 'project', summary: 'Project manipulation commands.', commands: projectCommands },
  { name: 'test', summary: 'Test manipulation commands.', commands: testCommands },
  { name: 'webhook', summary: 'Webhook manipulation commands.', commands: webhookCommands },
  { name: 'agent', summary: 'Agents of devices.', commands: agentCommands, own: true },
  { name: 'sandbox', summary: 'The built-in impCentral.', commands: sandboxCommands, own: true },
  { name: 'squirrel', summary: 'Squirrel on this machine.', commands: squirrelCommands, own: true },
  { name: 'release', summary: 'Releases in waves.', commands: releaseCommands, own: true },
  { name: 'fleet', summary: 'All devices at a glance.', commands: seeingCommands, own: true },
  {
    name: 'target',
    summary: 'Names for a login and what commands are about with it.',
    commands: targetCommands,
    own: true,
  },
  alone(doctorCommand),
  alone(dashboardCommand),
  ...fleetCommands.map(alone),
  ...shellCommands.map(alone),
]

/** Every group, in the order of help: those of the manual by the alphabet, then ours. */
export const groups: readonly GroupRow[] = rows.map((group) => ({
  ...group,
  commands: group.commands.map((row) => ({ ...row, options: optionsOf(row, group) })),
}))

/**
 * Lists of entities take `--wide`, what changes something takes `--retype`, and `--confirmed` where a sister asks: who writes a line in a hurry does
 * not know which of them do.
 */
function optionsOf(
  { options, effect, result, entity }: CommandRow,
  { commands: sisters }: GroupRow,
): readonly OptionRow[] {
  const more: OptionRow[] = []
  const isFree = options.every(({ letter }) => letter !== confirmedAnyway.letter)
  if (effect === 'write' && isFree && sisters.some(({ confirms }) => confirms === true))
    more.push(confirmedAnyway)
  if (effect === 'write') more.push(retype)
  if (result === 'list' && entity !== undefined) more.push(wide)
  const missing = more.filter(({ name }) => options.every((option) => option.name !== name))
  const place = options.findIndex(({ name }) => name === 'at')
  return place < 0 ? options : [...options.slice(0, place), ...missing, ...options.slice(place)]
}

/** Every command, in the order of the groups. */
export const commands: readonly CommandRow[] = groups.flatMap((group) => group.commands)

const groupByName: ReadonlyMap<string, GroupRow> = new Map(groups.map((group) => [group.name, group]))

/** The group of this name, case sensitive. */
export function findGroup(name: string): GroupRow | undefined {
  return groupByName.get(name)
}

/** The commands of a group; none if there is no such group. */
export function commandsOf(group: string): readonly CommandRow[] {
  return findGroup(group)?.commands ?? []
}

/** The command of these two words; the name is `''` for commands of a single word. */
export function findCommand(group: string, name: string): CommandRow | undefined {
  return commandsOf(group).find((command) => command.name === name)
}

/** How a person types the command, without `impt`: `dg create`, `serve`. */
export function commandLine(command: CommandRow): string {
  return command.name === '' ? command.group : `${command.group} ${command.name}`
}

/** Whether this call deletes or takes away something (repl.md 3.7). */
export function isDestructive(command: CommandRow, options: { readonly [name: string]: unknown }): boolean {
  if (command.destructive === 'remove') return options['remove'] === true
  return command.destructive === true
}
