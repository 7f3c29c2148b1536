import { bindAll } from '../../commands/bind.ts'
import { scan } from '../../commands/scan.ts'
import { closest } from '../../commands/closest.ts'
import type { CommandRow, Word as CommandWord } from '../../commands/row.ts'
import { commandLine, findGroup, groups, isDestructive } from '../../commands/table/index.ts'
import { isFlag } from '../run/bind-parameters.ts'
import { type BuiltIn, findBuiltIn, usageOf } from '../builtins/table.ts'
import { type Checking, report, type Scope } from './scope.ts'
import { unknownHint } from '../run/command.ts'
import type { Span } from '../syntax/source.ts'
import { imptCommandOf, wordsOf } from '../run/impt-command.ts'
import { staticText } from '../syntax/static-text.ts'
import type { Argument, Command, FunctionDefinition } from '../syntax/tree.ts'

/** Checks what a command is and whether its arguments fit: functions, built-ins and impt commands. */
export function checkCommand(
  c: Checking,
  scope: Scope,
  node: Command,
  position: 'only' | 'first' | 'later',
): void {
  const name = node.head.text
  const callable = c.functions.get(name)
  if (callable !== undefined) {
    if (callable !== null) checkCall(c, node, callable)
    return
  }
  const builtIn = findBuiltIn(name)
  if (builtIn !== undefined) return checkBuiltIn(c, node, builtIn, position)
  if (name === 'impt' || findGroup(name) !== undefined) return checkImpt(c, scope, node, position)
  if (!c.open)
    report(
      c,
      'error',
      'UNKNOWN_COMMAND',
      node.head,
      `unknown command "${name}"`,
      unknownHint(name, [...c.functions.keys()]),
    )
}

/** The number of arguments, where it can be known before the run. */
function checkCall(c: Checking, node: Command, { parameters, name }: FunctionDefinition): void {
  if (node.args.some((argument) => argument.kind === 'spread')) return
  const rest = parameters.some((parameter) => parameter.style === 'rest')
  const positional = parameters.filter((parameter) => parameter.style === 'positional')
  const needed = positional.filter((parameter) => parameter.fallback === undefined).length
  let words = 0
  for (let index = 0; index < node.args.length; index += 1) {
    const argument = node.args[index] as Argument
    if (argument.kind === 'option') {
      const option = parameters.find(
        (parameter) => parameter.style === 'option' && `--${parameter.name.text}` === argument.text,
      )
      if (option === undefined) {
        if (!rest) report(c, 'error', 'ARGUMENTS', argument, `"${name.text}" has no option ${argument.text}`)
      } else if (!isFlag(option, true) && argument.value === undefined) index += 1
    } else if (argument.kind === 'block')
      report(c, 'error', 'ARGUMENTS', argument, `"${name.text}" takes no block`)
    else words += 1
  }
  if (words > positional.length && !rest) {
    report(
      c,
      'error',
      'ARGUMENTS',
      node,
      `"${name.text}" takes ${positional.length} argument${positional.length === 1 ? '' : 's'}, not ${words}`,
    )
  } else if (words < needed) {
    report(
      c,
      'error',
      'ARGUMENTS',
      node,
      `"${name.text}" needs ${positional[words]?.name.text ?? 'more arguments'}`,
    )
  }
}

function checkBuiltIn(
  c: Checking,
  node: Command,
  builtIn: BuiltIn,
  position: 'only' | 'first' | 'later',
): void {
  const usage = `usage: ${usageOf(builtIn)}`
  const piped = position === 'later'
  if (piped && builtIn.input === 'none')
    report(c, 'error', 'ARGUMENTS', node.head, `"${builtIn.name}" reads no pipe`)
  if (!piped && (builtIn.input === 'list' || builtIn.input === 'any')) {
    report(
      c,
      'error',
      'ARGUMENTS',
      node.head,
      `"${builtIn.name}" reads from a pipe`,
      `write VALUE | ${builtIn.name} ...`,
    )
  }
  if (builtIn.name === 'reveal') report(c, 'note', 'REVEAL', node, 'a secret is shown as text here')
  let words = 0
  let block = false
  let spread = false
  for (let index = 0; index < node.args.length; index += 1) {
    const argument = node.args[index] as Argument
    if (argument.kind === 'block') {
      block = true
      if (builtIn.block !== 'required')
        report(c, 'error', 'ARGUMENTS', argument, `"${builtIn.name}" takes no block`, usage)
    } else if (argument.kind === 'option' && !(builtIn.passes === true && words > 0)) {
      const option = builtIn.options.find(({ name }) => `--${name}` === argument.text)
      if (option === undefined) {
        const near = closest(
          argument.text,
          builtIn.options.map(({ name }) => `--${name}`),
        )
        report(
          c,
          'error',
          'UNKNOWN_OPTION',
          argument,
          `"${builtIn.name}" has no option ${argument.text}`,
          near === undefined ? usage : `did you mean "${near}"?`,
        )
      } else if (option.type !== 'flag' && argument.value === undefined) index += 1
    } else if (argument.kind === 'spread') spread = true
    else words += 1
  }
  checkWords(c, node, builtIn, words, spread)
  if (builtIn.block === 'required' && !block)
    report(c, 'error', 'ARGUMENTS', node.head, `"${builtIn.name}" needs a block`, usage)
}

function checkWords(c: Checking, node: Command, builtIn: BuiltIn, words: number, spread: boolean): void {
  if (spread) return
  const { parameters } = builtIn
  const usage = `usage: ${usageOf(builtIn)}`
  const needed = parameters.filter(
    (parameter) => parameter.optional !== true && parameter.rest !== true,
  ).length
  if (words < needed)
    report(
      c,
      'error',
      'ARGUMENTS',
      node.head,
      `"${builtIn.name}" needs ${parameters[words]?.name ?? 'more'}`,
      usage,
    )
  if (words > parameters.length && parameters.at(-1)?.rest !== true) {
    report(c, 'error', 'ARGUMENTS', node, `too many arguments for "${builtIn.name}"`, usage)
  }
  const [first] = node.args
  const { choices } = parameters[0] ?? {}
  const text = first?.kind === 'word' ? staticText(first) : undefined
  if (choices !== undefined && first !== undefined && text !== undefined && !choices.includes(text)) {
    report(c, 'error', 'ARGUMENTS', first, `"${builtIn.name}" knows ${choices.join(', ')}, not "${text}"`)
  }
}

function checkImpt(c: Checking, scope: Scope, node: Command, position: 'only' | 'first' | 'later'): void {
  const { group, name, command, args } = imptCommandOf(node) ?? {
    group: '',
    name: '',
    command: undefined,
    args: [],
  }
  const typed = `${group} ${name}`.trim()
  if (position === 'later') {
    return report(c, 'error', 'USAGE', node.head, 'an impt command reads no pipe', pipeHint(command, typed))
  }
  if (command === undefined) return checkGroup(c, node, group, name)
  const { words, from, complete } = wordsOf(args)
  const { invocation, errors } = bindAll(command, words)
  for (const problem of errors) {
    const argument = problem.word === undefined ? undefined : from[problem.word]
    if (problem.word === undefined ? !complete : argument === undefined) continue
    report(
      c,
      'error',
      problem.message.startsWith('Unknown argument') ? 'UNKNOWN_OPTION' : 'USAGE',
      argument ?? node,
      problem.message,
      problem.hint,
    )
  }
  checkSecrets(c, command, words, from)
  if (position !== 'only' && invocation?.options['output'] !== undefined) {
    report(c, 'note', 'NO_EFFECT', node, '--output has no effect where a pipe goes on')
  }
  if (invocation !== undefined && !c.prompt) checkDestructive(c, scope, node, command, invocation.options)
}

/** What to write instead of an impt command after a pipe. */
export function pipeHint(command: CommandRow | undefined, typed: string): string {
  const kind = command?.group
  const option = command?.options.find((one) => one.identifies === kind && one.required !== undefined)
  return `write: | each { ${typed} ${option === undefined ? '...' : `--${option.name}`} $it.id }`
}

function checkGroup(c: Checking, node: Command, group: string, name: string): void {
  const help = node.args.some(
    (argument) => argument.kind === 'option' && ['--help', '-h', '--version', '-v'].includes(argument.text),
  )
  const row = findGroup(group)
  if (help && (row !== undefined || group === '')) return
  const nearest = (word: string, names: readonly string[], before: string): string | undefined => {
    const near = closest(word, names)
    return near === undefined ? undefined : `did you mean "${before}${near}"?`
  }
  if (row === undefined) {
    const hint = nearest(
      group,
      groups.map((one) => one.name),
      '',
    )
    report(
      c,
      'error',
      'UNKNOWN_COMMAND',
      node,
      group === '' ? '"impt" needs a command' : `unknown command "${group}"`,
      hint,
    )
    return
  }
  const names = row.commands.map((one) => one.name)
  const list = `commands are ${names.join(', ')}`
  if (name === '') report(c, 'error', 'UNKNOWN_COMMAND', node, `"${group}" needs a command`, list)
  else
    report(
      c,
      'error',
      'UNKNOWN_COMMAND',
      node,
      `unknown command "${group} ${name}"`,
      nearest(name, names, `${group} `) ?? list,
    )
}

function checkSecrets(
  c: Checking,
  command: CommandRow,
  words: readonly CommandWord[],
  from: readonly (Argument | undefined)[],
): void {
  if (c.prompt) return
  for (const part of scan(command, words)) {
    if (part.kind !== 'option' || part.option.secret !== true || part.valueIndex === undefined) continue
    const argument = from[part.valueIndex]
    if (argument === undefined) continue
    report(
      c,
      'warning',
      'SECRET_LITERAL',
      argument,
      `the value of --${part.option.name} is written in the script`,
      'use ask --secret, a param of type secret, or $env',
    )
  }
}

function checkDestructive(
  c: Checking,
  scope: Scope,
  node: Span,
  command: CommandRow,
  options: Readonly<Record<string, unknown>>,
): void {
  const asks = command.options.some((option) => option.name === 'confirmed')
  if (!isDestructive(command, options) || !asks || options['confirmed'] === true) return
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.confirmed) return
  report(
    c,
    'note',
    'DESTRUCTIVE',
    node,
    `"${commandLine(command)}" asks when the script runs`,
    'add --confirmed, or ask once for all with | confirm',
  )
}
