// 9 commands with up to 16 options each: longer than usual because a table is best read as one.
import type { CommandRow, OptionRow } from '../row.ts'
import {
  agentFile,
  build,
  common,
  conditional,
  confirmed,
  confirmNote,
  description,
  deviceFile,
  dg,
  dgFilter,
  dgTypeFilter,
  filterNote,
  followLog,
  logTime,
  force,
  ownerFilter,
  preprocessing,
  product,
  productFilter,
  projectBuild,
  projectDg,
  jsonOf,
} from './shared.ts'

const buildDescription: OptionRow = {
  ...description,
  value: 'build_description',
  summary: 'Description of the build.',
}

const tag: OptionRow = {
  name: 'tag',
  letter: 't',
  kind: 'text',
  value: 'tag',
  list: true,
  summary: 'Tag of the build.',
}

const flagged: OptionRow = {
  name: 'flagged',
  letter: 'f',
  kind: 'boolean',
  summary: 'A flagged build cannot be deleted until it is unflagged. No value means true.',
}

/** What `deploy` and `run` share, in the order of the manual. */
const sources: readonly OptionRow[] = [
  projectDg,
  {
    ...deviceFile,
    summary: 'File with the device code. If absent, that of the Project file, or else no device code.',
  },
  {
    ...agentFile,
    summary: 'File with the agent code. If absent, that of the Project file, or else no agent code.',
  },
  buildDescription,
  {
    name: 'origin',
    letter: 'o',
    kind: 'text',
    value: 'origin',
    empty: true,
    summary: 'Where the code comes from, such as the URL of a repository.',
  },
  { ...tag, summary: 'Tag of the new build.' },
  flagged,
]

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../build/group.ts').group) => async () =>
  (await import('../build/group.ts')).group[name]

export const buildCommands: readonly CommandRow[] = [
  {
    group: 'build',
    name: 'cleanup',
    summary: 'Deletes builds which are not related to any Device Group.',
    description: [
      'Deletes the builds ("zombies") that belong to no Device Group any more: all of the account, or those of one Product. Flagged ones stay, unless --unflag is given.',
      confirmNote,
    ],
    options: [
      { ...product, summary: 'Only builds of this Product. The Product itself stays.' },
      { name: 'unflag', letter: 'u', kind: 'flag', summary: 'Unflags and deletes flagged builds too.' },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'list',
    entity: 'Deployment',
    confirms: true,
    destructive: true,
    drops: ['build'],
    run: code('cleanup'),
  },
  {
    group: 'build',
    name: 'copy',
    summary: 'Copies the specified build to the specified Device Group.',
    description: [
      'Makes a new build for a Device Group out of the device and agent code of another build. With --all the description, origin, tags and flag are copied as well.',
      'The devices take the new code when they restart: see "impt dg restart" and "impt device restart".',
    ],
    options: [
      projectBuild,
      { ...dg, required: true, summary: 'Device Group that the new build is for.' },
      {
        name: 'all',
        letter: 'a',
        kind: 'flag',
        summary: 'Copies description, origin, tags and flag as well.',
      },
      { name: 'show', kind: 'flag', own: true, summary: 'Shows the new build as "impt build info" does.' },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Deployment',
    run: code('copy'),
  },
  {
    group: 'build',
    name: 'delete',
    summary: 'Deletes the specified build.',
    description: [
      'Deletes one build. The minimum supported deployment of a Device Group and anything newer cannot be deleted, and a flagged build only with --force.',
      confirmNote,
    ],
    options: [
      { ...build, required: true },
      { ...force, summary: 'Unflags the build first, if it is flagged.' },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Deployment',
    confirms: true,
    destructive: true,
    drops: ['build'],
    run: code('delete'),
  },
  {
    group: 'build',
    name: 'deploy',
    summary: 'Creates and deploys a build.',
    description: [
      'Makes a build out of source files and deploys it to a Device Group. Fails if a named file does not exist.',
      'The devices take the new code when they restart: see "impt dg restart", "impt device restart" and "impt build run".',
    ],
    options: [...sources, ...preprocessing, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Deployment',
    json: 'created',
    run: code('deploy'),
  },
  {
    group: 'build',
    name: 'diff',
    own: true,
    summary: 'Shows how two builds differ, or a build and the sources here.',
    description: [
      'Compares the code of two builds, file by file as they were written: at the "#line" markers of preprocessed code. A and B name builds; dg:NAME is the current build of a Device Group, and "." are the source files here, preprocessed as "impt build deploy" does. Without B, A is compared with ".".',
      'Exit code 0: they are the same; 6: they differ.',
    ],
    words: [
      { name: 'A', identifies: 'build' },
      { name: 'B', optional: true, identifies: 'build' },
    ],
    options: [
      {
        ...deviceFile,
        summary:
          'File with the device code of ".". If absent, that of the Project file, or else no device code.',
      },
      {
        ...agentFile,
        summary:
          'File with the agent code of ".". If absent, that of the Project file, or else no agent code.',
      },
      { name: 'device-only', letter: 'i', kind: 'flag', summary: 'Compares the device code only.' },
      { name: 'agent-only', letter: 'j', kind: 'flag', summary: 'Compares the agent code only.' },
      {
        name: 'context',
        letter: 'c',
        kind: 'integer',
        value: 'N',
        zero: true,
        default: 3,
        summary: 'Lines shown around a change.',
      },
      { name: 'stat', kind: 'flag', summary: 'Shows how many lines differ in each file, and not which.' },
      {
        name: 'ignore-space',
        kind: 'flag',
        summary: 'Blanks at the beginning and the end of lines make no difference.',
      },
      {
        name: 'raw',
        kind: 'flag',
        summary:
          'Compares the deployed texts without looking at their markers; the output is a patch from A to B.',
      },
      ...preprocessing.filter(({ name }) => name !== 'dump'),
      ...common,
    ],
    effect: 'read',
    result: 'list',
    json: jsonOf('buildDiff'),
    run: code('diff'),
  },
  {
    group: 'build',
    name: 'get',
    summary: 'Downloads the source files of the specified build.',
    description: [
      'Writes the device and agent code of a build into files and shows the build. Existing files are only overwritten after a question, or with --confirmed.',
    ],
    options: [
      projectBuild,
      { ...deviceFile, summary: 'File for the device code. If absent, that of the Project file.' },
      { ...agentFile, summary: 'File for the agent code. If absent, that of the Project file.' },
      { name: 'device-only', letter: 'i', kind: 'flag', summary: 'Writes the device code only.' },
      { name: 'agent-only', letter: 'j', kind: 'flag', summary: 'Writes the agent code only.' },
      confirmed,
      ...common,
    ],
    effect: 'local',
    result: 'record',
    entity: 'Deployment',
    json: 'info',
    confirms: true,
    run: code('get'),
  },
  {
    group: 'build',
    name: 'info',
    summary: 'Displays information about the specified build.',
    description: ['Shows one build with its code.'],
    options: [projectBuild, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Deployment',
    run: code('info'),
  },
  {
    group: 'build',
    name: 'list',
    summary: 'Displays information about all or filtered builds.',
    description: ['Lists the builds that the account can see.', filterNote],
    options: [
      { ...ownerFilter, summary: 'Builds of these accounts.' },
      { ...productFilter, summary: 'Builds for Device Groups of these Products.' },
      { ...dgFilter, summary: 'Builds for these Device Groups.' },
      { ...dgTypeFilter, summary: 'Builds for Device Groups of these types.' },
      {
        name: 'sha',
        letter: 's',
        kind: 'text',
        value: 'deployment_sha',
        list: true,
        filter: true,
        summary: 'Builds with this SHA.',
      },
      { ...tag, filter: true, summary: 'Builds with this tag.' },
      { name: 'flagged', letter: 'f', kind: 'flag', filter: true, summary: 'Flagged builds.' },
      { name: 'unflagged', letter: 'u', kind: 'flag', filter: true, summary: 'Builds without a flag.' },
      {
        name: 'non-zombie',
        letter: 'n',
        kind: 'flag',
        filter: true,
        summary: 'Builds that belong to a Device Group.',
      },
      {
        name: 'zombie',
        letter: 'm',
        kind: 'flag',
        filter: true,
        summary: 'Builds that belong to no Device Group.',
      },
      ...common,
    ],
    effect: 'read',
    result: 'list',
    entity: 'Deployment',
    run: code('list'),
  },
  {
    group: 'build',
    name: 'run',
    summary: 'Creates, deploys and runs a build.',
    description: [
      'Deploys a build as "impt build deploy" does, restarts the devices of the Device Group as "impt dg restart" does and, with --log, goes on as "impt log stream".',
      'The minimum supported deployment stays as it is, and agents of devices that are offline keep their old code until the device comes back. --force-agents moves the minimum to the new build, which makes those agents take it at once; a minimum cannot be moved back.',
    ],
    options: [
      ...sources,
      conditional,
      followLog,
      logTime,
      {
        name: 'force-agents',
        kind: 'flag',
        own: true,
        summary:
          'Makes the new build the minimum supported deployment, so that agents of offline devices take it too. Every device then restarts at once, even with --conditional.',
      },
      ...preprocessing,
      {
        name: 'watch',
        kind: 'flag',
        own: true,
        summary:
          'Runs the sources again whenever they have been saved and their code has changed, until Ctrl-C. With --log the logs are followed.',
      },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Deployment',
    run: code('run'),
  },
  {
    group: 'build',
    name: 'update',
    summary: 'Updates the specified build.',
    description: ['Changes the description, tags or flag of a build: whichever are given.'],
    options: [
      projectBuild,
      buildDescription,
      { ...tag, summary: 'Tag to add.' },
      { ...tag, name: 'remove-tag', letter: 'r', summary: 'Tag to take away.' },
      flagged,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Deployment',
    run: code('update'),
  },
]
