import type { Disk } from '../../src/fleet/folder/disk.ts'

/**
 * The same disk, as those of Windows and macOS are: a name is found in any case, and an entry keeps the one that it was made with. Below, all
 * lies in small letters; `shown` holds how entries are written, by path.
 */
export function caseless(disk: Disk, shown: Map<string, string>): Disk {
  const fold = (path: string) => (path === '.' ? path : path.toLowerCase())
  const namesIn = async (folder: string) => new Set((await disk.list(fold(folder))).map(({ name }) => name))
  /** Notes how the new parts of a path are written; what is there already keeps its name. */
  const noting = async (path: string) => {
    const parts = path.split('/')
    for (let i = 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/')
      const isThere = (await namesIn(parts.slice(0, i - 1).join('/') || '.')).has(
        fold(parts[i - 1] as string),
      )
      if (!isThere) shown.set(fold(part), parts[i - 1] as string)
    }
  }
  return {
    ...disk,
    async list(path) {
      const at = path === '.' ? '' : `${fold(path)}/`
      return (await disk.list(fold(path))).map((entry) => ({
        ...entry,
        name: shown.get(at + entry.name) ?? entry.name,
      }))
    },
    read: (path) => disk.read(fold(path)),
    async write(path, ...rest) {
      await noting(path)
      return disk.write(fold(path), ...rest)
    },
    async put(path, ...rest) {
      await noting(path)
      return disk.put(fold(path), ...rest)
    },
    async append(path, line) {
      await noting(path)
      return disk.append(fold(path), line)
    },
    async move(from, to) {
      await noting(to)
      for (const [path, name] of shown)
        if (path.startsWith(`${fold(from)}/`)) shown.set(fold(to) + path.slice(from.length), name)
      return disk.move(fold(from), fold(to))
    },
    remove: (path) => disk.remove(fold(path)),
    removeAll: (path) => disk.removeAll(fold(path)),
  }
}
