import { GROUP_TYPE_NAMES } from '../../entities/kinds.ts'
// 9 commands with up to 9 options each: longer than usual because a table is best read as one.
import type { CommandRow, OptionRow } from '../row.ts'
import {
  build,
  common,
  conditional,
  confirmed,
  confirmNote,
  description,
  dg,
  dgTypeFilter,
  dutTarget,
  filterNote,
  followLog,
  logTime,
  force,
  full,
  name,
  ownerFilter,
  productFilter,
  productionTarget,
  projectDg,
  projectProduct,
  unbondKey,
} from './shared.ts'

const groupDescription: OptionRow = {
  ...description,
  value: 'device_group_description',
  summary: 'Description of the Device Group.',
}

const targets: readonly OptionRow[] = [
  {
    ...dutTarget,
    summary:
      'Device Group (dut or pre-dut, of the same Product) for devices under test. For factory and pre-factory groups only.',
  },
  {
    ...productionTarget,
    summary:
      'Device Group (production or pre-production, of the same Product) for blessed devices. For factory and pre-factory groups only.',
  },
]

const environment: OptionRow = {
  name: 'env-variable',
  letter: 'e',
  kind: 'text',
  value: 'JSON',
  json: true,
  own: true,
  summary: 'Environment variables for the agents of the group: a JSON object of names and values.',
}

const variables: readonly OptionRow[] = [
  {
    name: 'set-env',
    kind: 'text',
    value: 'NAME=VALUE',
    list: true,
    secret: true,
    own: true,
    summary:
      'Sets one environment variable and leaves the others: NAME=TEXT, NAME:=NUMBER, NAME=@FILE for the content of a file, NAME=@- for one that is asked for.',
  },
  {
    name: 'unset-env',
    kind: 'text',
    value: 'NAME',
    list: true,
    own: true,
    summary: 'Takes one environment variable away and leaves the others.',
  },
]

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../dg/group.ts').group) => async () =>
  (await import('../dg/group.ts')).group[name]

export const dgCommands: readonly CommandRow[] = [
  {
    group: 'dg',
    name: 'builds',
    summary: 'Updates/deletes builds of the specified Device Group.',
    description: [
      'Unflags and removes builds of a Device Group, as the options say, and then lists all of its builds.',
      'Builds are only removed after a question, or with --confirmed.',
    ],
    options: [
      projectDg,
      { name: 'unflag', letter: 'u', kind: 'flag', summary: 'Unflags all builds of the group.' },
      {
        name: 'unflag-old',
        letter: 'o',
        kind: 'flag',
        summary: 'Unflags the builds that are older than the minimum supported deployment.',
      },
      {
        name: 'remove',
        letter: 'r',
        kind: 'flag',
        summary:
          'Deletes the unflagged builds that are older than the minimum supported deployment, after any unflagging.',
      },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'list',
    entity: 'Deployment',
    json: 'list',
    confirms: true,
    destructive: 'remove',
    drops: ['build'],
    run: code('builds'),
  },
  {
    group: 'dg',
    name: 'create',
    summary: 'Creates a new Device Group for the specified Product.',
    description: ['Makes a new Device Group in a Product, which must have no group of that name yet.'],
    options: [
      { ...name, required: true },
      {
        name: 'dg-type',
        letter: 'y',
        kind: 'text',
        value: 'device_group_type',
        choices: GROUP_TYPE_NAMES,
        default: 'development',
        summary: 'Type of the new group.',
      },
      projectProduct,
      groupDescription,
      ...targets,
      {
        name: 'region',
        letter: 'r',
        kind: 'text',
        value: 'region_name',
        empty: true,
        summary: 'Region. For production and pre-production groups only.',
      },
      environment,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device Group',
    json: 'created',
    run: code('create'),
  },
  {
    group: 'dg',
    name: 'delete',
    summary: 'Deletes the specified Device Group.',
    description: [
      'Deletes a Device Group and, with --builds, its builds. A group that another group has as its target is refused; so is one with devices or flagged builds, unless --force is given.',
      confirmNote,
    ],
    options: [
      projectDg,
      { name: 'builds', letter: 'b', kind: 'flag', summary: 'Deletes the builds of the group as well.' },
      { ...force, summary: 'Unassigns all devices of the group and unflags all of its builds first.' },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device Group',
    confirms: true,
    destructive: true,
    drops: ['dg', 'device', 'build'],
    run: code('delete'),
  },
  {
    group: 'dg',
    name: 'info',
    summary: 'Displays information about the specified Device Group.',
    description: ['Shows one Device Group.'],
    options: [projectDg, { ...full, summary: 'Shows its devices and webhooks as well.' }, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Device Group',
    run: code('info'),
  },
  {
    group: 'dg',
    name: 'list',
    summary: 'Displays information about all or filtered Device Groups.',
    description: ['Lists the Device Groups that the account can see.', filterNote],
    options: [
      { ...ownerFilter, summary: 'Device Groups of these accounts.' },
      { ...productFilter, summary: 'Device Groups of these Products.' },
      { ...dgTypeFilter, summary: 'Device Groups of these types.' },
      ...common,
    ],
    effect: 'read',
    result: 'list',
    entity: 'Device Group',
    run: code('list'),
  },
  {
    group: 'dg',
    name: 'reassign',
    summary: 'Reassigns all of the devices from one Device Group to another.',
    description: [
      'Moves every device of one Device Group into another. The server refuses some moves, depending on the types and Products of the groups.',
    ],
    options: [
      { ...dg, name: 'from', letter: 'f', required: true, summary: 'Device Group that the devices leave.' },
      {
        ...projectDg,
        name: 'to',
        letter: 't',
        summary: 'Device Group that the devices go to. If absent, that of the Project file.',
      },
      ...common,
    ],
    effect: 'write',
    result: 'list',
    entity: 'Device',
    drops: ['device'],
    run: code('reassign'),
  },
  {
    group: 'dg',
    name: 'restart',
    summary: 'Reboots all of the devices assigned to the specified Device Group.',
    description: ['Restarts all devices of a Device Group and, with --log, goes on showing their logs.'],
    options: [projectDg, conditional, followLog, logTime, ...common],
    effect: 'write',
    result: 'list',
    entity: 'Device',
    run: code('restart'),
  },
  {
    group: 'dg',
    name: 'unassign',
    summary: 'Unassigns all of the devices from the specified Device Group.',
    description: ['Takes all devices out of a Device Group. A group without devices is left alone.'],
    options: [projectDg, unbondKey, ...common],
    effect: 'write',
    result: 'list',
    entity: 'Device',
    destructive: true,
    drops: ['device'],
    run: code('unassign'),
  },
  {
    group: 'dg',
    name: 'update',
    summary: 'Updates the specified Device Group.',
    description: ['Changes a Device Group: whatever is given.'],
    options: [
      projectDg,
      { ...name, summary: 'New name; no other group of the Product may have it.' },
      groupDescription,
      ...targets,
      {
        name: 'load-code-after-blessing',
        letter: 'l',
        kind: 'boolean',
        summary:
          'Whether a device loads the production code right after blessing (true, or no value) or at its first BlinkUp (false). For production and pre-production groups only.',
      },
      {
        ...build,
        name: 'min-supported-deployment',
        letter: 'm',
        summary: 'New minimum supported deployment: a build of this group, newer than the present minimum.',
      },
      environment,
      ...variables,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device Group',
    run: code('update'),
  },
]
