import { visible } from '../../output/visible.ts'
import { textOf } from '../values/text-of.ts'
import { raise } from '../values/fault.ts'
import { sleep as pause } from '../run/frame.ts'
import { inlineText } from '../values/inline-text.ts'
import { allItems, itemsOf } from '../run/items.ts'
import { cellOf, renderValue } from '../values/print-value.ts'
import type { Piped } from '../run/program-output.ts'
import { positionOf } from '../syntax/source.ts'
import { duration, list, shown, text } from '../values/types.ts'
import { isList, isRecord, Secret, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, option, rest, wholeOf, word } from './builtin.ts'
import { chosen } from './choosing.ts'
import { counted } from '../../output/messages.ts'

/** Into a file or a program the line flows on, as in a shell; everywhere else it is printed. */
async function print(
  input: Piped | undefined,
  values: readonly Value[],
  isOpen: boolean,
  call: Call,
): Promise<Value> {
  const line = await lineFor(input, values, call)
  const shown = isOpen ? line.replace(/\n$/, '') : line
  if (call.purpose === 'file' || call.purpose === 'pipe') return shown
  await call.task.out(shown)
  return null
}

/** What speaks to people, and waits for them. */
export const TALK = [
  builtin({
    name: 'print',
    summary: 'Prints a line: its words, or what comes through the pipe.',
    input: 'maybe',
    words: [rest('value', shown)],
    options: [flag('no-newline', 'Without a line end: what is printed next stands beside it.')],
    examples: {
      'print hello world': 'hello world',
      '[1, 2] | print': '1\n2',
      'print --no-newline a; print b': 'ab',
      'print a | !wc -l | trim': '1',
      print: '',
    },
    run: (input, { value: values, 'no-newline': isOpen }, call) =>
      print(input, values, isOpen === true, call),
  }),
  builtin({
    name: 'echo',
    summary: 'The same as print.',
    input: 'maybe',
    words: [rest('value', shown)],
    examples: { 'echo hello': 'hello', 'echo "a  b"': 'a  b' },
    run: (input, { value: values }, call) => print(input, values, false, call),
  }),
  builtin({
    name: 'eprint',
    summary: 'Prints a line to stderr.',
    input: 'maybe',
    words: [rest('value', shown)],
    examples: { 'eprint careful': '', '[1, 2] | eprint': '' },
    async run(input, { value: values }, call) {
      call.task.machine.host.err(await lineFor(input, values, call))
      return null
    },
  }),
  builtin({
    name: 'ask',
    summary: 'Asks for a line, for one of several choices, or for yes or no.',
    input: 'none',
    words: [word('question', text)],
    options: [
      flag('secret', 'Shows nothing of what is typed, and gives a secret.'),
      option('default', text, 'The answer where nothing is typed, or where there is no one to ask.'),
      option(
        'choices',
        list,
        'The answers that there are; one of them is given, by its number or a part of it.',
      ),
      flag('yes-no', 'Gives true or false; the default is no.'),
    ],
    examples: {
      'ask "Name: " --default Ann': 'Ann',
      'ask "Group: " --choices ["a", "b"] --default b': 'b',
      'ask "Go on?" --yes-no --default yes': 'true',
      'ask "Name: "': fails('NO_TTY'),
      'ask "Group: " --choices ["a"] --default c': fails('BUG_ARGS'),
    },
    run(_input, { question, secret, default: fallback, choices, 'yes-no': isYesNo }, call) {
      const shownQuestion = visible(question, true)
      if (isYesNo === true) return askYesNo(shownQuestion, fallback, call)
      if (choices !== undefined) return askChoice(shownQuestion, choices, fallback, call)
      return ask(shownQuestion, fallback, secret === true, call)
    },
  }),
  builtin({
    name: 'confirm',
    summary: 'Shows the list and asks once; passes the list on.',
    input: 'maybe',
    words: [word('question', text)],
    options: [option('type', text, 'What has to be typed to go on.')],
    examples: { '[] | confirm "Sure?" | count': '0', '[1] | confirm "Sure?"': fails('CONFIRM') },
    run: (input, { question, type }, call) => confirm(input, visible(question, true), type, call),
  }),
  builtin({
    name: 'sleep',
    summary: 'Waits.',
    input: 'none',
    words: [word('time', duration)],
    examples: { 'sleep 1ms': '', 'sleep 0s': '' },
    async run(_input, { time }, { task }) {
      await pause(task, Math.max(0, time.ms))
      return null
    },
  }),
]

async function lineFor(input: Piped | undefined, values: readonly Value[], call: Call): Promise<string> {
  const given = values.length === 0 && input !== undefined ? [await wholeOf(input, call.place)] : values
  const [only] = given
  if (given.length === 1 && only !== undefined && (isList(only) || isRecord(only)))
    return renderValue(only, call.task.machine.host.terminal)
  return `${given.map(piece).join(' ')}\n`
}

function piece(given: Value): string {
  if (given === null) return ''
  if (typeof given === 'string') return visible(given, true)
  return inlineText(given)
}

async function ask(
  question: string,
  fallback: string | undefined,
  hidden: boolean,
  call: Call,
): Promise<Value> {
  const { host } = call.task.machine
  if (!host.terminal.interactive) {
    if (fallback !== undefined) return hidden ? new Secret(fallback) : fallback
    throw raise(
      call.place,
      'NO_TTY',
      `there is no one to answer "${question.trim()}"`,
      'give the value as a param or through $env',
    )
  }
  if (call.task.parallel)
    throw raise(call.place, 'CONFIRM', 'a question cannot be asked in each --parallel', 'ask before it')
  const answer = await host.ask(question, hidden)
  const given = answer === '' && fallback !== undefined ? fallback : answer
  return hidden ? new Secret(given) : given
}

/** Asks until the answer is yes or no. */
async function askYesNo(question: string, fallback: string | undefined, call: Call): Promise<boolean> {
  const usual = fallback === undefined ? undefined : yesNo(fallback)
  if (fallback !== undefined && usual === undefined)
    throw raise(call.at('default'), 'BUG_ARGS', `--default must be yes or no, not "${fallback}"`)
  for (;;) {
    const answer = await ask(
      `${question.trimEnd()} ${usual === true ? '[Y/n]' : '[y/N]'} `,
      fallback,
      false,
      call,
    )
    const known = answer === '' ? (usual ?? false) : yesNo(textOf(answer, call.place))
    if (known !== undefined) return known
    call.task.machine.host.err('Please answer yes or no.\n')
  }
}

function yesNo(answer: string): boolean | undefined {
  if (/^\s*(?:y|yes|true)\s*$/i.test(answer)) return true
  return /^\s*(?:n|no|false)\s*$/i.test(answer) ? false : undefined
}

async function askChoice(
  question: string,
  choices: readonly Value[],
  fallback: string | undefined,
  call: Call,
): Promise<Value> {
  const names = choices.map(cellOf)
  if (names.length === 0) throw raise(call.at('choices'), 'EMPTY', 'there is nothing to choose from')
  if (fallback !== undefined && !names.includes(fallback))
    throw raise(
      call.at('default'),
      'BUG_ARGS',
      `--default "${fallback}" is none of the choices`,
      `choices are ${names.join(', ')}`,
    )
  if (fallback !== undefined && !call.task.machine.host.terminal.interactive)
    return choices[names.indexOf(fallback)] ?? null
  return choices[await chosen(names, question, call, fallback)] ?? null
}

async function confirm(
  input: Piped | undefined,
  question: string,
  typed: string | undefined,
  call: Call,
): Promise<Value> {
  const { task } = call
  const items = input === undefined ? undefined : await allItems(itemsOf(input, call.place, call.name))
  const passed = items ?? null
  if (items !== undefined && items.length === 0) return passed
  const { host } = task.machine
  if (items !== undefined) {
    host.err(await renderValue(items, host.terminal))
    host.err(`${counted(items.length, 'item')}\n`)
  }
  if (task.settings.dryRun) {
    host.err(`${question} (dry run: not asked)\n`)
    return passed
  }
  if (task.settings.confirmed) {
    if (typed !== undefined) host.err(`${question} confirmed: ${visible(typed)}\n`)
    return passed
  }
  await askOnce(call, question, typed)
  return passed
}

async function askOnce(call: Call, question: string, typed: string | undefined): Promise<void> {
  const { host } = call.task.machine
  if (!host.terminal.interactive || call.task.parallel) {
    const why = call.task.parallel
      ? 'a question cannot be asked in each --parallel'
      : `needs confirmation: ${question}`
    throw raise(
      call.place,
      'CONFIRM',
      why,
      call.task.parallel ? 'use confirm before it' : 'run with "impt run --confirmed"',
    )
  }
  const { source, start } = call.place
  const where = source.name.startsWith('<') ? '' : ` (${source.name}:${positionOf(source.text, start).line})`
  const answer = await host.ask(
    typed === undefined
      ? `${question}${where} [y/N] `
      : `${question}${where}\nType ${visible(typed)} to go on: `,
    false,
  )
  const yes = typed === undefined ? /^\s*y(?:es)?\s*$/i.test(answer) : answer.trim() === typed
  if (!yes) throw raise(call.place, 'CANCELLED', `not confirmed: ${question}`)
}
