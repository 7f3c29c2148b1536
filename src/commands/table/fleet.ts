import type { BuildMode, FolderKind } from '../../fleet/account.ts'
import type { CommandRow, OptionRow } from '../row.ts'
import { account, common, confirmed, confirmNote, force, jsonOf, product } from './shared.ts'

const row = { name: '', own: true, result: 'record' } as const
const folder = [{ name: 'DIR', path: 'directory' }] as const

const owner: OptionRow = { ...account, summary: 'Account whose Products are meant. If absent, "me".' }

const products: OptionRow = {
  ...product,
  list: true,
  summary: 'Only this Product; the rest of the folder stays untouched.',
}

const without: OptionRow = {
  name: 'without',
  kind: 'text',
  value: 'KIND',
  choices: ['builds', 'env', 'webhooks', 'devices', 'loginkeys'] satisfies readonly FolderKind[],
  list: true,
  summary: 'Leaves this kind alone: it is neither read nor compared.',
}

const prune: OptionRow = {
  name: 'prune',
  kind: 'flag',
  summary:
    'Also deletes what only the cloud has: webhooks, empty groups, empty Products. Never builds, devices or login keys.',
}

const moveTags: OptionRow = {
  name: 'move-tags',
  kind: 'flag',
  summary:
    'Takes a tag from the build of the group that has it, where the folder gives it to other code. If absent, it stays where it is.',
}

export const fleetCommands: readonly CommandRow[] = [
  {
    ...row,
    group: 'pull',
    summary: 'Writes an account into a folder.',
    description: [
      'Writes Products, Device Groups, builds, variables, webhooks, devices and login keys of an account into a folder that Git understands. The folder is changed as a whole or not at all; two pulls of an unchanged account are equal byte for byte. Secrets go to secrets.json, which Git ignores.',
      'Files that were edited here since the last pull are not replaced, unless --force is given. See "impt help fleet".',
    ],
    options: [
      owner,
      products,
      without,
      {
        name: 'builds',
        letter: 'b',
        kind: 'text',
        value: 'WHICH',
        choices: ['current', 'flagged', 'all'] satisfies readonly BuildMode[],
        summary:
          'Builds of each group. If absent, as before, else "current", which includes minimum supported ones.',
      },
      {
        name: 'public',
        kind: 'text',
        value: 'NAME',
        list: true,
        summary: 'Variables, such as LOG_*, whose values are no secrets. If absent, as before.',
      },
      {
        ...force,
        summary:
          'Replaces files that were edited here, which are kept in .impt/replaced; pulls into a folder that holds other things, or that was pulled from another account.',
      },
      ...common,
    ],
    effect: 'local',
    words: folder,
    json: jsonOf('pull'),
    run: async () => (await import('../folder.ts')).pull,
  },
  {
    ...row,
    group: 'plan',
    summary: 'Shows what differs between a folder and the cloud.',
    description: [
      'Shows what "impt apply" would do to make the cloud like the folder. Changes nothing. Exit code 0: nothing differs; 6: something does. What is kept whatever is applied (devices that are not in the folder, values that are not in this copy of it) is told, and is no difference.',
    ],
    options: [owner, products, without, prune, moveTags, ...common],
    effect: 'read',
    words: folder,
    json: jsonOf('plan'),
    run: async () => (await import('../folder.ts')).plan,
  },
  {
    ...row,
    group: 'apply',
    summary: 'Makes the cloud like a folder.',
    description: [
      'Plans, shows the plan, asks once and carries it out. Devices are not restarted; nothing is deleted without --prune. After an error or a break, the same command goes on where it was.',
      confirmNote,
    ],
    options: [
      owner,
      products,
      without,
      prune,
      moveTags,
      {
        name: 'plan',
        kind: 'text',
        value: 'ID',
        summary: 'Carries out only the plan of this id: what was reviewed is what is done.',
      },
      {
        name: 'keep-going',
        letter: 'k',
        kind: 'flag',
        summary: 'After a failure goes on with what does not depend on it.',
      },
      confirmed,
      ...common,
    ],
    effect: 'write',
    retypesGroups: true,
    confirms: true,
    drops: ['product', 'dg', 'build', 'device', 'webhook'],
    words: folder,
    json: jsonOf('apply'),
    run: async () => (await import('../folder.ts')).apply,
  },
]
