import type { CommandRow } from '../row.ts'
import { account, common } from './shared.ts'

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../account.ts').group) => async () =>
  (await import('../account.ts')).group[name]

export const accountCommands: readonly CommandRow[] = [
  {
    group: 'account',
    name: 'info',
    summary: 'Displays information about the specified account.',
    description: ['Shows one account: the one that is logged in, unless another is named.'],
    options: [
      {
        ...account,
        name: 'user',
        letter: 'u',
        default: 'me',
        summary: 'Account: "me", its id, e-mail address or user name.',
      },
      ...common,
    ],
    effect: 'read',
    result: 'record',
    entity: 'Account',
    run: code('info'),
  },
  {
    group: 'account',
    name: 'list',
    summary: 'Displays information about all available accounts.',
    description: ['Lists the account that is logged in and the accounts on which it collaborates.'],
    options: [...common],
    effect: 'read',
    result: 'list',
    entity: 'Account',
    run: code('list'),
  },
]
