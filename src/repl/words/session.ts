import { visible } from '../../output/visible.ts'
import { ImptError } from '../../output/error.ts'
import { builtin, type Call, fails, maybe } from '../../language/builtins/builtin.ts'
import { TYPES } from '../../language/values/types.ts'
import type { RecordValue } from '../../language/values/value.ts'
import { KIND_NAMES, type Kind } from '../../entities/kinds.ts'
import { describeContext } from '../../session/execution-context.ts'
import { ageText } from '../../output/age.ts'
import { loginFolder } from '../../session/logins.ts'
import { noTargetInSandbox } from '../../session/target-choice.ts'
import type { Shell } from '../shell.ts'
import { awaited, say, shellOf } from './owner.ts'

const { text } = TYPES
const SWITCH = { ...maybe('state', text), choices: ['on', 'off'] }

/** Words about the session: what fills in, what is remembered, what is kept. */
export const SESSION_WORDS = [
  builtin({
    name: 'use',
    where: 'prompt',
    summary:
      'Fills in --product or --dg where a Project file would, or stands at a target; without a name it tells what it fills in.',
    input: 'none',
    words: [{ ...maybe('what', text), choices: ['product', 'dg', 'target', 'none'] }, maybe('name', text)],
    examples: {
      'use product Thermostat; use none': 'use fills in --product Thermostat\nuse fills in nothing',
      'use product Nothing': fails('NOT_FOUND'),
    },
    run: (_input, { what, name }, call) => use(call, what, name).then((said) => say(call, ...said)),
  }),
  builtin({
    name: 'context',
    where: 'prompt',
    summary: 'Shows who is logged in where, the context and the Project, and how old the names are.',
    input: 'none',
    examples: {
      'context | get use': 'nothing',
      'context | get Project': 'none in this directory',
    },
    async run(_input, _args, call) {
      const lines = await contextLines(shellOf(call))
      const widest = Math.max(...lines.map(([key]) => key.length))
      const shown = lines.map(([key, value]) => `${`${key}:`.padEnd(widest + 2)}${visible(value)}\n`).join('')
      return say(call, shown, Object.fromEntries(lines))
    },
  }),
  builtin({
    name: 'refresh',
    where: 'prompt',
    summary: 'Reads the names of entities again: those of one kind, or all that were of use so far.',
    input: 'none',
    words: [{ ...maybe('kind', text), choices: KIND_NAMES }],
    examples: {
      'refresh product': 'product: 3',
      'refresh device | get device': '9',
    },
    async run(_input, { kind }, call) {
      const shell = shellOf(call)
      const kinds = kind === undefined ? kindsOfUse(shell) : [kind as Kind]
      await awaited(call, 'reading the names from the server', readAgain(shell, kinds))
      const counts = kinds.map((one) => [one, shell.names.cache.search(one, '').length] as const)
      return say(
        call,
        counts.map(([one, count]) => `${one}: ${count}\n`).join(''),
        Object.fromEntries(counts),
      )
    },
  }),
  builtin({
    name: 'dry-run',
    where: 'prompt',
    summary: 'Shows what would be changed and changes nothing, until it is off again.',
    input: 'none',
    words: [SWITCH],
    examples: {
      'dry-run on; product create --name New; dry-run off':
        'dry run is on: what would be changed is shown and not done\nwould run: product create --name New\ndry run is off\ndry run: 1 action was shown and not run',
      'dry-run': 'dry run is off',
    },
    run(_input, { state }, call) {
      const { settings } = shellOf(call).language
      if (state !== undefined) settings.dryRun = state === 'on'
      const how = settings.dryRun ? 'on: what would be changed is shown and not done' : 'off'
      return say(call, `dry run is ${how}\n`, settings.dryRun)
    },
  }),
  builtin({
    name: 'private',
    where: 'prompt',
    summary: 'Keeps inputs out of the history, until it is off again.',
    input: 'none',
    words: [SWITCH],
    examples: {
      'private on; private off': 'private is on: inputs are not recorded\nprivate is off',
      private: 'private is off',
    },
    run(_input, { state }, call) {
      const shell = shellOf(call)
      if (state !== undefined) shell.private = state === 'on'
      return say(call, `private is ${shell.private ? 'on: inputs are not recorded' : 'off'}\n`, shell.private)
    },
  }),
  builtin({
    name: 'clear',
    where: 'prompt',
    summary: 'Empties the screen, as Ctrl-L does; what scrolled out of it stays.',
    input: 'none',
    examples: { clear: '', 'print gone; clear': '' },
    run(_input, _args, call) {
      const { terminal, print } = shellOf(call)
      // Where nothing is drawn anew there is nothing to empty.
      if (!terminal.plain) print('\x1b[H\x1b[2J')
      return null
    },
  }),
]

/** Changes what is filled in; gives what to say about it, and the same as a value. */
async function use(
  call: Call,
  what: string | undefined,
  name: string | undefined,
): Promise<readonly [string, RecordValue]> {
  const shell = shellOf(call)
  const { settings } = shell.language
  if (what === 'target' && name !== undefined) return useTarget(shell, name)
  if (what === 'none') {
    delete settings.product
    delete settings.dg
  } else if ((what === 'product' || what === 'dg') && name !== undefined) {
    const { signal } = call.task
    // What does not exist is refused at once, and what was in use stays.
    const choose = await shell.host.chooser({ settings, signal, where: '<prompt>', mayAsk: true })
    const chosen = await choose(what, name)
    delete settings.product
    delete settings.dg
    settings[what] = chosen
    void shell.names.prefetch()
  } else if (what !== undefined)
    throw new ImptError('USAGE', `"use ${what}" needs a name.`, { hint: `for example: use ${what} dev` })
  const { product, dg } = settings
  const shown =
    dg !== undefined
      ? `--dg ${visible(dg.text)}`
      : product !== undefined
        ? `--product ${visible(product.text)}`
        : 'nothing'
  return [`use fills in ${shown}\n`, { product: product?.text ?? null, dg: dg?.text ?? null }]
}

/** `use target NAME`, `use target none`. What was filled in belongs to the account before. */
async function useTarget(shell: Shell, name: string): Promise<readonly [string, RecordValue]> {
  const { language, session, options } = shell
  const { settings } = language
  const stronger = options.at === undefined ? session.env.IMPT_TARGET : options.at
  if (session.sandbox) throw noTargetInSandbox(name)
  if (stronger)
    throw new ImptError(
      'USAGE',
      `This prompt stands at the target "${stronger}", which ${options.at === undefined ? 'IMPT_TARGET' : '--at'} says.`,
      { hint: 'Give --at with a single command, or open another prompt' },
    )
  if (name === 'none') delete settings.used
  else {
    const { findTarget } = await import('../../session/targets.ts')
    settings.used = (await findTarget(name, settings.directory, session.env)).name
  }
  delete settings.product
  delete settings.dg
  const said = settings.used === undefined ? 'no target is used' : `target ${settings.used}`
  return [`${said}\n`, { target: settings.used ?? null }]
}

async function contextLines(shell: Shell): Promise<readonly [string, string][]> {
  const { session, names, language, projectGroup } = shell
  const { directory, product, dg } = language.settings
  const lines: [string, string][] = []
  if (session.sandbox)
    lines.push(['login', 'the built-in impCentral (--sandbox)'], ['endpoint', session.sandbox.endpoint])
  else {
    const login = shell.target?.login
    const context = await session.context(login === undefined ? directory : loginFolder(session.env, login))
    for (const [key, value] of Object.entries(describeContext(context, Date.now())))
      lines.push([key, String(value)])
  }
  if (shell.target !== undefined) lines.push(['target', shell.target.name])
  lines.push(['account', names.account?.username ?? 'not known yet'], ['directory', directory])
  lines.push([
    'use',
    dg !== undefined ? `dg ${dg.text}` : product !== undefined ? `product ${product.text}` : 'nothing',
  ])
  lines.push([
    'Project',
    projectGroup === undefined
      ? 'none in this directory'
      : `Device Group ${names.cache.get('dg', projectGroup)?.attributes['name']?.toString() ?? projectGroup}`,
  ])
  for (const kind of KIND_NAMES) {
    const age = names.cache.ageOf(kind)
    if (age !== undefined)
      lines.push([`names of ${kind}`, `${names.cache.search(kind, '').length}, read ${ageText(age)} ago`])
  }
  return lines
}

/** The kinds whose names have been of use so far. */
export function kindsOfUse({ names }: Shell): readonly Kind[] {
  const known = KIND_NAMES.filter((kind) => names.cache.ageOf(kind) !== undefined)
  return [...new Set<Kind>(['product', 'dg', ...known])]
}

/** Reads the names of these kinds again. */
export async function readAgain({ names }: Shell, kinds: readonly Kind[]): Promise<void> {
  await Promise.all(kinds.map((kind) => names.refresh(kind, true)))
}
