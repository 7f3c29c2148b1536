import type { CommandRow, OptionRow } from '../row.ts'
import { common, confirmed, confirmNote, debugging, device, impType, jsonOf, libraries } from './shared.ts'

const directory: OptionRow = {
  name: 'dir',
  kind: 'text',
  value: 'DIR',
  path: 'directory',
  summary: 'Directory that holds the sandbox. If absent, the one of this user.',
}

const fleet: OptionRow = {
  name: 'fleet',
  kind: 'text',
  value: 'products=N,groups=N,devices=N',
  summary: 'Size of the fleet that is made, such as products=5,groups=50,devices=10000.',
}

const serving: readonly OptionRow[] = [
  {
    name: 'port',
    kind: 'integer',
    value: 'PORT',
    zero: true,
    summary: 'Port on 127.0.0.1; 0 or absent: any free one.',
  },
  directory,
  {
    ...libraries,
    summary:
      'A folder of libraries for #require: files, checkouts, or a mirror with a folder a version. IMPT_LIBRARIES lists more.',
  },
  { ...fleet, summary: `${fleet.summary} Only for a sandbox that is still empty.` },
  {
    name: 'latency',
    kind: 'integer',
    value: 'MS',
    zero: true,
    summary: 'Milliseconds that every answer takes longer.',
  },
  {
    name: 'rate-limit',
    kind: 'integer',
    value: 'REQUESTS',
    zero: true,
    summary: 'Requests a second that are allowed; 0 or absent: any number.',
  },
  { name: 'token-life', kind: 'integer', value: 'SECONDS', summary: 'Seconds that an access token lasts.' },
  {
    name: 'fault',
    kind: 'text',
    value: 'KIND=COUNT',
    list: true,
    summary:
      'Lets the next requests fail, so many of them: 503=3 answers with this status; reset, garbage, truncated, html and hang answer so or not at all.',
  },
  {
    name: 'open',
    kind: 'flag',
    summary:
      'Lets other users of this machine in, with the passwords and keys of the demo accounts. If absent, these work for you only.',
  },
  {
    name: 'switch',
    kind: 'text',
    value: 'NAME=VALUE',
    list: true,
    summary:
      'Another behaviour of the cloud, such as listsLeaveOutCode=true, nullRelations=true or offlineLag=5000: see "impt help sandbox".',
  },
]

const row = { group: 'sandbox', own: true, effect: 'local', result: 'record' } as const

const everyKind = ['account', 'product', 'dg', 'device', 'build', 'webhook', 'loginkey'] as const

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../sandbox/group.ts').group) => async () =>
  (await import('../sandbox/group.ts')).group[name]

export const sandboxCommands: readonly CommandRow[] = [
  {
    ...row,
    name: 'serve',
    summary: 'Runs the built-in impCentral in the foreground.',
    description: [
      'Runs the built-in impCentral on 127.0.0.1 until Ctrl-C. When it is ready it prints one line of JSON with its url.',
      'What it acknowledges is on disk. The demo account is "demo" with the password "demo-password", which works for you only unless --open is given.',
    ],
    options: [...serving, ...common],
    result: 'null',
    run: code('serve'),
  },
  {
    ...row,
    name: 'start',
    summary: 'Starts the built-in impCentral in the background.',
    description: [
      'Starts the built-in impCentral in the background, unless it runs already, and shows where it is.',
    ],
    options: [...serving, ...common],
    json: jsonOf('sandboxStatus'),
    run: code('start'),
  },
  {
    ...row,
    name: 'stop',
    summary: 'Stops the built-in impCentral of the background.',
    description: ['Stops the built-in impCentral of the background. What it holds stays on disk.'],
    options: [directory, ...common],
    json: 'nothing',
    run: code('stop'),
  },
  {
    ...row,
    name: 'status',
    summary: 'Shows whether the built-in impCentral runs, and where.',
    description: ['Shows whether the built-in impCentral of the background runs, its url and what it holds.'],
    options: [directory, ...common],
    effect: 'read',
    json: jsonOf('sandboxStatus'),
    run: code('status'),
  },
  {
    ...row,
    name: 'reset',
    summary: 'Empties the built-in impCentral.',
    description: [
      'Deletes all that the built-in impCentral holds and starts over with a fresh fleet.',
      confirmNote,
    ],
    options: [directory, fleet, confirmed, ...common],
    confirms: true,
    destructive: true,
    drops: everyKind,
    json: 'nothing',
    run: code('reset'),
  },
  {
    ...row,
    name: 'seed',
    summary: 'Adds a fleet to the built-in impCentral.',
    description: ['Adds Products, Device Groups and devices to the built-in impCentral.'],
    options: [directory, { ...fleet, required: true }, ...common],
    drops: everyKind,
    json: 'nothing',
    run: code('seed'),
  },
  {
    ...row,
    name: 'device',
    summary: 'Switches a device of the built-in impCentral, adds one, or debugs one.',
    description: [
      'Switches the power or the connection of a virtual device, makes it slow, or gives it a script that plays its pins and buses. Shows the device as it is then.',
      'With the word "debug" attaches a debugger: the device begins its code anew, built to be stopped, and runs as before when the debugger goes. Commands are those of "squirrel debug".',
      'With the word "add" makes a device of --type, named --name, in the Device Group --dg: it is online at once and runs the code of the group.',
    ],
    words: [{ name: 'ACTION', optional: true, choices: ['add', 'debug'] }],
    options: [
      device,
      { ...impType, summary: 'add: the type of the new device, which decides its pins, buses and limits.' },
      { name: 'name', kind: 'text', value: 'NAME', summary: 'add: the name of the new device.' },
      {
        name: 'dg',
        kind: 'text',
        value: 'DEVICE_GROUP_IDENTIFIER',
        identifies: 'dg',
        summary: 'add: the Device Group of the new device.',
      },
      {
        name: 'power',
        kind: 'text',
        value: 'on|off',
        choices: ['on', 'off'],
        summary: 'Switches the device on or off.',
      },
      {
        name: 'connection',
        kind: 'text',
        value: 'on|off',
        choices: ['on', 'off'],
        summary: 'Connects the device, or cuts its connection while it goes on running.',
      },
      {
        name: 'slow',
        kind: 'integer',
        value: 'MS',
        zero: true,
        summary: 'Milliseconds that a message between device and cloud takes.',
      },
      {
        name: 'script',
        kind: 'text',
        value: 'FILE',
        path: 'file',
        summary: 'Script that plays the pins and buses.',
      },
      ...debugging,
      {
        name: 'wait',
        kind: 'flag',
        summary: 'debug: attaches when the code of the device next begins, such as at a test run.',
      },
      directory,
      ...common,
    ],
    entity: 'Device',
    json: 'info',
    drops: ['device'],
    run: code('device'),
  },
]
