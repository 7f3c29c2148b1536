import { type Bound, bind, type Problem, usageOf } from '../../commands/bind.ts'
import { closest } from '../../commands/closest.ts'
import type { CommandRow, Signature } from '../../commands/row.ts'
import { scan } from '../../commands/scan.ts'
import { commandLine, findGroup, groups, isDestructive } from '../../commands/table/index.ts'
import { type BuiltIn, readsPipe } from '../builtins/builtin.ts'
import { pipeHint, unknownHint } from '../builtins/hints.ts'
import { signatureOf } from '../run/parameters.ts'
import type { DiagnosticCode } from '../syntax/diagnostic.ts'
import type { Span } from '../syntax/source.ts'
import { imptCommandOf, type StaticWords, staticWords } from '../syntax/static-call.ts'
import { staticText } from '../syntax/static-text.ts'
import type { Command } from '../syntax/tree.ts'
import { reportNoExport } from './bindings.ts'
import { type Checking, report, type Scope } from './scope.ts'

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
    if (callable === null) return
    const { parameters } = callable
    bindStatic(c, node, node.head, signatureOf(callable.name.text, parameters, true), staticWords(node.args))
    return
  }
  const builtIn = c.builtIn(name)
  if (builtIn !== undefined) return checkBuiltIn(c, node, builtIn, position)
  if (name === 'impt' || findGroup(name) !== undefined) return checkImpt(c, scope, node, position)
  const assigns = assignment(node)
  if (assigns !== undefined) {
    const span = { start: node.head.start, end: node.args[0]?.end ?? node.head.end }
    const hint = `write set ${name} ${assigns} ..., or let ${name} = ... to make it`
    return report(c, 'error', 'BASH', span, `"${name} ${assigns}" does not set a variable`, hint)
  }
  if (c.open) return
  const dot = name.indexOf('.')
  const module = [...c.modules].find(
    ([{ alias }, { exports }]) => exports !== undefined && alias?.text === name.slice(0, dot),
  )
  if (module !== undefined) reportNoExport(c, module[0], name.slice(dot + 1), node.head)
  else
    report(
      c,
      'error',
      'UNKNOWN_COMMAND',
      node.head,
      `unknown command "${name}"`,
      unknownHint(name, [...c.functions.keys()]),
    )
}

/** `x = 3` and `x += 1` of other languages: the operator. */
function assignment({ args: [first] }: Command): string | undefined {
  const text = first?.kind === 'word' ? staticText(first) : undefined
  return text !== undefined && /^[-+*/]?=$/.test(text) ? text : undefined
}

function checkBuiltIn(
  c: Checking,
  node: Command,
  builtIn: BuiltIn,
  position: 'only' | 'first' | 'later',
): void {
  const { name } = builtIn
  const reads = readsPipe(builtIn.input)
  const { help } = bindStatic(c, node, node.head, builtIn, staticWords(node.args))
  if (help) return
  if (position === 'later' && reads === false)
    report(c, 'error', 'ARGUMENTS', node.head, `"${name}" reads no pipe`, `usage: ${usageOf(builtIn)}`)
  if (position !== 'later' && reads === true)
    report(c, 'error', 'ARGUMENTS', node.head, `"${name}" reads from a pipe`, `write VALUE | ${name} ...`)
}

/** Binds what is known of a call and reports what is wrong whatever the rest will be. `whole` is pointed at for what is missing. */
function bindStatic(
  c: Checking,
  node: Command,
  whole: Span,
  signature: Signature,
  { words, from, complete }: StaticWords,
): Bound {
  const bound = bind(signature, words)
  for (const problem of bound.problems) {
    // A list that is spread may give what is missing, and moves what stands after it.
    if (!complete && ['missing', 'type', 'choice'].includes(problem.kind)) continue
    const at = problem.word === undefined ? whole : (from[problem.word] ?? node)
    report(c, 'error', findingCode(problem), at, problem.message, problem.hint)
  }
  return bound
}

function findingCode({ kind, code }: Problem): DiagnosticCode {
  if (kind === 'unknown-option') return 'UNKNOWN_OPTION'
  return code === 'USAGE' ? 'USAGE' : 'ARGUMENTS'
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
  if (command.where === 'shell') {
    const hint = `run "impt ${typed}" beside it, or !impt ${typed} here`
    return report(c, 'error', 'USAGE', node, `"${typed}" stands on the command line only`, hint)
  }
  const known = staticWords(args)
  const { values, problems } = bindStatic(c, node, node, command, known)
  checkSecrets(c, command, known)
  if (position !== 'only' && values['output'] !== undefined) {
    report(c, 'note', 'NO_EFFECT', node, '--output has no effect where a pipe goes on')
  }
  if (problems.length === 0 && !c.prompt) checkDestructive(c, scope, node, command, values)
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

function checkSecrets(c: Checking, command: CommandRow, { words, from }: StaticWords): void {
  if (c.prompt) return
  for (const part of scan(command, words)) {
    if (part.kind !== 'option' || part.option.secret !== true || part.valueIndex === undefined) continue
    const argument = from[part.valueIndex]
    if (argument === undefined || words[part.valueIndex]?.unknown === true) continue
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
  if (!isDestructive(command, options) || command.confirms !== true || options['confirmed'] === true) return
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
