import type { CommandRow } from './row.ts'
import type { OptionPart } from './scan.ts'
import { commandLine } from './table/index.ts'

/** The options of a line by their long names. */
type Uses = ReadonlyMap<string, readonly OptionPart[]>

interface Conflict {
  readonly message: string
  readonly hint: string
  readonly word?: number
}

/** The rules of single commands about options that exclude or need each other (commands.md 2). */
export function specificChecks(command: CommandRow, uses: Uses): readonly Conflict[] {
  return checks[commandLine(command)]?.(uses) ?? []
}

const checks: { readonly [command: string]: ((uses: Uses) => readonly Conflict[]) | undefined } = {
  'auth login': (uses) => [...exclusive(uses, 'user', 'lk'), ...needs(uses, 'pwd', 'user')],
  'build run': logTimes,
  'dg restart': logTimes,
  'device restart': logTimes,
  'test github': (uses) => needs(uses, 'pwd', 'user'),
  'project create': (uses) => [
    ...together(uses, 'pre-factory', 'target'),
    ...together(uses, 'pre-factory', 'dut'),
  ],
  'dg create': dgCreate,
  'dg update': (uses) => [
    ...exclusive(uses, 'env-variable', 'set-env'),
    ...exclusive(uses, 'env-variable', 'unset-env'),
  ],
}

const factoryTypes = ['factory', 'pre-factory']
const productionTypes = ['production', 'pre-production']

/** Targets belong to the factory types, which need both; a region belongs to the production types. */
function dgCreate(uses: Uses): readonly Conflict[] {
  const given = uses.get('dg-type')?.[0]?.value ?? ''
  const type = [...factoryTypes, ...productionTypes, 'dut', 'pre-dut'].includes(given) ? given : 'development'
  const conflicts: Conflict[] = []
  for (const target of ['dut', 'target']) {
    if (!factoryTypes.includes(type)) conflicts.push(...wrongType(uses, target, type, factoryTypes))
    else if (!uses.has(target)) {
      conflicts.push({
        message: `Option "--${target}" must be specified for Device Group of type "${type}".`,
        hint: `add --${target} <DEVICE_GROUP_IDENTIFIER>`,
      })
    }
  }
  if (!productionTypes.includes(type)) conflicts.push(...wrongType(uses, 'region', type, productionTypes))
  return conflicts
}

function wrongType(uses: Uses, option: string, type: string, types: readonly string[]): readonly Conflict[] {
  const use = uses.get(option)?.[0]
  if (use === undefined) return []
  const allowed = types.map((name) => `"${name}"`).join(' or ')
  const message = `Invalid option "--${option}" for Device Group of the type "${type}". It may be specified for ${allowed} Device Groups only.`
  return [{ message, hint: `leave out --${option}, or say --dg-type ${types.join(' or ')}`, word: use.index }]
}

function exclusive(uses: Uses, a: string, b: string): readonly Conflict[] {
  const second = uses.get(b)?.[0]
  if (!uses.has(a) || second === undefined) return []
  const message = `Options "--${a}" and "--${b}" are mutually exclusive.`
  return [{ message, hint: 'leave one of them out', word: second.index }]
}

/** Without a log there are no times to show. */
function logTimes(uses: Uses): readonly Conflict[] {
  const message = 'Option "--time" is for the log that "--log" shows.'
  return needs(uses, 'time', 'log').map((conflict) => ({ ...conflict, message }))
}

function needs(uses: Uses, a: string, b: string): readonly Conflict[] {
  const use = uses.get(a)?.[0]
  if (use === undefined || uses.has(b)) return []
  const message = `Options "--${a}" and "--${b}" must be specified together.`
  return [{ message, hint: `add --${b}`, word: use.index }]
}

function together(uses: Uses, a: string, b: string): readonly Conflict[] {
  const message = `Options "--${a}" and "--${b}" must be specified together.`
  return [...needs(uses, a, b), ...needs(uses, b, a)].map((conflict) => ({ ...conflict, message }))
}
