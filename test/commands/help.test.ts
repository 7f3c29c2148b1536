import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderHelp } from '../../src/commands/help.ts'
import {
  commandLine,
  commands,
  findCommand,
  globalOptions,
  groups,
  topLevelWords,
} from '../../src/commands/table/index.ts'
import { commandOf } from './bind-lines.ts'

const helpOf = (line: string, width = 80) => renderHelp({ kind: 'command', command: commandOf(line) }, width)

test('help of the program lists the groups of the manual, our own and the options', () => {
  const text = renderHelp({ kind: 'root' }, 200)
  const expected = `
Usage: impt <command> [options]

Commands:
  impt account   Account information commands.
  impt auth      Authentication commands.
  impt build     Build manipulation commands.
  impt device    Device manipulation commands.
  impt dg        Device Group manipulation commands.
  impt log       Logs manipulation commands.
  impt loginkey  Login Key manipulation commands.
  impt product   Product manipulation commands.
  impt project   Project manipulation commands.
  impt test      Test manipulation commands.
  impt webhook   Webhook manipulation commands.

More commands:
`
  assert.equal(text.slice(0, expected.length), expected)
  assert.match(text, /^ {2}--version, -v {2}Displays the version of impt\. +\[boolean\]$/m)
  assert.match(text, /^ {2}--help, -h {5}Displays a description of the command\. +\[boolean\]$/m)
  for (const { name } of globalOptions) assert.match(text, new RegExp(`^  -{1,2}${name} `, 'm'))
  for (const { group } of topLevelWords) assert.match(text, new RegExp(`^  impt ${group} `, 'm'))
  for (const { name } of groups) assert.match(text, new RegExp(`^  impt ${name} `, 'm'))
})

test('help of a group lists its commands', () => {
  assert.equal(
    renderHelp({ kind: 'group', group: 'log' }, 80),
    `
Usage: impt log <command> [options]

Logs manipulation commands.

Commands:
  impt log get     Displays historical logs for the specified device.
  impt log stream  Displays logs from the specified devices in real-time.

Options:
  --help, -h  Displays a description of the command. Ignores any other options.
                                                                       [boolean]
`,
  )
})

test('help of a command has usage, description and options in the order of the table', () => {
  assert.equal(
    helpOf('webhook update'),
    `
Usage: impt webhook update --wh <webhook_id> [--url <target_url>]
    [--mime <content_type>] [--confirmed] [--retype <NAME>] [--at <TARGET>]
    [--output <mode>] [--help]

Changes the URL or the form of the data of a webhook: whichever are given.

Options:
  --help, -h       Displays a description of the command. Ignores any other
                   options.                                            [boolean]
  --wh, -w         Id of the webhook.                        [string] [required]
  --url, -u        URL that is called.                                  [string]
  --mime, -m       Form in which the data of the event are sent.
                                      [string] [choices: "json", "urlencoded"]
  --confirmed, -q  Goes ahead without asking; only production makes this command
                   ask.                                                [boolean]
  --retype         Name of the production target, in place of typing it: see
                   "impt help targets".                                 [string]
  --at             Target that is used: see "impt help targets".        [string]
  --output, -z     How the result is shown.
                  [string] [choices: "minimal", "json", "debug", "table", "csv"]
`.replace(
      '                                      [string] [choices: "json"',
      '                                        [string] [choices: "json"',
    ),
  )
})

test('the usage of auth login groups what stands for each other', () => {
  const usage = helpOf('auth login').split('\n\n')[0]?.replaceAll(/\s+/g, ' ')
  assert.equal(
    usage,
    ' Usage: impt auth login [--local] [--endpoint <endpoint_url>] [--user <user_id> [--pwd <password>] | --lk <login_key_id>] [--temp] [--as <LOGIN>] [--confirmed] [--at <TARGET>] [--output <mode>] [--help]',
  )
})

test('filters have a section of their own, and what may be repeated says so', () => {
  const [, filters = ''] = helpOf('product list').split('Filter options:')
  assert.equal(
    filters.replaceAll(/\s+/g, ' '),
    ' --owner, -o Products of these accounts (may be repeated several times) [array] ',
  )
})

test('values, defaults and words are shown', () => {
  assert.match(
    helpOf('test create'),
    /\[array\] \[default: \["\*\.test\.nut","tests\/\*\*\/\*\.test\.nut"\]\]/,
  )
  assert.match(helpOf('test create'), /\[number\] \[default: 30\]/)
  assert.match(helpOf('test create'), /\[--stop-on-fail \[true\|false\]\]/)
  assert.match(helpOf('test update'), /\[--device-file \[<device_file>\]\]/)
  assert.match(helpOf('squirrel check'), /^Usage: impt squirrel check <FILE>\.\.\. /m)
  assert.match(
    renderHelp({ kind: 'group', group: 'completion' }, 80),
    /^Usage: impt completion <bash\|zsh\|fish\|targets\|logins> /m,
  )
})

test('help names every option and keeps within 80 columns and the terminal', () => {
  for (const command of [...commands, ...topLevelWords]) {
    for (const width of [60, 80, 200]) {
      const text = renderHelp({ kind: 'command', command }, width)
      assert.ok(
        text.startsWith('\nUsage: impt ') && text.endsWith('\n') && !text.endsWith('\n\n'),
        commandLine(command),
      )
      for (const { name } of command.options) assert.match(text, new RegExp(`^  --${name}[, ]`, 'm'))
      // Only what cannot be broken may be longer: an option with its value in the usage line.
      for (const line of text.split('\n'))
        assert.ok(line.length <= Math.min(width, 80) || /^ *\[--/.test(line), line)
      assert.doesNotMatch(text, / $/m)
    }
  }
})

test('a very narrow terminal still gets readable help', () => {
  assert.ok(
    renderHelp({ kind: 'command', command: findCommand('dg', 'create') ?? commandOf('dg info') }, 1).split(
      '\n',
    ).length < 120,
  )
})
