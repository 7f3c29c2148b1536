import type { CommandRow, OptionRow } from '../row.ts'
import { common, confirmed, password, jsonOf } from './shared.ts'

/** The code of a command, loaded when it first runs. */
const code = (name: keyof typeof import('../auth.ts').group) => async () =>
  (await import('../auth.ts')).group[name]

/** Logins side by side: each has a folder of its own. */
const as: OptionRow = {
  name: 'as',
  kind: 'text',
  value: 'LOGIN',
  names: 'login',
  own: true,
  summary: 'Login of this name, kept beside others for "impt target", in place of the auth files.',
}

export const authCommands: readonly CommandRow[] = [
  {
    group: 'auth',
    name: 'info',
    summary: 'Displays the status and the details of the authentication applicable to the current directory.',
    description: [
      'Shows which login commands in this directory use, where it comes from and how long it lasts.',
      'The local auth file is looked for first, then the IMPT_AUTH_FILE_PATH, IMPT_LOGINKEY and IMPT_USER environment variables, then the global auth file.',
    ],
    options: [as, ...common],
    effect: 'read',
    result: 'record',
    entity: 'Auth',
    run: code('info'),
  },
  {
    group: 'auth',
    name: 'login',
    summary: 'Creates the global or local auth file.',
    description: [
      'Logs in with a user name and password, or with a login key, and keeps the access in the global auth file, or in the local one of this directory.',
      'Without --user and --lk you choose the way and are asked for the credentials. An account with multi-factor authentication is asked for its one-time password.',
      'An existing auth file is only overwritten after a question, or with --confirmed.',
    ],
    options: [
      {
        name: 'local',
        letter: 'l',
        kind: 'flag',
        summary: 'Writes the local auth file of this directory instead of the global one.',
      },
      {
        name: 'endpoint',
        letter: 'e',
        kind: 'text',
        value: 'endpoint_url',
        default: 'https://api.electricimp.com/v5',
        summary: 'Base URL of the impCentral API.',
      },
      {
        name: 'user',
        letter: 'u',
        kind: 'text',
        value: 'user_id',
        summary: 'User name or e-mail address of the account.',
      },
      { ...password, summary: 'Password of the account, together with --user. If absent, it is asked for.' },
      // A key that logs in is a credential, not one of the keys of the account that is logged in: nothing to complete.
      {
        name: 'lk',
        letter: 'k',
        kind: 'text',
        value: 'login_key_id',
        secret: true,
        summary: 'Login key of the account, in place of user and password.',
      },
      {
        name: 'temp',
        letter: 't',
        kind: 'flag',
        summary: 'Does not keep what is needed to renew the access: when it expires, you log in again.',
      },
      { ...as, summary: 'Keeps the login under this name beside others, for "impt target".' },
      confirmed,
      ...common,
    ],
    effect: 'auth',
    result: 'record',
    entity: 'Auth',
    confirms: true,
    targetless: true,
    run: code('login'),
  },
  {
    group: 'auth',
    name: 'logout',
    summary: 'Deletes the global or local auth file.',
    description: ['Deletes the global auth file, or the local one of this directory.'],
    options: [
      {
        name: 'local',
        letter: 'l',
        kind: 'flag',
        summary: 'Deletes the local auth file of this directory instead of the global one.',
      },
      { ...as, summary: 'Deletes the login of this name.' },
      ...common,
    ],
    effect: 'auth',
    result: 'record',
    entity: 'Auth',
    targetless: true,
    run: code('logout'),
  },
  {
    group: 'auth',
    name: 'list',
    summary: 'Displays the logins that are kept side by side.',
    description: [
      'Displays the logins that "impt auth login --as" has made, with the endpoint of each and the account as it was last seen. The server is not asked.',
    ],
    options: [...common],
    effect: 'read',
    result: 'list',
    json: jsonOf('logins'),
    own: true,
    targetless: true,
    run: code('list'),
  },
]
