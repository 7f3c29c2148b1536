import { isAbsolute, join } from 'node:path'
import { namingFile } from './file-error.ts'
import type { Environment } from './execution-context.ts'
import { homeDirectory } from './home.ts'
import { makeFolders } from './made-folder.ts'

/** Our own folders, apart from the documented files. None of them needs to exist. */
interface Folders {
  /** Settings and `init.imptsh`. */
  readonly config: string
  /** History and the state of background servers. */
  readonly state: string
  /** What may be deleted at any time: names of entities. */
  readonly cache: string
}

/**
 * Our folders: by the XDG rules on Unix (`~/.config/impt`, `~/.local/state/impt`, `~/.cache/impt`; a relative `XDG_*` is ignored, as
 * its specification says), below `%APPDATA%\impt` on Windows.
 */
export function foldersOf(env: Environment, platform: NodeJS.Platform = process.platform): Folders {
  if (platform === 'win32') {
    const root = join(env.APPDATA || join(homeDirectory(env), 'AppData', 'Roaming'), 'impt')
    return { config: root, state: join(root, 'state'), cache: join(root, 'cache') }
  }
  const base = (variable: string | undefined, fallback: string) =>
    join(variable && isAbsolute(variable) ? variable : join(homeDirectory(env), fallback), 'impt')
  return {
    config: base(env.XDG_CONFIG_HOME, '.config'),
    state: base(env.XDG_STATE_HOME, '.local/state'),
    cache: base(env.XDG_CACHE_HOME, '.cache'),
  }
}

/** Creates one of our folders where it is missing, closed to other users (0700). Throws FILE. */
export async function ensureFolder(folder: string): Promise<void> {
  await namingFile(folder, () => makeFolders(folder, 0o700))
}
