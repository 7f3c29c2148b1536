import type { CommandRow } from '../row.ts'
import { common, ownerFilter, productFilter } from './shared.ts'

/** `impt dashboard`, a command of a single word. */
export const dashboardCommand: CommandRow = {
  group: 'dashboard',
  name: '',
  own: true,
  summary: 'Opens a page in the browser that shows the fleet live.',
  description: [
    'Shows all devices as a map and as a table, what is wrong with one, logs, and the releases of this machine, in a page that only this machine can open, until Ctrl-C. Devices are read again every 30 seconds (every 2 from the built-in impCentral), and only while a page is open.',
    'The address that is printed works once, for a minute; Enter prints a new one. The login never leaves this process. See "impt help dashboard".',
  ],
  options: [
    { ...ownerFilter, summary: 'Only devices of these accounts.' },
    { ...productFilter, summary: 'Only devices in Device Groups of these Products.' },
    {
      name: 'port',
      kind: 'integer',
      value: 'PORT',
      zero: true,
      summary: 'Port on 127.0.0.1; 0 or absent: any free one.',
    },
    {
      name: 'open',
      kind: 'boolean',
      default: true,
      summary: 'Whether the browser is opened; the address is printed all the same.',
    },
    {
      name: 'read-only',
      kind: 'flag',
      summary: 'The page cannot pause, resume, abort or roll back releases.',
    },
    ...common,
  ],
  effect: 'local',
  result: 'null',
  live: true,
  run: async () => (await import('../dashboard/run.ts')).dashboard,
}
