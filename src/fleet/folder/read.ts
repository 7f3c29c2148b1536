import { groupTypeNamed } from '../../entities/kinds.ts'
import type { DeviceGroupType } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import {
  type AccountTree,
  type BuildNode,
  type CodeTexts,
  type FolderSettings,
  type GroupNode,
  type ProductNode,
} from '../account.ts'
import { codeRef, sha256 } from '../code.ts'
import { publicNames } from '../public.ts'
import { together } from '../together.ts'
import { CsvError, lackOf, readCsv, type CsvTable } from './csv.ts'
import type { Disk, Entry } from './disk.ts'
import { sourceOf, type Hints } from './hints.ts'
import { readJson, type Json } from './json.ts'
import { devicesOf, envOf, hintsOf, notesOf, readTags, settingsOf, webhooksOf } from './parts.ts'
import { lastSource } from './redo.ts'
import { textsAt } from './texts.ts'
import {
  byPlace,
  missingCode,
  NO_BUILDS,
  noTwins,
  problemOf,
  problemsError,
  type Problem,
} from './problems.ts'

/** A folder as it was read. */
export interface Folder {
  readonly tree: AccountTree
  readonly settings: FolderSettings
  /** Of every account that the folder was pulled from or applied to. */
  readonly hints: readonly Hints[]
  /** Whose folder it is: the account that it was pulled from last; undefined where nobody can tell. */
  readonly source: Hints['account'] | undefined
  /** SHA-256 of every file that was read, by path. */
  readonly shas: ReadonlyMap<string, string>
  /** The programs of a build by the digest of its code. */
  texts(digest: string): Promise<CodeTexts>
  readonly problems: readonly Problem[]
}

/** Reads a whole folder. Throws FILE with everything that is wrong in it, with file, line and column. */
export async function readFolder(disk: Disk): Promise<Folder> {
  const folder = await lookAt(disk)
  if (!folder.shas.has('account.json') && folder.problems.length === 0)
    throw new ImptError('FILE', `"${disk.name}" is not a folder of an account: it has no account.json.`, {
      hint: `Use "impt pull ${disk.name}" to make one`,
    })
  if (folder.problems.length > 0) throw problemsError(disk.name, folder.problems)
  return folder
}

/** Reads what can be read of a folder, and notes the rest as problems. An empty one is an empty account. */
export async function lookAt(disk: Disk): Promise<Folder> {
  const parser = await import('jsonc-parser')
  const problems: Problem[] = []
  const shas = new Map<string, string>()
  const code = new Map<string, string>()

  const noted = (path: string, error: unknown): undefined => {
    if (!(error instanceof ImptError)) throw error
    problems.push(problemOf(disk, path, error))
  }
  const bytesOf = async (path: string): Promise<Buffer | undefined> => {
    try {
      const bytes = await disk.read(path)
      if (bytes !== undefined) shas.set(path, sha256(bytes))
      return bytes
    } catch (error) {
      return noted(path, error)
    }
  }
  const textOf = async (path: string): Promise<string | undefined> => {
    const bytes = await bytesOf(path)
    if (bytes === undefined) return undefined
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      problems.push({ path, text: 'it is not UTF-8 text' })
      return undefined
    }
  }
  const jsonAt = async (path: string, form?: 'array'): Promise<Json | undefined> => {
    const text = await textOf(path)
    return text === undefined
      ? undefined
      : readJson(parser, path, text.replace(/^\ufeff/, ''), problems, form)
  }
  const csvAt = async (path: string, needed: readonly string[]): Promise<CsvTable | undefined> => {
    const text = await textOf(path)
    if (text === undefined) return undefined
    try {
      const table = await readCsv(text)
      const lack = lackOf(table, needed)
      if (lack === undefined) return table
      problems.push({ path, line: 1, column: 1, text: `it ${lack}` })
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      problems.push({ path, line: error.line, column: 1, text: error.message })
    }
    return undefined
  }
  const entriesIn = async (path: string): Promise<readonly Entry[]> => {
    try {
      return await disk.list(path)
    } catch (error) {
      noted(path, error)
      return []
    }
  }
  const foldersIn = async (path: string): Promise<readonly string[]> => {
    const entries = await entriesIn(path)
    for (const { name, kind } of entries)
      if (kind === 'other')
        problems.push({ path: `${path}/${name}`, text: 'it is a link, a pipe or a device' })
    return entries.flatMap(({ name, kind }) => (kind === 'folder' ? [`${path}/${name}`] : []))
  }

  const settings = settingsOf(await jsonAt('account.json'))
  const secrets = await jsonAt('secrets.json')
  const isPublic = await publicNames(settings.public)
  const products: ProductNode[] = []
  for (const path of await foldersIn('products')) {
    const json = await jsonAt(`${path}/product.json`)
    // What lies below is read all the same: all that is wrong is told at once, and a pull knows of every file.
    const groups = present(await together(await foldersIn(`${path}/groups`), readGroup))
    noTwins(groups, 'Device Groups', problems)
    if (json === undefined) {
      if (!shas.has(`${path}/product.json`)) problems.push({ path, text: 'product.json is missing' })
      continue
    }
    json.only('name', 'description')
    products.push({
      path,
      name: json.required('name'),
      description: json.text('description') || undefined,
      ...notesOf(json),
      groups,
    })
  }
  noTwins(products, 'Products', problems)

  async function readGroup(path: string): Promise<GroupNode | undefined> {
    const json = await jsonAt(`${path}/group.json`)
    const builds = await readBuilds(path)
    if (json === undefined) {
      if (!shas.has(`${path}/group.json`)) problems.push({ path, text: 'group.json is missing' })
      return undefined
    }
    json.only(
      'name',
      'type',
      'description',
      'region',
      'load_code_after_blessing',
      'targets',
      'env',
      'webhooks',
    )
    const typeName = json.required('type')
    const type =
      groupTypeNamed(typeName) ??
      (typeName.endsWith('_devicegroup') ? (typeName as DeviceGroupType) : undefined)
    if (type === undefined && typeName !== '') json.wrong(`"${typeName}" is no type of Device Group`, 'type')
    const blessed = type === undefined || /^(?:pre_)?production_/.test(type)
    if (!blessed)
      for (const name of ['region', 'load_code_after_blessing'])
        if (json.has(name)) json.wrong(`a ${typeName} group has no "${name}"`, name)
    const own = secrets?.object(path)
    const targets = json.object('targets')
    targets?.only('production', 'dut')
    const isFixture = type !== undefined && /factoryfixture/.test(type)
    if (targets && type !== undefined && !isFixture)
      json.wrong(`a ${typeName} group has no targets`, 'targets')
    const target = (name: 'production' | 'dut') => {
      if (isFixture && !targets?.has(name)) json.wrong(`a ${typeName} group needs the target "${name}"`)
      return targets?.text(name)
    }
    return {
      path,
      name: json.required('name'),
      // Of a type that is none there is a problem, and no plan.
      type: type ?? 'development_devicegroup',
      description: json.text('description') || undefined,
      region: json.text('region') || undefined,
      loadCode: blessed ? (json.boolean('load_code_after_blessing') ?? true) : undefined,
      targets: { production: target('production'), dut: target('dut') },
      env: settings.without.includes('env') && !json.has('env') ? undefined : envOf(json, own, isPublic),
      webhooks:
        settings.without.includes('webhooks') && !json.has('webhooks') ? undefined : webhooksOf(json, own),
      builds,
      ...notesOf(json),
    }
  }

  async function readBuilds(group: string): Promise<readonly BuildNode[] | undefined> {
    const path = `${group}/builds.json`
    const json = await jsonAt(path, 'array')
    if (json === undefined) {
      const hasCode = (await entriesIn(group)).some(({ name }) =>
        /^(?:(?:device|agent)\.nut|builds)$/.test(name),
      )
      if (hasCode && !shas.has(path) && !problems.some((one) => one.path === path))
        problems.push({ path, text: NO_BUILDS })
      return undefined
    }
    const read = await together(json.members(), async ([, item]): Promise<BuildNode | undefined> => {
      if (!item.isObject()) return undefined
      item.only('code', 'description', 'origin', 'tags', 'flagged', 'minimum', 'current')
      const place = item.required('code')
      const current = item.boolean('current') ?? false
      if (place !== '.' && !/^builds\/[0-9a-f]{12,64}$/.test(place)) {
        if (place !== '') item.wrong(`"${place}" does not name code of this group`, 'code')
        return undefined
      }
      if ((place === '.') !== current) {
        item.wrong('the current build, and no other, has the code "."', 'code')
        return undefined
      }
      const folder = place === '.' ? group : `${group}/${place}`
      const ref = await readCode(folder)
      if (ref === undefined) return undefined
      return {
        code: ref,
        description: item.text('description') || undefined,
        origin: item.text('origin') || undefined,
        tags: readTags(item),
        flagged: item.boolean('flagged') ?? false,
        minimum: item.boolean('minimum') ?? false,
        current,
        ...notesOf(item),
      }
    })
    const builds = present(read)
    for (const what of ['current', 'minimum'] as const)
      if (builds.filter((one) => one[what]).length > 1)
        problems.push({ path, line: 1, column: 1, text: `two builds are marked ${what}` })
    if (builds.some((one) => one.current) && builds.at(-1)?.current !== true)
      problems.push({ path, line: 1, column: 1, text: 'the current build must be the last' })
    return builds
  }

  async function readCode(folder: string) {
    const shasOf: string[] = []
    for (const side of ['device', 'agent']) {
      const path = `${folder}/${side}.nut`
      const known = shas.get(path)
      const text = known === undefined ? await textOf(path) : undefined
      if (known === undefined && text === undefined) {
        if (!shas.has(path) && !problems.some((one) => one.path === path))
          problems.push(missingCode(folder, path))
        return undefined
      }
      shasOf.push(shas.get(path) as string)
    }
    const ref = codeRef(shasOf[0] as string, shasOf[1] as string)
    code.set(ref.digest, folder)
    return ref
  }

  const table = await csvAt('devices.csv', ['id'])
  const devices = table && devicesOf(table, problems)
  const loginKeys = (await csvAt('loginkeys.csv', ['description']))?.rows.map(
    ({ cells }) => cells['description'] ?? '',
  )

  const hints: Hints[] = []
  for (const { name, kind } of await entriesIn('hints')) {
    if (kind !== 'file' || !name.endsWith('.json')) continue
    const read = hintsOf(await jsonAt(`hints/${name}`))
    if (read) hints.push(read)
  }

  return {
    tree: { products, devices, loginKeys },
    settings,
    hints,
    source: sourceOf(hints, await lastSource(disk)),
    shas,
    problems: problems.toSorted(byPlace),
    texts: (digest) => textsAt(disk, code.get(digest), digest),
  }
}

function present<T>(items: readonly (T | undefined)[]): readonly T[] {
  return items.filter((item) => item !== undefined)
}
