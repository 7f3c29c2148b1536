import { access, constants } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Finder } from '../entities/finder.ts'
import type { AccountName, FolderKind } from '../fleet/account.ts'
import { diskOf, type Disk } from '../fleet/folder/disk.ts'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { codeOf, fileError, namingFile } from '../session/file-error.ts'
import { exists } from '../session/json-file.ts'
import { makeFolders } from '../session/made-folder.ts'
import { tryLock } from '../session/lock.ts'
import { ensureFolder } from '../session/paths.ts'
import type { Context } from './context.ts'
import { flagOf, listOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** The account that a command is about. */
export interface Owner {
  readonly account: AccountName
  readonly isOwn: boolean
}

export async function requestOf(finder: Finder, options: OptionValues, owner: Owner) {
  return {
    ...owner,
    prune: flagOf(options, 'prune'),
    moveTags: flagOf(options, 'move-tags'),
    without: listOf(options, 'without') as readonly FolderKind[],
    products: options['product'] === undefined ? undefined : await idsOfProducts(finder, options, owner),
  }
}

export async function idsOfProducts(finder: Finder, options: OptionValues, { account }: Owner) {
  return Promise.all(
    listOf(options, 'product').map(async (text) => ({
      text,
      ids: (await finder.findAll('product', text))
        .filter(({ relationships }) => (relationships?.['owner']?.id ?? account.id) === account.id)
        .map(({ id }) => id),
    })),
  )
}

export async function ownerOf(context: Context, finder: Finder, options: OptionValues): Promise<Owner> {
  const [owner, me] = await Promise.all([
    finder.find('account', textOf(options, 'owner') ?? 'me'),
    finder.me(),
  ])
  const { username, email } = owner.attributes
  return {
    account: {
      id: owner.id,
      username: [username, email].find((one) => typeof one === 'string') ?? owner.id,
      // The embedded impCentral has another port each time, and is the same all the same.
      host: context.session.sandbox ? 'sandbox' : new URL(finder.client.endpoint).host,
    },
    isOwn: owner.id === me.id,
  }
}

/**
 * Works on a folder that no other process works on. Throws CONFLICT with who does. What only reads needs no folder that it may write to: nobody is
 * kept out of one then.
 */
export async function inFolder<T>(
  context: Context,
  name: string,
  work: (disk: Disk) => Promise<T>,
  use: 'makes' | 'changes' | 'reads' = 'changes',
): Promise<T> {
  // An unset variable in a script must not fill, or be compared with, the folder where the script stands.
  if (name === '')
    throw new ImptError('USAGE', 'The name of the folder is empty.', { hint: 'write . for the folder here' })
  const root = resolve(context.directory, name)
  if (use === 'makes') await namingFile(name, () => makeFolders(root))
  else if (!(await exists(root)))
    throw new ImptError('FILE', `File error: ${visible(name)}: folder is not found.`, {
      hint: `Use "impt pull ${visible(name)}" to make one`,
    })
  if (use === 'reads' && !(await canKeep(join(root, '.impt')))) return work(diskOf(root, name))
  await ensureFolder(join(root, '.impt'))
  return tryLock(join(root, '.impt', 'folder'), `The folder "${visible(name)}"`, () =>
    work(diskOf(root, name)),
  )
}

/** Whether files can be made in a folder, which is made if need be. */
async function canKeep(folder: string): Promise<boolean> {
  try {
    await makeFolders(folder, 0o700)
    await access(folder, constants.W_OK)
    return true
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return false
    throw fileError(folder, error)
  }
}
