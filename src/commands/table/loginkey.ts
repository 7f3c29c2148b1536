import type { CommandRow, OptionRow } from '../row.ts'
import { common, confirmed, confirmNote, description, loginKey, password } from './shared.ts'

const theKey: OptionRow = { ...loginKey, required: true }

const keyDescription: OptionRow = {
  ...description,
  value: 'login_key_description',
  summary: 'Description of the login key, such as what uses it.',
}

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../loginkey.ts').group) => async () =>
  (await import('../loginkey.ts')).group[name]

export const loginkeyCommands: readonly CommandRow[] = [
  {
    group: 'loginkey',
    name: 'create',
    summary: 'Creates a new login key.',
    description: ['Makes a new login key for the account. The number of keys of an account is limited.'],
    options: [password, keyDescription, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Login Key',
    json: 'created',
    run: code('create'),
  },
  {
    group: 'loginkey',
    name: 'delete',
    summary: 'Deletes the specified login key.',
    description: ['Deletes a login key: whatever logs in with it is locked out.', confirmNote],
    options: [theKey, password, confirmed, ...common],
    effect: 'write',
    result: 'record',
    entity: 'Login Key',
    confirms: true,
    destructive: true,
    drops: ['loginkey'],
    run: code('delete'),
  },
  {
    group: 'loginkey',
    name: 'info',
    summary: 'Displays information about the specified login key.',
    description: ['Shows one login key.'],
    options: [theKey, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Login Key',
    run: code('info'),
  },
  {
    group: 'loginkey',
    name: 'list',
    summary: 'Displays information about all login keys.',
    description: ['Lists the login keys of the account.'],
    options: [...common],
    effect: 'read',
    result: 'list',
    entity: 'Login Key',
    run: code('list'),
  },
  {
    group: 'loginkey',
    name: 'update',
    summary: "Updates the specified login key's description.",
    description: ['Gives a login key another description.'],
    options: [
      theKey,
      password,
      { ...keyDescription, required: true, summary: 'New description.' },
      ...common,
    ],
    effect: 'write',
    result: 'record',
    entity: 'Login Key',
    run: code('update'),
  },
]
