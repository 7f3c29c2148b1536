import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import type { Environment } from './execution-context.ts'
import { corrupted, isObject, readJsonFile, updateJsonFile, type JsonFile } from './json-file.ts'
import { checkTargetName, isTargetName } from './logins.ts'
import { ownTargetsPath, projectTargetsPath } from './names-here.ts'
import { ensureFolder } from './paths.ts'
import type { Session } from './session.ts'
import { chosenPath, type Choosing } from './target-choice.ts'

/** What a target says in one file. A login is named, never an endpoint, a key or a path to one. */
export interface TargetFields {
  readonly login?: string
  readonly product?: string
  readonly dg?: string
  /** Variables of the preprocessor. */
  readonly define?: Readonly<Record<string, string>>
  readonly deviceFile?: string
  readonly agentFile?: string
  readonly production?: boolean
}

export type TargetField = keyof TargetFields

/** Which of the two files says something: the user's own, or the one of the working directory, which Git may have brought. */
export type TargetSource = 'own' | 'project'

/** A target as both files together say it. */
export interface Target extends TargetFields {
  readonly name: string
  readonly production: boolean
  readonly sources: Readonly<Partial<Record<TargetField, TargetSource>>>
}

interface FieldRule {
  readonly expected: string
  /** `source`: what Git brings is trusted less. */
  readonly fits: (value: unknown, source: TargetSource) => boolean
}

const LONGEST = 1000
// oxlint-disable-next-line no-control-regex
const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST && !/[\p{Cc}\u2028\u2029]/u.test(value)

const file: FieldRule = {
  expected: 'a path, in a project file one inside its folder',
  fits: (value, source) => isText(value) && (source === 'own' || isInside(value)),
}

const text: FieldRule = { expected: 'a text without control characters', fits: isText }

/** The keys of a target in their order. The only description of them in the program. */
const RULES: Readonly<Record<TargetField, FieldRule>> = {
  login: {
    expected: 'the name of a login',
    fits: (value) => typeof value === 'string' && isTargetName(value),
  },
  product: text,
  dg: text,
  define: {
    expected: 'an object of texts, by the names of variables',
    fits: (value) =>
      isObject(value) &&
      Object.entries(value).every(([name, one]) => /^[A-Za-z_]\w{0,99}$/.test(name) && isDefinition(one)) &&
      !Object.hasOwn(value, '__proto__'),
  },
  deviceFile: file,
  agentFile: file,
  production: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
}

const TARGET_FIELDS = Object.keys(RULES) as readonly TargetField[]

// oxlint-disable-next-line no-control-regex
const isDefinition = (value: unknown) =>
  typeof value === 'string' && value.length <= LONGEST && !/\p{Cc}/u.test(value)

function isInside(path: string): boolean {
  return !/^(?:[/\\~]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes('..')
}

const FORMAT = 1

/** The user's own targets. */
export function ownTargetsFile(env: Environment): JsonFile {
  const path = ownTargetsPath(env)
  return { title: 'Targets', path, form: 'plain', remedy: `Correct the file, or delete it: ${path}` }
}

/** The targets of a working directory, made to be kept in Git. */
export function projectTargetsFile(directory: string): JsonFile {
  return {
    title: 'Project targets',
    path: projectTargetsPath(directory),
    form: 'plain',
    remedy: 'Correct the file, or delete it: .impt.targets',
  }
}

type Targets = ReadonlyMap<string, TargetFields>

/** Reads one file of targets; empty where there is none. Throws FILE for what is wrong with it, also for a key that it must not have. */
export async function readTargets(file: JsonFile, source: TargetSource): Promise<Targets> {
  return targetsIn(file, await readJsonFile(file), source)
}

function targetsIn(file: JsonFile, content: unknown, source: TargetSource): Targets {
  if (content === undefined) return new Map()
  const { format, targets, ...more } = content as Record<string, unknown>
  if (typeof format === 'number' && format > FORMAT)
    throw corrupted(file, `"format" is ${format}, which a newer version of impt has written`)
  if (format !== FORMAT) throw corrupted(file, '"format" must be 1')
  refuseMore(file, Object.keys(more), '')
  if (!isObject(targets)) throw corrupted(file, '"targets" must be an object')
  return new Map(
    Object.entries(targets).map(([name, fields]) => [name, fieldsIn(file, name, fields, source)]),
  )
}

function fieldsIn(file: JsonFile, name: string, fields: unknown, source: TargetSource): TargetFields {
  if (!isTargetName(name)) throw corrupted(file, `"${shown(name)}" cannot be the name of a target`)
  if (!isObject(fields)) throw corrupted(file, `target "${name}" must be an object`)
  const known = new Map<string, FieldRule>(Object.entries(RULES))
  refuseMore(
    file,
    Object.keys(fields).filter((key) => !known.has(key)),
    ` of target "${name}"`,
  )
  for (const [key, { expected, fits }] of known)
    if (Object.hasOwn(fields, key) && !fits(fields[key], source))
      throw corrupted(file, `"${key}" of target "${name}" must be ${expected}`)
  return fields
}

/** A key that we do not know may be one that somebody hopes for, such as an endpoint: it is refused, not passed over. */
function refuseMore(file: JsonFile, keys: readonly string[], where: string): void {
  const [key] = keys
  if (key === undefined) return
  throw corrupted(
    file,
    `"${shown(key)}"${where} is no key of it; a target names a login, and the login says the rest`,
  )
}

const shown = (key: string) => visible(key.slice(0, 60))

/** The two files of a working directory. */
async function readBoth(directory: string, env: Environment): Promise<Record<TargetSource, Targets>> {
  const [own, project] = await Promise.all([
    readTargets(ownTargetsFile(env), 'own'),
    readTargets(projectTargetsFile(directory), 'project'),
  ])
  return { own, project }
}

/** All targets that a working directory knows, by name. Throws FILE. */
export async function listTargets(directory: string, env: Environment): Promise<readonly Target[]> {
  const both = await readBoth(directory, env)
  const names = [...new Set([...both.own.keys(), ...both.project.keys()])].toSorted()
  return names.map((name) => merged(name, both))
}

/** One target. Throws NOT_FOUND with those that there are, USAGE for an impossible name, FILE. */
export async function findTarget(name: string, directory: string, env: Environment): Promise<Target> {
  checkTargetName('target', name)
  const both = await readBoth(directory, env)
  if (both.own.has(name) || both.project.has(name)) return merged(name, both)
  const names = [...new Set([...both.own.keys(), ...both.project.keys()])]
  throw new ImptError('NOT_FOUND', `There is no target "${name}".`, {
    hint:
      names.length === 0
        ? `Make it with "impt target add ${name} --login LOGIN"`
        : `Targets are: ${names.toSorted().join(', ')}`,
  })
}

/**
 * What both files say. The user's own words come first: what Git brought fills in, and changes nothing of them. `production` holds if either
 * says so, and for a target of the project alone also if a target of the user's own with the same login says so.
 */
function merged(name: string, { own, project }: Record<TargetSource, Targets>): Target {
  const sources: Partial<Record<TargetField, TargetSource>> = {}
  const fields: Record<string, unknown> = {}
  for (const [source, said] of [
    ['own', own.get(name)],
    ['project', project.get(name)],
  ] as const) {
    for (const [key, value] of Object.entries(said ?? {})) {
      if (Object.hasOwn(fields, key) && !(key === 'production' && value === true)) continue
      fields[key] = value
      sources[key as TargetField] = source
    }
  }
  const { login } = fields
  const isOwnLogin = sources.login === 'own'
  const isGuarded =
    !isOwnLogin && [...own.values()].some((other) => other.production === true && other.login === login)
  if (isGuarded && fields.production !== true) sources.production = 'own'
  return { ...fields, name, production: fields.production === true || isGuarded, sources }
}

/** Changes the targets of one file; `change` gets what the target says now. Throws FILE, and what `change` throws. */
export async function changeTarget(
  file: JsonFile,
  source: TargetSource,
  name: string,
  change: (fields: TargetFields | undefined) => TargetFields | undefined,
): Promise<void> {
  if (source === 'own') await ensureFolder(join(file.path, '..'))
  await updateJsonFile(file, (content) => {
    const targets = new Map(targetsIn(file, content, source))
    const changed = change(targets.get(name))
    if (changed === undefined) targets.delete(name)
    else targets.set(name, fieldsIn(file, name, ordered(changed), source))
    return { format: FORMAT, targets: Object.fromEntries(targets) }
  })
}

function ordered(fields: TargetFields): TargetFields {
  return Object.fromEntries(
    TARGET_FIELDS.flatMap((key) => (fields[key] === undefined ? [] : [[key, fields[key]]])),
  )
}

/** A target that `target use` chose for a directory, with the login that it had then. */
interface DirectoryTarget {
  readonly name: string
  readonly login?: string
}

function chosenFile(session: Pick<Session, 'folders'>): JsonFile {
  const path = chosenPath(session)
  return { title: 'Target use', path, form: 'plain', remedy: `Delete it and choose again: ${path}` }
}

function choicesIn(file: JsonFile, content: unknown): ReadonlyMap<string, DirectoryTarget> {
  const { directories = {} } = (content ?? {}) as { readonly directories?: unknown }
  if (!isObject(directories)) throw corrupted(file, '"directories" must be an object')
  return new Map(
    Object.entries(directories).map(([directory, chosen]) => {
      const { name, login } = isObject(chosen) ? chosen : {}
      if (
        typeof name !== 'string' ||
        !isTargetName(name) ||
        (login !== undefined && typeof login !== 'string')
      )
        throw corrupted(file, 'it names something that is no target')
      return [directory, { name, ...(login === undefined ? {} : { login }) }]
    }),
  )
}

/** What `target use` chose for a directory; parents are not searched. Throws FILE. */
export async function directoryTarget(
  session: Pick<Session, 'folders'>,
  directory: string,
): Promise<DirectoryTarget | undefined> {
  const file = chosenFile(session)
  return choicesIn(file, await readJsonFile(file)).get(directory)
}

/** Chooses a target for a directory, or none; forgets directories that are gone. Throws FILE. */
export async function chooseForDirectory(
  session: Pick<Session, 'folders'>,
  directory: string,
  target: Target | undefined,
): Promise<void> {
  const file = chosenFile(session)
  await ensureFolder(session.folders.state)
  await updateJsonFile(file, (content) => {
    const others = [...choicesIn(file, content)].filter(([one]) => one !== directory && existsSync(one))
    const chosen =
      target && ({ name: target.name, ...(target.login && { login: target.login }) } as DirectoryTarget)
    return {
      format: FORMAT,
      directories: Object.fromEntries(chosen ? [...others, [directory, chosen]] : others),
    }
  })
}

/**
 * The target that is in effect. Throws NOT_FOUND, USAGE, FILE, and CONFLICT where it has another login, or its login another account, by now.
 */
export async function targetOf(
  session: Session,
  directory: string,
  { name, by, login }: Choosing,
): Promise<Target> {
  const target = await findTarget(name, directory, session.env)
  if (by === 'directory' && target.login !== login)
    throw new ImptError('CONFLICT', `Target "${name}" of this directory has another login now.`, {
      hint: `Look at "impt target info ${name}" and choose again with "impt target use ${name}"`,
    })
  await (await import('./target-accounts.ts')).assertSameAccount(session, directory, target)
  return target
}
