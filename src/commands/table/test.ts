// 6 commands with up to 13 options each: longer than usual because a table is best read as one.
import type { CommandRow, OptionRow } from '../row.ts'
import {
  agentFile,
  common,
  confirmed,
  confirmNote,
  coverage,
  deviceFile,
  dg,
  jsonOf,
  libraries,
  library,
  password,
} from './shared.ts'

const timeout: OptionRow = {
  name: 'timeout',
  letter: 't',
  kind: 'integer',
  value: 'timeout',
  summary: 'Seconds after which a test is stopped and counts as failed.',
}

const switches: readonly OptionRow[] = [
  {
    name: 'stop-on-fail',
    letter: 's',
    kind: 'boolean',
    summary: 'Whether the whole run stops after the first failure. No value means true.',
  },
  {
    name: 'allow-disconnect',
    letter: 'a',
    kind: 'boolean',
    summary: 'Whether a test session outlives a short loss of the device. No value means true.',
  },
  {
    name: 'builder-cache',
    letter: 'e',
    kind: 'boolean',
    summary:
      'Whether libraries from elsewhere are kept in .builder-cache; false also clears it. No value means true.',
  },
]

const testFile: OptionRow = {
  name: 'test-file',
  letter: 'f',
  kind: 'text',
  value: 'test_file_name_pattern',
  list: true,
  path: 'file',
  summary: 'Name or pattern of test files, looked for in this directory and below it.',
}

const githubConfig: OptionRow = {
  name: 'github-config',
  letter: 'i',
  kind: 'text',
  value: 'github_credentials_file_name',
  path: 'file',
  summary: 'GitHub credentials file. It need not exist yet.',
}

const builderConfig: OptionRow = {
  name: 'builder-config',
  letter: 'j',
  kind: 'text',
  value: 'builder_file_name',
  path: 'file',
  summary: 'File with variables of the preprocessor. It need not exist yet.',
}

/** What `test update` takes without a value to remove the setting. */
const removable = (row: OptionRow, summary: string): OptionRow => ({ ...row, kind: 'optional-text', summary })

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../test.ts').group) => async () =>
  (await import('../test.ts')).group[name]

export const testCommands: readonly CommandRow[] = [
  {
    group: 'test',
    name: 'create',
    summary: 'Creates a test configuration file.',
    description: [
      'Makes the test configuration file of this directory and shows it. An existing one is only overwritten after a question, or with --confirmed.',
    ],
    options: [
      { ...dg, required: true, summary: 'Device Group whose devices run the tests.' },
      { ...deviceFile, summary: 'File with device code that is deployed together with the tests.' },
      { ...agentFile, summary: 'File with agent code that is deployed together with the tests.' },
      { ...timeout, default: 30 },
      ...switches.map((row) => ({ ...row, default: false })),
      { ...testFile, default: ['*.test.nut', 'tests/**/*.test.nut'] },
      githubConfig,
      builderConfig,
      confirmed,
      ...common,
    ],
    effect: 'local',
    result: 'record',
    entity: 'Test Configuration',
    json: 'info',
    confirms: true,
    run: code('create'),
  },
  {
    group: 'test',
    name: 'delete',
    summary: 'Deletes the test configuration file.',
    description: [
      'Deletes the test configuration file of this directory, with its .builder-cache and .build directories. Without one, nothing happens.',
      'With --entities its Device Group goes too, with all builds, flagged or not, and the Product if this was its only group. Its devices are unassigned.',
      confirmNote,
    ],
    options: [
      {
        name: 'github-config',
        letter: 'i',
        kind: 'flag',
        summary: 'Deletes the GitHub credentials file of the configuration as well.',
      },
      {
        name: 'builder-config',
        letter: 'j',
        kind: 'flag',
        summary: 'Deletes the file with variables of the preprocessor as well.',
      },
      {
        name: 'entities',
        letter: 'e',
        kind: 'flag',
        summary: 'Deletes the Device Group, Product and builds of the configuration as well.',
      },
      {
        name: 'all',
        letter: 'a',
        kind: 'flag',
        summary: 'All of it: --github-config, --builder-config and --entities.',
      },
      confirmed,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Test Configuration',
    confirms: true,
    destructive: true,
    drops: ['product', 'dg', 'device', 'build'],
    run: code('delete'),
  },
  {
    group: 'test',
    name: 'github',
    summary: 'Creates or updates a GitHub credentials file.',
    description: [
      'Writes a GitHub credentials file and asks for what is not given. To use it in tests, name it in "impt test create" or "impt test update".',
      'An existing file is only overwritten after a question, or with --confirmed.',
    ],
    options: [
      { ...githubConfig, required: true, summary: 'The GitHub credentials file.' },
      { name: 'user', letter: 'u', kind: 'text', value: 'github_username', summary: 'GitHub user name.' },
      {
        ...password,
        value: 'github_password',
        summary: 'GitHub password or personal access token, together with --user.',
      },
      confirmed,
      ...common,
    ],
    effect: 'local',
    result: 'null',
    confirms: true,
    run: code('github'),
  },
  {
    group: 'test',
    name: 'info',
    summary: 'Displays information about the test configuration.',
    description: [
      'Shows the test configuration of this directory, with its Device Group as the cloud has it now.',
    ],
    options: [...common],
    effect: 'read',
    result: 'record',
    entity: 'Test Configuration',
    run: code('info'),
  },
  {
    group: 'test',
    name: 'run',
    summary: 'Runs the tests specified by the test configuration file.',
    description: [
      'Runs the tests of this directory on the devices of the Device Group in its test configuration. Exit code 1: a test failed, or none is selected; 8: no verdict, since a device or the cloud kept tests from running.',
      'Commands that tests start ("external command") get the variables that programs need to run (PATH, HOME, the language, the temporary folder and their like) and those whose names begin with IMPT_TEST_; no token or password of the environment.',
      'Every test session has a build of its own, which is removed afterwards, unless --keep-builds is given. With --output debug the code that is deployed is kept in .build.',
    ],
    options: [
      {
        name: 'tests',
        letter: 't',
        kind: 'text',
        value: 'test_pattern',
        empty: true,
        summary:
          'Selects tests: [file][:case][::method], where the file is a path or a regular expression. If absent, all tests.',
      },
      { name: 'clear-cache', letter: 'e', kind: 'flag', summary: 'Clears .builder-cache first.' },
      {
        ...dg,
        own: true,
        summary: 'Device Group whose devices run the tests, in place of the configured one.',
      },
      {
        name: 'report',
        kind: 'text',
        value: 'KIND=FILE',
        list: true,
        own: true,
        summary: 'Also writes a report: junit=FILE, tap=FILE or json=FILE.',
      },
      {
        name: 'parallel',
        kind: 'integer',
        value: 'number_of_devices',
        own: true,
        summary: 'Runs test files on so many devices at a time.',
      },
      {
        name: 'repeat',
        kind: 'integer',
        value: 'times',
        own: true,
        summary: 'Runs everything so many times.',
      },
      {
        name: 'retry-no-verdict',
        kind: 'integer',
        value: 'times',
        own: true,
        summary:
          'Repeats tests that a device or the cloud kept from running so many times; not those that failed.',
      },
      {
        name: 'wait',
        kind: 'text',
        value: 'TIME',
        own: true,
        default: '10m',
        summary: 'Waits so long while others use the log stream of the account, such as 90s, 10m or 1h.',
      },
      {
        name: 'keep-builds',
        kind: 'flag',
        own: true,
        summary: 'Leaves the builds of the run in the Device Group.',
      },
      {
        name: 'show',
        kind: 'flag',
        own: true,
        summary: 'With --output json: shows counts, sessions and failures, in the place of {}.',
      },
      libraries,
      library,
      ...coverage,
      {
        name: 'coverage-include',
        kind: 'text',
        value: 'PATTERN',
        list: true,
        own: true,
        summary: 'Measures these files only, also those that no test loads.',
      },
      {
        name: 'coverage-exclude',
        kind: 'text',
        value: 'PATTERN',
        list: true,
        own: true,
        summary: 'Does not measure these files. Tests, their framework and #require libraries never count.',
      },
      ...common,
    ],
    effect: 'write',
    live: true,
    result: 'record',
    json: jsonOf('testRun'),
    drops: ['device', 'build'],
    run: code('run'),
  },
  {
    group: 'test',
    name: 'update',
    summary: 'Updates the test configuration file.',
    description: [
      'Changes the test configuration file of this directory: whatever is given. At the end the configuration is shown.',
    ],
    options: [
      { ...dg, summary: 'Device Group whose devices run the tests.' },
      removable(
        deviceFile,
        'File with device code that is deployed together with the tests; no value: none.',
      ),
      removable(agentFile, 'File with agent code that is deployed together with the tests; no value: none.'),
      timeout,
      ...switches,
      { ...testFile, summary: 'Name or pattern of test files. The values given replace all earlier ones.' },
      removable(githubConfig, 'GitHub credentials file, which need not exist yet; no value: none.'),
      removable(
        builderConfig,
        'File with variables of the preprocessor, which need not exist yet; no value: none.',
      ),
      ...common,
    ],
    effect: 'local',
    result: 'record',
    entity: 'Test Configuration',
    json: 'info',
    run: code('update'),
  },
]
