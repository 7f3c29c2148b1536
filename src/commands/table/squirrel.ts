import type { CommandRow, OptionRow } from '../row.ts'
import {
  agentFile,
  common,
  coverage,
  debugging,
  deviceFile,
  impType,
  jsonOf,
  libraries,
  library,
  preprocessing,
} from './shared.ts'

const vars: OptionRow = {
  name: 'var',
  kind: 'text',
  value: 'NAME=VALUE',
  list: true,
  summary: 'A variable of __VARS; a whole number is one.',
}

/** A dump is for builds: nothing is deployed here. */
const preparing = preprocessing.filter(({ name }) => name !== 'dump')

const profile: OptionRow = {
  name: 'profile',
  kind: 'optional-text',
  value: 'KIND[=FILE]',
  begins: ['text', 'folded', 'json'],
  own: true,
  summary:
    'Measures what the functions cost in ticks and bytes, the same on every machine: text, folded=FILE for flame graphs, or json=FILE. No value means text.',
}

/** What decides a run of a file. */
const running: readonly OptionRow[] = [
  { name: 'agent', kind: 'flag', summary: 'FILE is agent code.' },
  { ...deviceFile, summary: 'Device code that runs beside the agent code of FILE.' },
  { ...agentFile, summary: 'Agent code that runs beside the device code of FILE.' },
  {
    name: 'time',
    kind: 'integer',
    value: 'SECONDS',
    summary: 'Ends after exactly so many seconds of virtual time; after an hour by default.',
  },
  {
    name: 'seed',
    kind: 'integer',
    zero: true,
    value: 'NUMBER',
    default: 0,
    summary: 'Decides all random numbers.',
  },
  {
    name: 'start',
    kind: 'text',
    value: 'ISO_TIME',
    summary: 'Virtual time at the beginning; now by default. With it and --seed two runs are equal.',
  },
  {
    name: 'max-ticks',
    kind: 'integer',
    value: 'TICKS',
    default: 50_000_000,
    summary: 'Ends a callback that takes more work than this (a loop round and a call are one tick each).',
  },
  { ...impType, default: 'imp006' },
  {
    name: 'script',
    kind: 'text',
    value: 'JSON_FILE',
    path: 'file',
    summary: 'A device script that plays pins and buses; see "impt help sandbox".',
  },
  libraries,
  library,
  vars,
  ...preparing,
]

const row = { group: 'squirrel', own: true, effect: 'read' } as const

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../squirrel/group.ts').group) => async () =>
  (await import('../squirrel/group.ts')).group[name]

export const squirrelCommands: readonly CommandRow[] = [
  {
    ...row,
    name: '',
    summary: 'Opens a Squirrel prompt on a fresh virtual device.',
    description: [
      'Opens a prompt that runs Squirrel on a fresh virtual device, with its agent, until Ctrl-D. Names stay, time passes, and :help tells what else it knows.',
      'From a pipe each statement runs as if it were typed. The first one that fails, or that the end of the input cuts off, ends the run with its line and exit code 1. At its end time runs ahead until nothing is left to do, at most an hour of it; a callback that fails is exit code 1, too, and :quit waits for nothing. With --output json all that is shown is a line of JSON each: values, errors and the log by their types.',
    ],
    options: [
      { name: 'agent', kind: 'flag', summary: 'Begins on the agent of the pair.' },
      { ...impType, default: 'imp006' },
      ...common,
    ],
    result: 'stream',
    entity: 'Log Entry',
    run: code(''),
  },
  {
    ...row,
    name: 'check',
    summary: 'Compiles Squirrel files without deploying them.',
    description: [
      'Compiles files and shows the errors, with row and column, or how much room the compiled code takes on a device. Nothing is deployed and nothing runs.',
      'Warns of what compiles and is probably wrong, each with its code: members that the imp API does not have (SQ_API), old ones (SQ_DEPRECATED), calls with too few or too many arguments (SQ_ARGUMENTS), local variables that nothing uses (SQ_UNUSED), little room (SQ_SIZE); in the sources that the Project file or the test configuration names also names that are declared nowhere (SQ_UNDECLARED, SQ_NEW_SLOT).',
      'Sources are preprocessed as those of a build are: with --preprocess, or where the Project file says so. A folder stands for its .nut files, "-" for standard input.',
    ],
    options: [
      { name: 'strict', kind: 'flag', summary: 'Takes no warnings: exit code 1.' },
      { ...impType, default: 'imp006' },
      libraries,
      library,
      vars,
      ...preparing,
      ...common,
    ],
    result: 'record',
    json: jsonOf('squirrelCheck'),
    words: [{ name: 'FILE', many: true, path: 'file' }],
    run: code('check'),
  },
  {
    ...row,
    name: 'format',
    effect: 'local',
    summary: 'Indents Squirrel files by their brackets.',
    description: [
      'Indents the lines of Squirrel files by their brackets and takes blanks off their ends. Lines stay lines and no token changes, so that what is compiled is the same, with the same line numbers; lines of the preprocessor are left alone.',
      'A file with a syntax error is left alone (exit code 2). A folder stands for its .nut files.',
    ],
    options: [
      { name: 'check', kind: 'flag', summary: 'Only names the files that would change: exit code 1.' },
      { name: 'diff', kind: 'flag', summary: 'Only shows what would change.' },
      { name: 'stdin', kind: 'flag', summary: 'Formats standard input to standard output.' },
      {
        name: 'indent',
        kind: 'text',
        value: 'STEP',
        choices: ['2', '4', 'tab'],
        default: '4',
        summary: 'Blanks of one step.',
      },
      ...common,
    ],
    result: 'record',
    json: jsonOf('squirrelFormat'),
    words: [{ name: 'FILE', many: true, optional: true, path: 'file' }],
    run: code('format'),
  },
  {
    ...row,
    name: 'run',
    summary: 'Runs a Squirrel file on a fresh virtual device.',
    description: [
      'Runs a file on a fresh virtual device and shows its log, until nothing is left to do. The file is device code, or with --agent agent code; the other side may be given too. "-" is standard input.',
      'A run-time error on either side, a callback that takes more work than --max-ticks, and too much memory end the run: exit code 1, with the place. So does device code that the imp has no room for.',
    ],
    options: [...running, ...coverage, profile, ...common],
    result: 'stream',
    entity: 'Log Entry',
    words: [{ name: 'FILE', path: 'file' }],
    run: code('run'),
  },
  {
    ...row,
    name: 'debug',
    summary: 'Runs a Squirrel file under a debugger.',
    description: [
      'Runs a file on a fresh virtual device as "squirrel run" does, and stops it where it is told to. Commands are typed, come from a pipe, or from --command: break FILE:LINE, run, continue, step, next, out, print EXPR, locals, stack, quit; help lists them all.',
      'While the code stands still nothing happens: virtual time, the other side and all messages wait.',
    ],
    options: [
      ...debugging,
      { name: 'stop-on-entry', kind: 'flag', summary: 'Stops at the first statement.' },
      ...running,
      ...common,
    ],
    result: 'null',
    words: [{ name: 'FILE', path: 'file', optional: true }],
    run: code('debug'),
  },
  {
    ...row,
    name: 'libraries',
    summary: 'Lists the libraries that #require finds.',
    description: [
      'Lists name, version and file of each library in the places where the Squirrel commands look, in their order: the first that fits is taken.',
    ],
    options: [libraries, library, ...common],
    result: 'list',
    json: jsonOf('squirrelLibraries'),
    run: code('libraries'),
  },
  {
    ...row,
    name: 'model',
    summary: 'Lists the models of sensors and chips that are built in, or prints one.',
    description: [
      'Lists the models that a device script can hang on a bus by their name. With a NAME prints its text, to begin a model of one\'s own with: see "impt help sandbox".',
    ],
    options: [...common],
    result: 'record',
    json: jsonOf('squirrelModel'),
    words: [{ name: 'NAME', optional: true }],
    run: code('model'),
  },
]
