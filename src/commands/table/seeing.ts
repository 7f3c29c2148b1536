import type { ChangeKind } from '../../fleet/seeing/compare.ts'
import type { StatusKey } from '../../fleet/seeing/status.ts'
import type { CommandRow } from '../row.ts'
import {
  common,
  dgFilter,
  dgTypeFilter,
  filterNote,
  ownerFilter,
  productFilter,
  wide,
  jsonOf,
} from './shared.ts'

const row = { group: 'fleet', own: true } as const

const filters = [
  { ...ownerFilter, summary: 'Devices of these accounts.' },
  { ...productFilter, summary: 'Devices in Device Groups of these Products.' },
  { ...dgFilter, summary: 'Devices in these Device Groups.' },
  { ...dgTypeFilter, summary: 'Devices in Device Groups of these types.' },
] as const

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../fleet/group.ts').group) => async () =>
  (await import('../fleet/group.ts')).group[name]

export const seeingCommands: readonly CommandRow[] = [
  {
    ...row,
    name: 'status',
    summary: 'Counts the devices: online, silent, weak, without an agent.',
    description: [
      'Counts the devices by Device Group, or by what --by says, from one reading of the list. With --devices shows the silent and the weak ones instead.',
      'A device is silent if it is offline and its state is older than --silent, or if it never was online. The cloud notices a loss after up to ten minutes, and no device tells which build it runs: the builds are those that the group gives out.',
      filterNote,
    ],
    options: [
      ...filters,
      {
        name: 'by',
        kind: 'text',
        value: 'KEY',
        choices: ['group', 'product', 'type', 'imp', 'os'] satisfies readonly StatusKey[],
        default: 'group',
        summary: 'What the devices are counted by.',
      },
      {
        name: 'silent',
        kind: 'text',
        value: 'TIME',
        default: '24h',
        summary: 'How long an offline device may be quiet, such as 30m or 24h.',
      },
      {
        name: 'weak',
        kind: 'text',
        value: 'DBM',
        default: '-80',
        summary: 'Signals below this are weak: --weak=-75.',
      },
      { name: 'devices', kind: 'flag', summary: 'Shows the silent and the weak devices.' },
      wide,
      ...common,
    ],
    effect: 'read',
    result: 'list',
    json: jsonOf('fleetStatus'),
    run: code('status'),
  },
  {
    ...row,
    name: 'snapshot',
    summary: 'Keeps what the cloud tells of all devices now, to compare with later.',
    description: [
      'Writes all fields of all devices that the account sees into a CSV file that only you can read: into FILE, which must not be there yet, or else among the kept ones of this account. See "impt fleet diff".',
    ],
    words: [{ name: 'FILE', path: 'file', optional: true, fresh: true }],
    options: [
      {
        name: 'keep',
        kind: 'integer',
        value: 'NUMBER',
        default: 90,
        summary:
          'Kept snapshots of the account; older ones are deleted. Files that you named are not touched.',
      },
      ...common,
    ],
    effect: 'local',
    result: 'record',
    json: jsonOf('fleetSnapshot'),
    run: async () => (await import('../fleet/snapshots.ts')).snapshot,
  },
  {
    ...row,
    name: 'diff',
    summary: 'Displays what moved between two snapshots.',
    description: [
      'Compares two snapshots of the account, by default the newest one with the devices of now. FROM and TO are "now", "-1" for the newest kept one, "-2" for the one before, a date (the last one up to its end), or a file.',
      'Shows devices that appeared, are gone (or are not seen any more), moved to another Device Group, were renamed, went silent (online then, offline now), came back, or have another OS or agent. The exit code is 0 whatever moved.',
    ],
    words: [
      { name: 'FROM', optional: true, dashes: 'unknown', path: 'file' },
      { name: 'TO', optional: true, dashes: 'unknown', path: 'file' },
    ],
    options: [
      {
        name: 'only',
        kind: 'text',
        value: 'KIND',
        list: true,
        choices: [
          'appeared',
          'gone',
          'moved',
          'renamed',
          'silent',
          'back',
          'os',
          'agent',
        ] satisfies readonly ChangeKind[],
        summary: 'Shows changes of this kind alone.',
      },
      {
        name: 'by',
        kind: 'text',
        value: 'KEY',
        choices: ['group'],
        own: true,
        summary: 'Counts the changes by Device Group.',
      },
      wide,
      ...common,
    ],
    effect: 'read',
    result: 'list',
    json: jsonOf('fleetDiff'),
    run: async () => (await import('../fleet/snapshots.ts')).diff,
  },
]

/** `impt doctor`, a command of a single word. */
export const doctorCommand: CommandRow = {
  group: 'doctor',
  name: '',
  own: true,
  summary: 'Says in a sentence what is wrong with a device, or with this installation.',
  description: [
    'Reads what the cloud tells of a device (with its Device Group, its build and its logs, ten requests at most once it is found), and says what is wrong, on which facts, and what to try.',
    'Exit code 0 once the device is found, whatever is wrong with it.',
    'Without DEVICE looks at what commands need here: settings, login and its file, proxy, certificate, cloud, what is left of its requests, clock; and for what killed processes left behind: locks, sessions, sandboxes, pulls, releases. Shows only what is wrong, with a remedy. Exit code 1 if commands cannot work. No secret is shown.',
  ],
  words: [{ name: 'DEVICE', optional: true, identifies: 'device' }],
  options: [
    {
      name: 'since',
      kind: 'text',
      value: 'TIME',
      default: '24h',
      summary: 'How far back reconnects and errors count, such as 2h or 7d.',
    },
    { name: 'all', letter: 'a', kind: 'flag', summary: 'Without DEVICE: shows what is well too.' },
    {
      name: 'stream',
      kind: 'text',
      value: 'TIME',
      own: true,
      summary:
        'Also listens to the device for this time, such as 10s; without DEVICE tries whether a log stream can be had. It may end another stream of the account.',
    },
    ...common,
  ],
  effect: 'read',
  result: 'record',
  json: jsonOf('doctor'),
  run: async () => (await import('../fleet/doctor.ts')).doctor,
}
