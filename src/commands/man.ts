import { usageOptions } from './help.ts'
import type { CommandRow, OptionRow } from './row.ts'
import { commandLine, globalOptions, groups, topLevelWords } from './table/index.ts'

/** The manual page of the program in roff (man macros), from the option table. Ends with a newline. */
export function renderManPage(version: string): string {
  return `${[
    `.TH IMPT 1 "" ${argument(`impt ${version}`)}`,
    '.SH NAME',
    text("impt - the programmable shell for Electric Imp's impCentral"),
    '.SH SYNOPSIS',
    ...synopsis,
    '.SH DESCRIPTION',
    text(
      'impt manages the Products, Device Groups, devices, builds, logs and webhooks of an impCentral account, by single commands, by scripts and at a prompt of its own. It contains an impCentral to try things on.',
    ),
    '.SH OPTIONS',
    ...globalOptions.flatMap(option),
    '.SH COMMANDS',
    ...groups.flatMap((group) => group.commands).flatMap(command),
    ...topLevelWords.flatMap(command),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => entry(name, meaning)),
    '.SH FILES',
    ...files.flatMap(([name, meaning]) => entry(name, meaning)),
    '.SH EXIT STATUS',
    ...exits.flatMap(([name, meaning]) => entry(name, meaning)),
  ].join('\n')}\n`
}

const synopsis: readonly string[] = [
  'impt',
  'impt GROUP COMMAND [OPTIONS]',
  'impt FILE.imptsh [ARGUMENTS]',
  'impt -c TEXT',
].flatMap((line, i) => (i === 0 ? [text(line)] : ['.br', text(line)]))

const environment: readonly (readonly [string, string])[] = [
  ['IMPT_AUTH_FILE_PATH', 'Directory with the auth file to use.'],
  ['IMPT_LOGINKEY', 'Login key to log in with.'],
  ['IMPT_USER, IMPT_PASSWORD', 'User and password to log in with.'],
  ['IMPT_ENDPOINT', 'Base URL of the impCentral API for these logins.'],
  ['NO_COLOR, FORCE_COLOR', 'Switch colour off or on.'],
  ['HTTPS_PROXY, HTTP_PROXY, NO_PROXY', 'Proxies.'],
]

const files: readonly (readonly [string, string])[] = [
  ['.impt.auth', 'The login: of this directory, or of the user.'],
  ['.impt.project', 'The Project of this directory.'],
  ['.impt.test', 'The test configuration of this directory.'],
]

const exits: readonly (readonly [string, string])[] = [
  ['0', 'Success.'],
  ['1', 'A command or a script failed.'],
  ['2', 'The command line or the script is wrong; nothing was done.'],
  ['3', 'Not logged in, or the login was refused.'],
  ['4', 'A question was answered with no, or there was no one to ask.'],
  ['5', 'An assertion of a script failed.'],
  ['6', 'A plan or a diff: something differs.'],
  ['7', 'A release stopped, was paused or aborted.'],
  ['8', 'No verdict of a test run: a device or the cloud was away.'],
  ['70', 'A defect of impt.'],
  ['124', 'Timeout.'],
  ['130, 143', 'Stopped by Ctrl-C or by a signal.'],
  ['141', 'Nobody reads the output any more.'],
]

function command(row: CommandRow): readonly string[] {
  const words = (row.words ?? []).map(({ name, many }) => (many === true ? `${name}...` : name))
  return [
    `.SS ${argument(`impt ${commandLine(row)}`)}`,
    text(['impt', commandLine(row), ...words, ...usageOptions(row)].join(' ')),
    ...row.description.flatMap((paragraph) => ['.PP', text(paragraph)]),
    ...row.options.filter(({ name }) => name !== 'help').flatMap(option),
  ]
}

function option(row: OptionRow): readonly string[] {
  const names = [
    row.name.length === 1 ? `-${row.name}` : `--${row.name}`,
    ...(row.letter === undefined ? [] : [`-${row.letter}`]),
  ]
  const value =
    row.kind === 'flag' ? '' : ` ${row.kind === 'boolean' ? '[true|false]' : (row.value ?? 'value')}`
  const choices =
    row.choices === undefined
      ? ''
      : row.choices.length === 1
        ? ` Only ${row.choices[0]}.`
        : ` One of ${row.choices.join(', ')}.`
  const initial = row.default === undefined ? '' : ` Default: ${[row.default].flat().join(', ')}.`
  const repeated = row.list !== undefined ? ' May be repeated.' : ''
  return entry(`${names.join(', ')}${value}`, `${row.summary}${choices}${initial}${repeated}`)
}

function entry(term: string, meaning: string): readonly string[] {
  return ['.TP', `.B ${argument(term)}`, text(meaning)]
}

/** Escapes a line of text: hyphens that may be copied, backslashes, and a dot or quote that would start a request. */
function text(line: string): string {
  return escaped(line).replace(/^[.']/, String.raw`\&$&`)
}

/** One argument of a macro. */
function argument(value: string): string {
  return `"${escaped(value).replaceAll('"', String.raw`\(dq`)}"`
}

function escaped(value: string): string {
  return value.replaceAll('\\', String.raw`\e`).replaceAll('-', String.raw`\-`)
}
