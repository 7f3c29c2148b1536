import type { CommandRow, OptionRow } from '../row.ts'
import {
  agentFile,
  common,
  confirmed,
  confirmNote,
  define,
  deviceFile,
  dg,
  product,
  jsonOf,
} from './shared.ts'

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../target.ts').group) => async () =>
  (await import('../target.ts')).group[name]

const row = { group: 'target', own: true, effect: 'local', result: 'record', targetless: true } as const

const name = { name: 'NAME', names: 'target' } as const

const project: OptionRow = {
  name: 'project',
  kind: 'flag',
  own: true,
  summary: 'In the file .impt.targets of this directory, which is made to be kept in Git.',
}

const fields: readonly OptionRow[] = [
  {
    name: 'login',
    kind: 'text',
    value: 'LOGIN',
    own: true,
    names: 'login',
    summary: 'Login, made with "impt auth login --as LOGIN".',
  },
  { ...product, empty: true, summary: `${product.summary} Fills in --product.` },
  { ...dg, empty: true, summary: `${dg.summary} Fills in --dg.` },
  define,
  deviceFile,
  agentFile,
  {
    name: 'production',
    kind: 'boolean',
    own: true,
    summary: 'Whether every change is asked twice: see "impt help targets".',
  },
  project,
]

const emptyNote = 'An empty text takes a field away.'

export const targetCommands: readonly CommandRow[] = [
  {
    ...row,
    name: 'add',
    json: jsonOf('target'),
    run: code('add'),
    summary: 'Makes a target.',
    description: [
      'A target is a name for a login and for what commands are about with it: a Product, a Device Group, variables and source files. It is used with --at, or the IMPT_TARGET environment variable.',
      'It is kept in the configuration of the user, or with --project in this directory. A target that both name has what the user says; the project fills in the rest.',
    ],
    options: [...fields, ...common],
    words: [{ name: 'NAME', fresh: true }],
  },
  {
    ...row,
    name: 'update',
    json: jsonOf('target'),
    run: code('update'),
    summary: 'Changes a target.',
    description: ['Changes the fields that are given; the others stay. ' + emptyNote],
    options: [...fields, ...common],
    words: [name],
  },
  {
    ...row,
    name: 'list',
    json: jsonOf('targets'),
    run: code('list'),
    summary: 'Displays the targets of the user and of this directory.',
    description: ['Displays the targets of the user and of this directory.'],
    options: [...common],
    effect: 'read',
    result: 'list',
    words: [],
  },
  {
    ...row,
    name: 'info',
    json: jsonOf('targetInfo'),
    run: code('info'),
    summary: 'Displays a target, and which file says what of it.',
    description: [
      'Displays a target with the account and the endpoint of its login, and which file says what of it. Without NAME it is the one in effect here.',
    ],
    options: [...common],
    effect: 'read',
    targetless: 'words',
    words: [{ ...name, optional: true }],
  },
  {
    ...row,
    name: 'use',
    json: jsonOf('target'),
    run: code('use'),
    summary: 'Chooses the target of this directory.',
    description: [
      'Chooses the target that commands in this directory use from now on where nothing else names one; "none" ends that. It is kept outside of the directory, and told by each command that follows it.',
    ],
    options: [...common],
    words: [name],
  },
  {
    ...row,
    name: 'remove',
    json: 'nothing',
    run: code('remove'),
    summary: 'Removes a target.',
    description: ['Removes a target. The login stays: see "impt auth logout --as".', confirmNote],
    options: [project, confirmed, ...common],
    words: [name],
    confirms: true,
    destructive: true,
  },
]
