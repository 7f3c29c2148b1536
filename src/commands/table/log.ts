import type { CommandRow, OptionRow } from '../row.ts'
import { common, device, dg, logTime } from './shared.ts'

const type: OptionRow = {
  name: 'type',
  kind: 'text',
  value: 'TYPE',
  list: true,
  own: true,
  summary: 'Entries of this type: in full ("agent.error") or a part of it ("error", "agent").',
}

const grep: OptionRow = {
  name: 'grep',
  kind: 'text',
  value: 'PATTERN',
  own: true,
  summary: 'Entries with this regular expression in their text; (?i) at its start ignores case.',
}

const since: OptionRow = {
  name: 'since',
  kind: 'text',
  value: 'TIME',
  own: true,
  summary: 'Entries of this time and after it, such as 2h or 2024-01-31T09:00.',
}

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../log.ts').group) => async () =>
  (await import('../log.ts')).group[name]

export const logCommands: readonly CommandRow[] = [
  {
    group: 'log',
    name: 'get',
    summary: 'Displays historical logs for the specified device.',
    description: [
      'Shows the stored log entries of a device, the newest first. The cloud keeps a limited number of them for a limited time.',
      'With --page-number one page is shown. Without it every page is shown: on a terminal Enter asks for the next one and Ctrl-C ends; without a terminal, or with --all, nothing is asked.',
      'With --since, --until, --type, --grep or --oldest-first only the entries that are meant are shown, of all pages and without a question, or of the one page. An entry that moves to another page while the pages are read is shown once. --since and --until take how long ago, such as 90s, 30m, 2h or 7d, or a time in UTC, as logs have it, such as 2024-01-31 or 2024-01-31T09:00; a zone may follow, such as +01:00.',
    ],
    options: [
      {
        ...device,
        required: 'project',
        summary:
          "Device: its id, MAC address, agent id or name. If absent, the only device of the Project's Device Group.",
      },
      {
        name: 'page-size',
        letter: 's',
        kind: 'integer',
        value: 'number_of_entries',
        default: 20,
        summary: 'Entries in one page.',
      },
      {
        name: 'page-number',
        letter: 'n',
        kind: 'integer',
        value: 'page_number',
        summary: 'The one page to show; page 1 has the newest entries.',
      },
      {
        name: 'all',
        letter: 'a',
        kind: 'flag',
        own: true,
        summary: 'Shows all pages without asking in between.',
      },
      since,
      {
        name: 'until',
        kind: 'text',
        value: 'TIME',
        own: true,
        summary: 'Entries of this time and before it.',
      },
      type,
      grep,
      {
        name: 'oldest-first',
        kind: 'flag',
        own: true,
        summary: 'Shows the oldest entry first and the newest last.',
      },
      logTime,
      ...common,
    ],
    effect: 'read',
    result: 'stream',
    entity: 'Log Entry',
    json: 'list',
    run: code('get'),
  },
  {
    group: 'log',
    name: 'stream',
    summary: 'Displays logs from the specified devices in real-time.',
    description: [
      'Shows the logs of devices as they arrive, until Ctrl-C. Without --device and --dg these are the devices of the Device Group in the Project file.',
      'With --since the entries that are stored since then come first. At a terminal devices have their names and a colour each; through a pipe they have their ids, unless --names is given.',
      'The cloud allows an account a few streams at a time and closes an older one for a new one; it also limits the devices in one stream. Devices that it leaves out are named.',
    ],
    options: [
      { ...device, list: true, summary: 'Device to show: its id, MAC address, agent id or name.' },
      {
        ...dg,
        list: true,
        summary: 'Device Group whose devices are shown, together with those of --device.',
      },
      { ...since, summary: 'First shows what is stored of this time and after it, such as 10m.' },
      type,
      grep,
      logTime,
      {
        name: 'names',
        kind: 'boolean',
        own: true,
        summary: 'Whether devices have their names in the place of their ids; so they do at a terminal.',
      },
      ...common,
    ],
    effect: 'stream',
    result: 'stream',
    entity: 'Log Entry',
    run: code('stream'),
  },
]
