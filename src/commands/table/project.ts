import type { CommandRow, OptionRow } from '../row.ts'
import {
  agentFile,
  common,
  confirmed,
  description,
  deviceFile,
  dg,
  dutTarget,
  full,
  name,
  preprocess,
  product,
  productionTarget,
} from './shared.ts'

const groupDescription: OptionRow = {
  ...description,
  value: 'device_group_description',
  summary: 'Description of the Device Group.',
}

const overwriteNote =
  'An existing Project file is only overwritten after a question, or with --confirmed. At the end the Project is shown.'

const newFiles: readonly OptionRow[] = [
  {
    ...deviceFile,
    default: 'device.nut',
    summary: 'File for the device code. It is created empty if it does not exist.',
  },
  {
    ...agentFile,
    default: 'agent.nut',
    summary: 'File for the agent code. It is created empty if it does not exist.',
  },
]

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../project.ts').group) => async () =>
  (await import('../project.ts')).group[name]

export const projectCommands: readonly CommandRow[] = [
  {
    group: 'project',
    name: 'create',
    summary: 'Creates a new Device Group and a new Project file.',
    description: [
      'Makes a new Device Group (development, or pre-factory with --pre-factory) in a Product and a Project file in this directory that is linked to it.',
      'The Product and the targets must exist, unless the --create options say to make them.',
      overwriteNote,
    ],
    options: [
      { ...product, required: true },
      {
        name: 'create-product',
        letter: 'c',
        kind: 'flag',
        summary: 'Makes the Product, with the value of --product as its name, if it does not exist.',
      },
      { ...name, required: true },
      groupDescription,
      ...newFiles,
      {
        name: 'pre-factory',
        letter: 'f',
        kind: 'flag',
        summary: 'Makes the Device Group a pre-factory one, which needs --target and --dut.',
      },
      {
        ...dutTarget,
        summary:
          'Device Group (pre-dut, of the same Product) for devices under test. Together with --pre-factory.',
      },
      {
        name: 'create-dut',
        letter: 'w',
        kind: 'flag',
        summary: 'Makes the group named by --dut if it does not exist.',
      },
      {
        ...productionTarget,
        summary:
          'Device Group (pre-production, of the same Product) for blessed devices. Together with --pre-factory.',
      },
      {
        name: 'create-target',
        letter: 'r',
        kind: 'flag',
        summary: 'Makes the group named by --target if it does not exist.',
      },
      confirmed,
      preprocess,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Project',
    json: 'info',
    confirms: true,
    drops: ['product', 'dg'],
    run: code('create'),
  },
  {
    group: 'project',
    name: 'delete',
    summary: 'Deletes the Project file and related entities.',
    description: [
      'Deletes the Project file of this directory. Without one, nothing happens.',
      'With --entities its Device Group goes too, together with target groups that only this group uses, the builds of all of them, flagged or not, and the Product if nothing else is left in it. Their devices are unassigned.',
      'Shows what will be deleted or changed and asks, unless --confirmed is given.',
    ],
    options: [
      {
        name: 'entities',
        letter: 'e',
        kind: 'flag',
        summary: 'Deletes the Device Group, Product and builds of the Project as well.',
      },
      {
        name: 'files',
        letter: 'f',
        kind: 'flag',
        summary: 'Deletes the source files of the Project as well.',
      },
      { name: 'all', letter: 'a', kind: 'flag', summary: 'Both: --entities and --files.' },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Project',
    confirms: true,
    destructive: true,
    drops: ['product', 'dg', 'device', 'build'],
    run: code('delete'),
  },
  {
    group: 'project',
    name: 'info',
    summary: 'Displays information about the project.',
    description: ['Shows the Project of this directory, with its Device Group as the cloud has it now.'],
    options: [
      { ...full, summary: 'Shows the devices and webhooks of the group and the login as well.' },
      ...common,
    ],
    effect: 'read',
    result: 'record',
    entity: 'Project',
    run: code('info'),
  },
  {
    group: 'project',
    name: 'link',
    summary: 'Creates a new Project file and links it to the specified Device Group.',
    description: [
      'Makes a Project file in this directory for a Device Group that exists: a development or a pre-factory one. No code is downloaded: see "impt build get".',
      overwriteNote,
    ],
    options: [{ ...dg, required: true }, ...newFiles, confirmed, preprocess, ...common],
    effect: 'local',
    result: 'record',
    entity: 'Project',
    json: 'info',
    confirms: true,
    run: code('link'),
  },
  {
    group: 'project',
    name: 'update',
    summary: 'Updates the Project settings and/or related Device Group attributes.',
    description: [
      'Changes the Project of this directory and its Device Group: whatever is given. At the end the Project is shown.',
    ],
    options: [
      { ...name, summary: 'New name of the Device Group; no other group of its Product may have it.' },
      groupDescription,
      { ...deviceFile, summary: 'File for the device code. It is created empty if it does not exist.' },
      { ...agentFile, summary: 'File for the agent code. It is created empty if it does not exist.' },
      {
        ...dutTarget,
        summary:
          'Device Group (pre-dut, of the same Product) for devices under test. For pre-factory groups only.',
      },
      {
        ...productionTarget,
        summary:
          'Device Group (pre-production, of the same Product) for blessed devices. For pre-factory groups only.',
      },
      preprocess,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Project',
    json: 'info',
    run: code('update'),
  },
]
