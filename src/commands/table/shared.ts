// Longer than other files: the options that several commands share, best looked up in one place.
import type { LogTime } from '../../output/log-line.ts'
import { GROUP_TYPE_NAMES } from '../../entities/kinds.ts'
import type { OptionRow } from '../row.ts'

/** The events that trigger a webhook. */
export const webhookEvents: readonly string[] = ['blessing', 'blinkup', 'deployment']

/** The kinds of identifier; the rows of a table override what differs. */
export const account: OptionRow = {
  name: 'owner',
  letter: 'o',
  kind: 'text',
  value: 'ACCOUNT_IDENTIFIER',
  identifies: 'account',
  summary: 'Account: "me", its id, e-mail address or user name.',
}

export const product: OptionRow = {
  name: 'product',
  letter: 'p',
  kind: 'text',
  value: 'PRODUCT_IDENTIFIER',
  identifies: 'product',
  summary: 'Product: its id, its name, or {account}{product}.',
}

export const projectProduct: OptionRow = {
  ...product,
  required: 'project',
  summary: 'Product: its id, its name, or {account}{product}. If absent, the Product of the Project file.',
}

export const dg: OptionRow = {
  name: 'dg',
  letter: 'g',
  kind: 'text',
  value: 'DEVICE_GROUP_IDENTIFIER',
  identifies: 'dg',
  summary: 'Device Group: its id, its name, or {account}{product}{group}.',
}

export const projectDg: OptionRow = {
  ...dg,
  required: 'project',
  summary:
    'Device Group: its id, its name, or {account}{product}{group}. If absent, the Device Group of the Project file.',
}

export const device: OptionRow = {
  name: 'device',
  letter: 'd',
  kind: 'text',
  value: 'DEVICE_IDENTIFIER',
  identifies: 'device',
  summary: 'Device: its id, MAC address, agent id or name.',
}

export const build: OptionRow = {
  name: 'build',
  letter: 'b',
  kind: 'text',
  value: 'BUILD_IDENTIFIER',
  identifies: 'build',
  summary: 'Build: its id, SHA, tag or origin.',
}

export const projectBuild: OptionRow = {
  ...build,
  required: 'project',
  summary: "Build: its id, SHA, tag or origin. If absent, the newest build of the Project's Device Group.",
}

export const loginKey: OptionRow = {
  name: 'lk',
  letter: 'k',
  kind: 'text',
  value: 'login_key_id',
  identifies: 'loginkey',
  secret: true,
  summary: 'Id of the login key.',
}

export const webhook: OptionRow = {
  name: 'wh',
  letter: 'w',
  kind: 'text',
  value: 'webhook_id',
  identifies: 'webhook',
  required: true,
  summary: 'Id of the webhook.',
}

export const password: OptionRow = {
  name: 'pwd',
  letter: 'w',
  kind: 'text',
  value: 'password',
  secret: true,
  empty: true,
  summary: 'Password of the account. If absent, it is asked for.',
}

export const unbondKey: OptionRow = {
  name: 'unbond',
  letter: 'u',
  kind: 'text',
  value: 'unbond_key',
  secret: true,
  empty: true,
  summary: 'Unbond key, which production Device Groups demand before they let a device go.',
}

export const name: OptionRow = {
  name: 'name',
  letter: 'n',
  kind: 'text',
  value: 'device_group_name',
  summary: 'Name of the Device Group; no other group of its Product may have it.',
}

export const description: OptionRow = {
  name: 'descr',
  letter: 's',
  kind: 'text',
  value: 'description',
  empty: true,
  summary: 'Description.',
}

export const deviceFile: OptionRow = {
  name: 'device-file',
  letter: 'x',
  kind: 'text',
  value: 'device_file',
  path: 'file',
  summary: 'File with the source code of the device.',
}

export const agentFile: OptionRow = {
  name: 'agent-file',
  letter: 'y',
  kind: 'text',
  value: 'agent_file',
  path: 'file',
  summary: 'File with the source code of the agent.',
}

export const dutTarget: OptionRow = {
  ...dg,
  name: 'dut',
  letter: 'u',
  summary: 'Device Group that devices under test go to.',
}

export const productionTarget: OptionRow = {
  ...dg,
  name: 'target',
  letter: 't',
  summary: 'Device Group that blessed devices go to.',
}

export const full: OptionRow = { name: 'full', letter: 'u', kind: 'flag', summary: 'Shows more.' }

export const force: OptionRow = {
  name: 'force',
  letter: 'f',
  kind: 'flag',
  summary: 'Removes what stands in the way first.',
}

export const conditional: OptionRow = {
  name: 'conditional',
  letter: 'c',
  kind: 'flag',
  summary: 'Asks the devices to restart when their code allows it, instead of at once.',
}

export const followLog: OptionRow = {
  name: 'log',
  letter: 'l',
  kind: 'flag',
  summary: 'Goes on showing the logs of the devices, as "impt log stream" does, until Ctrl-C.',
}

/** Beside `followLog`, and where logs are all there is. */
export const logTime: OptionRow = {
  name: 'time',
  kind: 'text',
  value: 'FORM',
  choices: ['full', 'short', 'delta', 'epoch'] satisfies readonly LogTime[],
  default: 'full',
  own: true,
  summary: 'The time of day (short, in UTC), since the entry before (delta), or seconds since 1970 (epoch).',
}

export const preprocess: OptionRow = {
  name: 'preprocess',
  kind: 'boolean',
  own: true,
  summary: 'Whether source files are in the Builder language and are preprocessed before they are deployed.',
}

/** The filters that several lists share. */
export const ownerFilter: OptionRow = { ...account, list: true, filter: true }
export const productFilter: OptionRow = { ...product, list: true, filter: true }
export const dgFilter: OptionRow = { ...dg, list: true, filter: true }
export const dgTypeFilter: OptionRow = {
  name: 'dg-type',
  letter: 'y',
  kind: 'text',
  value: 'device_group_type',
  choices: GROUP_TYPE_NAMES,
  list: true,
  filter: true,
  summary: 'Type of the Device Group.',
}

export const confirmed: OptionRow = {
  name: 'confirmed',
  letter: 'q',
  kind: 'flag',
  summary: 'Goes ahead without asking.',
}

/** On every command that changes something and asks nothing, beside one that asks. */
export const confirmedAnyway: OptionRow = {
  ...confirmed,
  own: true,
  summary: 'Goes ahead without asking; only production makes this command ask.',
}

export const output: OptionRow = {
  name: 'output',
  letter: 'z',
  kind: 'text',
  value: 'mode',
  choices: ['minimal', 'json', 'debug', 'table', 'csv'],
  summary: 'How the result is shown.',
}

export const help: OptionRow = {
  name: 'help',
  letter: 'h',
  kind: 'flag',
  summary: 'Displays a description of the command. Ignores any other options.',
}

/** What every list takes. */
export const wide: OptionRow = {
  name: 'wide',
  kind: 'flag',
  own: true,
  summary: 'Shows a table with all columns, however wide.',
}

/** On every command and before it: `--target` is taken by commands of the manual. */
export const at: OptionRow = {
  name: 'at',
  kind: 'text',
  value: 'TARGET',
  names: 'target',
  own: true,
  summary: 'Target that is used: see "impt help targets".',
}

/** On every command that changes something. */
export const retype: OptionRow = {
  name: 'retype',
  kind: 'text',
  value: 'NAME',
  own: true,
  summary: 'Name of the production target, in place of typing it: see "impt help targets".',
}

/** What every command ends with. */
export const common: readonly OptionRow[] = [at, output, help]

/** The paragraphs that several descriptions share. */
export const filterNote =
  'Filters may be combined and repeated: an entity is listed if it fits one of the values of every filter that is given.'
export const confirmNote = 'Asks before it acts, unless --confirmed is given.'

export const define: OptionRow = {
  name: 'define',
  kind: 'text',
  value: 'NAME=VALUE',
  list: true,
  own: true,
  summary: 'Sets a variable of the preprocessor.',
}

/** How sources in the Builder language are preprocessed. */
export const preprocessing: readonly OptionRow[] = [
  preprocess,
  define,
  {
    name: 'lib',
    kind: 'text',
    value: 'FILE.js',
    list: true,
    path: 'file',
    own: true,
    summary:
      'JavaScript file whose exports are functions and values for the preprocessor. It runs with all your rights.',
  },
  {
    name: 'dump',
    kind: 'text',
    value: 'DIR',
    path: 'directory',
    own: true,
    summary: 'Also writes the preprocessed code into this directory.',
  },
  {
    name: 'mirror',
    kind: 'text',
    value: 'DIR',
    path: 'directory',
    own: true,
    summary:
      'Takes remote includes from this directory before any server is asked. If absent, IMPT_INCLUDE_MIRROR.',
  },
  {
    name: 'lock',
    kind: 'text',
    value: 'FILE',
    path: 'file',
    own: true,
    summary:
      'Keeps the versions of remote includes in this file and uses those in it. If absent, IMPT_INCLUDE_LOCK.',
  },
]

/** The JSON of a command that gives no entities; loaded when somebody asks for its schema. */
export const jsonOf = (name: keyof typeof import('../schema/records.ts').records) => async () =>
  (await import('../schema/records.ts')).records[name]

/** Where `#require` finds libraries on virtual devices. */
export const libraries: OptionRow = {
  name: 'libraries',
  kind: 'text',
  value: 'DIR',
  path: 'directory',
  list: true,
  own: true,
  summary:
    'A folder of libraries for #require: files, checkouts, or a mirror with a folder a version. "libraries" of .impt.project and .impt.test and IMPT_LIBRARIES list more.',
}

export const library: OptionRow = {
  name: 'library',
  kind: 'text',
  value: 'NAME[:VERSION]=FILE',
  list: true,
  own: true,
  summary: 'The file that #require takes for a library, whatever the folders hold.',
}

/** What is measured, and what is written about it. */
export const coverage: readonly OptionRow[] = [
  {
    name: 'coverage',
    kind: 'optional-text',
    value: 'KIND[=PATH]',
    begins: ['text', 'lcov', 'html', 'json'],
    list: true,
    own: true,
    summary:
      'Counts what the code reaches and reports it: text, lcov=FILE, html=DIR or json=FILE. No value means text.',
  },
  {
    name: 'coverage-min',
    kind: 'text',
    value: 'METRIC=PERCENT,...',
    own: true,
    summary:
      'Fails when less is reached, such as lines=80,functions=70,branches=60; statements too. Counts without --coverage.',
  },
]

/** The type of a virtual device. */
export const impType: OptionRow = {
  name: 'type',
  kind: 'text',
  value: 'IMP_TYPE',
  summary: 'The type of the imp, which decides its pins, buses and limits: imp001 to imp006, impC001.',
}

/** Who talks to a debugger, and how. */
export const debugging: readonly OptionRow[] = [
  {
    name: 'dap',
    kind: 'flag',
    summary:
      'Speaks the Debug Adapter Protocol on stdin and stdout, for an editor, which may name what is debugged.',
  },
  {
    name: 'port',
    kind: 'integer',
    value: 'PORT',
    zero: true,
    summary:
      'Speaks it on a port of 127.0.0.1, 0 for any free one; prints one line of JSON with the port and the token that launch must carry.',
  },
  {
    name: 'command',
    kind: 'text',
    value: 'TEXT',
    list: true,
    summary: 'A command of the debugger that runs first.',
  },
]
