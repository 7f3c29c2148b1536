import { join } from 'node:path'
import { inParallel } from '../../impcentral/parallel.ts'
import { ImptError } from '../../output/error.ts'
import type { CodeRef, CodeTexts } from '../account.ts'
import { codeRefOf, sha256 } from '../code.ts'
import type { Disk } from './disk.ts'
import type { Content } from './layout.ts'
import { fold } from './names.ts'
import { STAGED_CODE, STAGING, type Move } from './redo.ts'

/**
 * New files of a folder, put aside as they come, where they will lie, so that a whole new folder goes to its place in one move. Until they are
 * flushed a crash may cut them.
 */
export interface Staging {
  /** Takes the code of a build, which belongs into that folder; what is here already is not written again. */
  keep(texts: CodeTexts, folder: (ref: CodeRef) => string): Promise<CodeRef>
  /** Puts files aside; those that are there with the same content stay. */
  put(files: readonly (readonly [string, Content])[]): Promise<void>
  /** How the staged files at these paths come to their places; others are taken away. */
  moves(paths: readonly string[]): Promise<readonly Move[]>
  /** Waits for the code that is being put aside; what arrives later is refused: somebody else may work on the folder by then. */
  stop(): Promise<void>
}

/** `present`: SHA-256 of the files of the folder, by path. What a pull left that was cut short is used, as far as it is code. */
export async function openStaging(disk: Disk, present: ReadonlyMap<string, string>): Promise<Staging> {
  /** Where code lies, by its SHA-256: in the folder, or staged. */
  const places = new Map([...present].flatMap(([path, sha]) => (path.endsWith('.nut') ? [[sha, path]] : [])))
  const left = [...(await filesBelow(disk, STAGED_CODE)), ...(await filesBelow(disk, STAGING))]
  for (const path of left) {
    if (path.startsWith(`${STAGING}/`) && !path.endsWith('.nut')) continue
    const bytes = (await disk.read(path)) ?? ''
    const sha = sha256(bytes)
    // What a crash has cut is another text, and nobody's code. Nothing says that the disk has it.
    if (places.has(sha)) continue
    await disk.put(`${STAGED_CODE}/${sha}`, bytes)
    places.set(sha, `${STAGED_CODE}/${sha}`)
  }
  // What a killed pull left here has nothing to do with this one, and may have another mode.
  if (left.some((path) => path.startsWith(`${STAGING}/`))) await disk.removeAll(STAGING)

  /** SHA-256 by path. */
  const staged = new Map<string, string>()
  /** Code that is on its way to its first place; what more files need is copied. */
  const taking = new Map<string, Promise<void>>()
  let isStopped = false
  async function putCode(to: string, sha: string): Promise<void> {
    const place = places.get(sha)
    if (place?.startsWith(`${STAGED_CODE}/`) === true) {
      places.set(sha, to)
      const move = disk.move(place, to)
      taking.set(sha, move)
      return move
    }
    await taking.get(sha)
    const bytes = place === undefined ? undefined : await disk.read(place)
    if (bytes === undefined)
      throw new ImptError('FILE', `File error: ${join(disk.name, to)}: its code is gone.`)
    await disk.put(to, bytes)
  }

  return {
    async keep(texts, folder) {
      if (isStopped) throw new Error('nothing is put aside any more')
      const ref = codeRefOf(texts)
      const writing = (['device', 'agent'] as const).map(async (side) => {
        const path = `${folder(ref)}/${side}.nut`
        const sha = ref[side]
        // Noted before it is written: builds of one code arrive together, and two groups may have one.
        if (places.has(sha)) return taking.get(sha)
        // The first digits of two digests may be equal.
        const isFree = !staged.has(path)
        const place = isFree ? `${STAGING}/${path}` : `${STAGED_CODE}/${sha}`
        places.set(sha, place)
        if (isFree) staged.set(path, sha)
        const putting = disk.put(place, texts[side])
        taking.set(sha, putting)
        await putting
      })
      await Promise.all(writing)
      return ref
    },
    async put(files) {
      await inParallel(files, async ([path, content]) => {
        if (staged.get(path) === content.sha) return
        staged.set(path, content.sha)
        const to = `${STAGING}/${path}`
        if ('program' in content) await putCode(to, content.program)
        else await disk.put(to, content.text, content.secret === true)
      })
    },
    async moves(paths) {
      const lists = new Map<string, Promise<ReadonlySet<string>>>()
      const namesIn = (folder: string) => {
        const known =
          lists.get(folder) ?? disk.list(folder).then((all) => new Set(all.map(({ name }) => fold(name))))
        lists.set(folder, known)
        return known
      }
      /** The outermost folder on the way that is not there yet, or the file itself. */
      const newPart = async (path: string) => {
        const parts = path.split('/')
        for (let i = 1; i < parts.length; i++) {
          const isThere = (await namesIn(parts.slice(0, i - 1).join('/') || '.')).has(
            fold(parts[i - 1] as string),
          )
          if (!isThere) return parts.slice(0, i).join('/')
        }
        return path
      }
      const wanted = new Set(paths)
      for (const path of staged.keys()) if (!wanted.has(path)) await disk.remove(`${STAGING}/${path}`)
      const targets = new Set<string>()
      for (const path of paths) targets.add(await newPart(path))
      return [...targets].map((to) => ({ from: `${STAGING}/${to}`, to }))
    },
    async stop() {
      isStopped = true
      await Promise.allSettled(taking.values())
    },
  }
}

/** The paths of all plain files in a folder and below. */
async function filesBelow(disk: Disk, folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const { name, kind } of await disk.list(folder)) {
    const path = `${folder}/${name}`
    if (kind === 'folder') found.push(...(await filesBelow(disk, path)))
    else if (kind === 'file') found.push(path)
  }
  return found
}
