import type { CommandRow } from '../row.ts'
import { agentFile, common, deviceFile } from './shared.ts'

const row = { group: 'squirrel', own: true, effect: 'read' } as const

export const squirrelCommands: readonly CommandRow[] = [
  {
    ...row,
    name: '',
    summary: 'Opens a Squirrel prompt on a fresh virtual device.',
    description: [
      'Opens a prompt that runs Squirrel on a fresh virtual device, with its agent, until Ctrl-D.',
    ],
    options: [...common],
    result: 'null',
  },
  {
    ...row,
    name: 'check',
    summary: 'Compiles Squirrel files without deploying them.',
    description: [
      'Compiles files and shows the errors, with row and column. Nothing is deployed and nothing runs.',
    ],
    options: [...common],
    result: 'record',
    words: [{ name: 'FILE', many: true, path: 'file' }],
  },
  {
    ...row,
    name: 'run',
    summary: 'Runs a Squirrel file on a fresh virtual device.',
    description: [
      'Runs a file on a fresh virtual device and shows its log, until nothing is left to do. The file is device code, or with --agent agent code; the other side may be given too.',
    ],
    options: [
      { name: 'agent', kind: 'flag', summary: 'FILE is agent code.' },
      { ...deviceFile, summary: 'Device code that runs beside the agent code of FILE.' },
      { ...agentFile, summary: 'Agent code that runs beside the device code of FILE.' },
      {
        name: 'time',
        kind: 'integer',
        value: 'SECONDS',
        summary: 'Ends after so many seconds of virtual time, for programs that would go on for ever.',
      },
      ...common,
    ],
    result: 'stream',
    entity: 'Log Entry',
    words: [{ name: 'FILE', path: 'file' }],
  },
]
