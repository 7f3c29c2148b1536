// Production asks twice (fleet.md 5): the question, and then a name that has to be typed. The dispatcher puts this around every command that
// changes something; no command does it by itself. Where a command has a question of its own, the name follows that; where it has none, there
// is one with target, account, host and effect. Whatever a command does, no change is sent before both are answered.
import { createFinder } from '../entities/finder.ts'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { learnAccount } from '../session/known-accounts.ts'
import type { Session } from '../session/session.ts'
import { mayGuard } from '../session/target-choice.ts'
import type { Target } from '../session/targets.ts'
import { needsOf } from './common.ts'
import type { Context } from './context.ts'
import { flagOf, textOf } from './options.ts'
import type { Invocation } from './row.ts'
import { commandLine } from './table/index.ts'

/**
 * The context of a command that changes something, under a target, with `--retype`, or one that asks for groups. Throws CONFIRM where nobody can type the name or the
 * name is another one, CANCELLED for a refusal.
 */
export async function guarded(invocation: Invocation, outer: Context): Promise<Context> {
  const { command, options } = invocation
  // What stops something is not held up, nor does it wait for a server.
  if (command.halts === true) return outer
  const guard = await guardIn(outer)
  const context =
    guard === undefined || outer.target === undefined
      ? outer
      : { ...outer, target: { ...outer.target, production: true } }
  const { target } = context
  const typed = textOf(options, 'retype')
  if (target === undefined) {
    if (guard !== undefined) tellGuard(context, guard)
    if (typed !== undefined && command.retypesGroups !== true)
      throw new ImptError('CONFIRM', `--retype says "${visible(typed)}", but no target is in effect.`, {
        hint: `Nothing was changed; name it with --at ${visible(typed)}`,
      })
    return { ...context, twice: (groups) => askForGroups(invocation, context, groups) }
  }
  refuseOther(typed, [target.name], `the target is "${target.name}"`)
  if (!target.production) return { ...context, twice: (groups) => askForGroups(invocation, context, groups) }

  let named: Promise<void> | undefined
  const name = () => {
    named ??= (async () => {
      if (typed === undefined) await askName(context, `target "${target.name}"`, [target.name])
    })()
    return named
  }
  let decided: Promise<void> | undefined
  const both = () => {
    decided ??= (async () => {
      if (named !== undefined) return named
      // `--confirmed` answers the question; a name on the command line answers for both where the command has no question of its own.
      const isAnswered = flagOf(options, 'confirmed') || (command.confirms !== true && typed !== undefined)
      if (isAnswered) return name()
      if (typed === undefined) refuseWithout(context, [target.name], command.confirms === true)
      await context.ask.confirm(await questionOf(invocation, context, target, guard))
      return name()
    })()
    return decided
  }
  const { ask } = context
  const twice: Context = {
    ...context,
    ask: {
      ...ask,
      async confirm(text) {
        if (typed === undefined) refuseWithout(context, [target.name], command.confirms === true)
        await ask.confirm(text)
        await name()
      },
    },
    client: () => context.client(both),
    twice: both,
  }
  const hasOwnQuestion = command.confirms === true && !flagOf(options, 'confirmed')
  if (!hasOwnQuestion) await both()
  return twice
}

/**
 * The production target that guards the account of a command; undefined where none does, or where the target in effect is one itself.
 */
async function guardIn(context: Context): Promise<string | undefined> {
  const { session, directory, authDirectory, target } = context
  const isKnown = session.sandbox !== undefined || target?.production === true
  if (isKnown || !mayGuard(session, directory)) return undefined
  const { guardOf } = await import('../session/target-accounts.ts')
  const needs = { ...needsOf(context), readOnly: true }
  return guardOf(session, { directory, authDirectory }, target, (one) => learnAccount(session, one, needs))
}

/** Sessions and production targets that were told. */
const told = new WeakMap<Session, Set<string>>()

/** Documented command lines ask nothing more than they did: that they change production is told, once a session. */
function tellGuard({ session, warn }: Context, guard: string): void {
  const before = told.get(session) ?? new Set()
  told.set(session, before)
  if (before.has(guard)) return
  before.add(guard)
  warn(
    `This is the account of the production target "${guard}": with "--at ${guard}" changes are asked twice.`,
  )
}

/**
 * What `apply` and releases ask before they change production groups, under a target that is not production itself, or without one: its name, else
 * that of one of the groups, is typed, or given with `--retype`. Throws CONFIRM, CANCELLED.
 */
async function askForGroups(
  { options }: Invocation,
  context: Context,
  changed: readonly string[],
): Promise<void> {
  if (changed.length === 0) return
  const groups = [...new Set(changed)]
  const typed = textOf(options, 'retype')
  const list = groups.map((name) => `"${visible(name)}"`).join(', ')
  const what = groups.length === 1 ? `production Device Group ${list}` : `production Device Groups ${list}`
  const names = context.target === undefined ? groups : [context.target.name]
  if (typed !== undefined) return refuseOther(typed, names, `it changes the ${what}`)
  refuseWithout(context, names, true)
  await askName(context, what, names)
}

/** A name on the command line that is not the one in effect was meant for something else. */
function refuseOther(typed: string | undefined, names: readonly string[], fact: string): void {
  if (typed === undefined || names.includes(typed)) return
  throw new ImptError('CONFIRM', `--retype says "${visible(typed)}", but ${fact}.`, {
    hint: 'Nothing was changed',
  })
}

function refuseWithout({ ask }: Context, [name = '']: readonly string[], hasConfirmed: boolean): void {
  if (ask.interactive) return
  throw new ImptError('CONFIRM', 'A change of production is asked twice and there is no one to ask', {
    hint: `add ${hasConfirmed ? '--confirmed and ' : ''}--retype ${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)} if you are sure`,
  })
}

async function askName(context: Context, what: string, names: readonly string[]): Promise<void> {
  refuseWithout(context, names, false)
  const which =
    context.target !== undefined
      ? 'the name of the target'
      : names.length === 1
        ? 'its name'
        : 'the name of one of them'
  const answer = await context.ask.line(`Production: ${what}.\nType ${which} to go on: `, false)
  if (names.includes(answer.trim())) return
  throw new ImptError('CANCELLED', 'That is another name: operation is canceled.')
}

/** Target, account, host and effect. The account is what the server says, not what a file hopes. */
async function questionOf(
  { command }: Invocation,
  context: Context,
  { name, login }: Target,
  guard: string | undefined,
): Promise<string> {
  const client = await context.client()
  const { attributes } = await createFinder(client).me()
  const { host } = new URL(client.endpoint)
  return [
    `Target "${name}" is production${guard === undefined ? '' : `, as "${guard}" of the same account is`}: account ${visible(String(attributes.username))}${login === undefined ? '' : `, login "${login}"`}, on ${host}.`,
    `impt ${commandLine(command)}: ${command.summary}`,
  ].join('\n')
}
