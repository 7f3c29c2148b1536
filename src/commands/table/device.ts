import type { CommandRow, OptionRow } from '../row.ts'
import {
  common,
  conditional,
  confirmed,
  confirmNote,
  device,
  dgFilter,
  dgTypeFilter,
  filterNote,
  followLog,
  logTime,
  force,
  ownerFilter,
  productFilter,
  projectDg,
  unbondKey,
  wide,
  jsonOf,
} from './shared.ts'

const theDevice = { ...device, required: true } as const
/** One device as documented, or several. */
const theDevices = { ...theDevice, unless: 'from', list: 'own' } as const

const from: OptionRow = {
  name: 'from',
  kind: 'text',
  value: 'FILE.csv',
  path: 'file',
  own: true,
  summary:
    'Takes the devices from a CSV file: its column "device" or "id", as lists have it, or its only one.',
}

const report: OptionRow = {
  name: 'report',
  kind: 'text',
  value: 'FILE.csv',
  path: 'file',
  own: true,
  summary:
    'Writes what became of each device into this CSV file. With one that is there, goes on with what is left.',
}

const keepGoing: OptionRow = {
  name: 'keep-going',
  letter: 'k',
  kind: 'flag',
  own: true,
  summary: 'Leaves out devices that are not found, instead of doing nothing.',
}

const batch = [from, report, keepGoing] as const

const batchNote =
  'Several devices are done at once: --device may be repeated, and --from takes them from a file. All are looked up before anything is sent; each has its own result.'

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../device/group.ts').group) => async () =>
  (await import('../device/group.ts')).group[name]

export const deviceCommands: readonly CommandRow[] = [
  {
    group: 'device',
    name: 'assign',
    summary: 'Assigns the specified device to the Device Group.',
    description: [
      'Puts a device into a Device Group. If it is in another one already it is moved, after a question or with --confirmed.',
      'The server refuses some moves, depending on the types and Products of the groups.',
      batchNote,
    ],
    options: [theDevices, projectDg, confirmed, ...batch, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Device',
    json: jsonOf('batch'),
    confirms: true,
    drops: ['device'],
    run: code('assign'),
  },
  {
    group: 'device',
    name: 'history',
    summary: 'Displays when the specified device was enrolled, and by whom.',
    description: [
      'Shows the enrolment history of a device as the cloud tells it: time, event, owner and who did it. Accounts that this login may not see stay ids.',
    ],
    options: [
      theDevice,
      {
        name: 'page-size',
        letter: 's',
        kind: 'integer',
        value: 'number_of_entries',
        default: 100,
        summary: 'Entries that are asked for at once, 100 at most.',
      },
      wide,
      ...common,
    ],
    effect: 'read',
    result: 'list',
    json: jsonOf('deviceHistory'),
    own: true,
    run: async () => (await import('../fleet/history.ts')).history,
  },
  {
    group: 'device',
    name: 'info',
    summary: 'Displays information about the specified device.',
    description: ['Shows one device, with its Device Group and Product.'],
    options: [theDevice, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Device',
    run: code('info'),
  },
  {
    group: 'device',
    name: 'list',
    summary: 'Displays information about all or filtered devices.',
    description: ['Lists the devices that the account can see.', filterNote],
    options: [
      { ...ownerFilter, summary: 'Devices of these accounts.' },
      { ...productFilter, summary: 'Devices in Device Groups of these Products.' },
      { ...dgFilter, summary: 'Devices in these Device Groups.' },
      { ...dgTypeFilter, summary: 'Devices in Device Groups of these types.' },
      { name: 'unassigned', letter: 'u', kind: 'flag', filter: true, summary: 'Devices in no Device Group.' },
      { name: 'assigned', letter: 'a', kind: 'flag', filter: true, summary: 'Devices in a Device Group.' },
      { name: 'online', letter: 'n', kind: 'flag', filter: true, summary: 'Devices that are online.' },
      { name: 'offline', letter: 'f', kind: 'flag', filter: true, summary: 'Devices that are offline.' },
      ...common,
    ],
    effect: 'read',
    result: 'list',
    entity: 'Device',
    run: code('list'),
  },
  {
    group: 'device',
    name: 'remove',
    summary: 'Removes the specified Device from the current account.',
    description: [
      'Takes a device out of the account. A device in a Device Group is refused, unless --force unassigns it first.',
      confirmNote,
      batchNote,
    ],
    options: [
      theDevices,
      { ...force, summary: 'Unassigns the device first, if it is in a Device Group.' },
      confirmed,
      ...batch,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device',
    json: jsonOf('batch'),
    confirms: true,
    destructive: true,
    drops: ['device'],
    run: code('remove'),
  },
  {
    group: 'device',
    name: 'restart',
    summary: 'Reboots the specified device.',
    description: ['Restarts a device and, with --log, goes on showing its logs.', batchNote],
    options: [
      theDevices,
      conditional,
      { ...followLog, summary: 'Goes on showing the logs of the device until Ctrl-C.' },
      logTime,
      ...batch,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device',
    json: jsonOf('batch'),
    run: code('restart'),
  },
  {
    group: 'device',
    name: 'unassign',
    summary: 'Unassigns the specified device.',
    description: [
      'Takes a device out of its Device Group. A device that is in none is left alone.',
      batchNote,
    ],
    options: [theDevices, unbondKey, ...batch, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Device',
    json: jsonOf('batch'),
    destructive: true,
    drops: ['device'],
    run: code('unassign'),
  },
  {
    group: 'device',
    name: 'update',
    summary: 'Updates the name of the specified device.',
    description: ['Gives a device another name.'],
    options: [
      { ...theDevice, unless: 'from' },
      {
        name: 'name',
        letter: 'n',
        kind: 'text',
        value: 'device_name',
        required: true,
        unless: 'from',
        empty: true,
        summary: 'New name; "" takes the name away.',
      },
      {
        ...from,
        summary: 'Takes devices and names from a CSV file with the columns "device", or "id", and "name".',
      },
      report,
      keepGoing,
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Device',
    json: jsonOf('batch'),
    run: code('update'),
  },
]
