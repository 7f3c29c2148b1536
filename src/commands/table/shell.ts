import type { CommandRow, OptionRow } from '../row.ts'
import type { Part as SchemaPart } from '../schema/document.ts'
import { at, common, confirmed, device, dg, help, output, product } from './shared.ts'

const row = { name: '', own: true, effect: 'local', result: 'null' } as const

export const shellCommands: readonly CommandRow[] = [
  {
    ...row,
    group: 'new',
    summary: 'Makes a first Project and shows it running.',
    description: [
      'Makes a Product and a Device Group where they are missing, a Project in this folder or in a new folder NAME with a device and an agent program that talk with each other, assigns an unassigned Device, deploys, and shows the log until each side has said something.',
      'Asks for what no option says; Enter takes what is proposed. Nothing is made before the last answer, and what was made is taken back where a later step fails.',
    ],
    options: [
      { ...product, summary: 'Product, made if it is missing.' },
      { ...dg, summary: 'Device Group, made if it is missing.' },
      { ...device, summary: 'An unassigned Device, or "none".' },
      {
        name: 'example',
        kind: 'text',
        value: 'EXAMPLE',
        choices: ['plain', 'builder'],
        own: true,
        summary: 'Plain Squirrel, or sources for the preprocessor that share a file.',
      },
      { name: 'yes', kind: 'flag', own: true, summary: 'Takes what is proposed without asking.' },
      ...common,
    ],
    effect: 'write',
    result: 'stream',
    entity: 'Log Entry',
    words: [{ name: 'NAME', optional: true, path: 'directory' }],
    run: async () => (await import('../new.ts')).createFirst,
  },
  {
    ...row,
    group: 'serve',
    where: 'shell',
    summary: 'Keeps one session open that other impt processes share.',
    description: [
      'Keeps one session with its login, names and log stream open, until Ctrl-C. Commands of the same user in the same context use it by themselves, which saves them the login; --no-session declines.',
      'Shared are the login, the names that were found and the log stream. Not shared are directories, variables, functions, jobs, answers to questions and what "use" fills in: each command and each prompt has its own.',
      'It listens on 127.0.0.1 only and admits only who can read its token file.',
    ],
    options: [
      {
        name: 'port',
        kind: 'integer',
        value: 'PORT',
        zero: true,
        summary: 'Port on 127.0.0.1; 0 or absent: any free one.',
      },
      ...common,
    ],
  },
  {
    ...row,
    group: 'attach',
    where: 'shell',
    summary: 'Opens a prompt on the session that "impt serve" keeps open.',
    description: [
      'Opens a prompt on the session that "impt serve" keeps open. It shares the login and the log stream; its directory, variables, functions, jobs and what "use" fills in are its own.',
    ],
    options: [...common],
  },
  {
    ...row,
    group: 'mcp',
    where: 'shell',
    summary: 'Serves the commands as tools for an assistant.',
    description: [
      'Serves commands as tools of the Model Context Protocol on standard input and output, until the client goes away. An assistant starts it; see "impt help programs".',
      'Commands that only read are served. With --allow write those that change the cloud or write files are served too: what each would do is shown to the person at the client, who is asked before it is done. Never served: logins, keys, passwords, and what runs programs of this machine.',
    ],
    options: [
      {
        name: 'allow',
        kind: 'text',
        value: 'EFFECT',
        list: true,
        choices: ['write'],
        summary: 'Also serves what changes the cloud or files below this directory, after a question.',
      },
      ...common,
    ],
  },
  {
    ...row,
    group: 'schema',
    summary: 'Prints the JSON Schema of a command: its options and its JSON.',
    description: [
      'Prints a JSON Schema (2020-12) of a command such as "device list": what its words and options take, what --output json gives, and what that gives where the command fails. Without COMMAND, or with a group, it is that of all of its commands.',
      'With --of the schema of one part alone, to validate with as it is: impt schema device list --of result. See "impt help programs".',
    ],
    options: [
      {
        name: 'of',
        kind: 'text',
        value: 'PART',
        choices: ['options', 'result', 'error'] satisfies readonly SchemaPart[],
        summary: 'This part alone.',
      },
      ...common,
    ],
    effect: 'read',
    words: [{ name: 'COMMAND', many: true, optional: true, command: true }],
    run: async () => (await import('../schema/command.ts')).schema,
  },
  {
    ...row,
    group: 'completion',
    summary: 'Prints the completion script of a shell.',
    description: [
      'Prints a script that completes groups, commands, options and their values. For bash: source <(impt completion bash); for zsh: source <(impt completion zsh); for fish: impt completion fish | source',
      'The words "targets" and "logins" print these names, one a line: the scripts ask for them, since no other values change while a shell runs.',
    ],
    options: [...common],
    effect: 'read',
    words: [{ name: 'SHELL', choices: ['bash', 'zsh', 'fish', 'targets', 'logins'] }],
    run: async () => (await import('../completion.ts')).completion,
  },
]

/** Options that stand before the command, or before the file of a script. */
export const globalOptions: readonly OptionRow[] = [
  { name: 'c', kind: 'text', value: 'TEXT', own: true, summary: 'Runs this text as a script.' },
  at,
  { name: 'sandbox', kind: 'flag', own: true, summary: 'Uses the built-in impCentral. No login is needed.' },
  {
    name: 'no-session',
    kind: 'flag',
    own: true,
    summary: 'Does not use a session that "impt serve" keeps open.',
  },
  { name: 'color', kind: 'flag', own: true, summary: 'Colours the output even if it goes to no terminal.' },
  { name: 'no-color', kind: 'flag', own: true, summary: 'Does not colour the output.' },
  {
    name: 'plain',
    kind: 'flag',
    own: true,
    summary: 'Writes plain lines only: no redrawing, no menus, words instead of symbols.',
  },
]

/** The words that the program handles before any command: they are no commands, but help and completion know them. */
export const topLevelWords: readonly CommandRow[] = [
  {
    ...row,
    group: 'run',
    where: 'shell',
    summary: 'Runs a script.',
    description: [
      'Runs an .imptsh script; what follows the file are the arguments of the script. See "impt help language".',
    ],
    options: [
      { name: 'dry-run', kind: 'flag', summary: 'Shows what would be changed and changes nothing.' },
      { ...confirmed, summary: 'Answers yes to every question.' },
      { name: 'yes', kind: 'flag', summary: 'The same as --confirmed.' },
      {
        name: 'timeout',
        kind: 'text',
        value: 'DURATION',
        summary: 'Stops the script after this time, such as 10m.',
      },
      {
        name: 'memory',
        kind: 'text',
        value: 'SIZE',
        summary: 'What the script may keep, such as 500MB; 1GB if absent.',
      },
      { name: 'trace', kind: 'flag', summary: 'Shows each statement before it runs.' },
      {
        name: 'skip-lookup',
        kind: 'flag',
        summary: 'Runs without asking first whether the entities are there that the arguments name.',
      },
      ...common,
    ],
    effect: 'write',
    words: [
      { name: 'FILE', path: 'file' },
      { name: 'ARGUMENT', many: true, optional: true, dashes: 'all' },
    ],
  },
  {
    ...row,
    group: 'check',
    where: 'shell',
    summary: 'Checks scripts without running them.',
    description: [
      'Parses scripts and what they import, and checks their commands, options, names and fields. Nothing runs. A folder stands for its .imptsh files, "-" for standard input.',
      'With --test the "test" blocks of the scripts run, each in a sandbox of its own: "test" blocks see the functions, the imports, the parameters with a default and the exported variables of their script.',
    ],
    options: [
      { name: 'online', kind: 'flag', summary: 'Also looks up the entities that the scripts name.' },
      { name: 'test', kind: 'flag', summary: 'Runs the "test" blocks of the scripts.' },
      {
        name: 'report',
        kind: 'text',
        value: 'KIND=FILE',
        list: true,
        summary: 'With --test: writes a report, junit=FILE, tap=FILE or json=FILE.',
      },
      { ...output, choices: ['json'] },
      help,
    ],
    effect: 'read',
    words: [{ name: 'FILE', many: true, path: 'file' }],
  },
  {
    ...row,
    group: 'fmt',
    where: 'shell',
    summary: 'Formats scripts.',
    description: [
      'Formats .imptsh scripts in place: indentation by brackets, one space around operators, at most one empty line. No word and no comment changes. A script with a syntax error is left alone (exit code 2). A folder stands for its .imptsh files.',
      'For Squirrel see "impt squirrel format".',
    ],
    options: [
      { name: 'check', kind: 'flag', summary: 'Only names the files that would change: exit code 1.' },
      { name: 'diff', kind: 'flag', summary: 'Only shows what would change.' },
      { name: 'stdin', kind: 'flag', summary: 'Formats standard input to standard output.' },
      help,
    ],
    words: [{ name: 'FILE', many: true, optional: true, path: 'file' }],
  },
  {
    ...row,
    group: 'lsp',
    where: 'shell',
    summary: 'Serves editors: errors, completion, help for scripts and Squirrel.',
    description: [
      'Speaks the Language Server Protocol on stdin and stdout, for .imptsh scripts and .nut files. Editors start it by themselves: see "impt help editors".',
      'It reads files of the workspace, runs nothing, writes nothing and asks no server.',
    ],
    options: [
      { name: 'stdio', kind: 'flag', summary: 'Says what is so anyway; editors add it.' },
      {
        name: 'log',
        kind: 'text',
        value: 'FILE',
        path: 'file',
        summary: 'Notes in a file what goes wrong between editor and server.',
      },
      help,
    ],
    effect: 'read',
  },
  {
    ...row,
    group: 'help',
    where: 'shell',
    summary: 'Shows a guide, or the description of a command.',
    description: ['Shows a guide, such as "impt help language", or the description of a group or a command.'],
    options: [help],
    effect: 'read',
    words: [{ name: 'TOPIC', many: true, optional: true, command: 'or guide' }],
  },
]
