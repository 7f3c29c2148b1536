/** Reads the arguments of requests: they come from outside, so that nothing about them is sure. Each function throws an Error that names the member. */

export type Arguments = Readonly<Record<string, unknown>>

export function argumentsOf(value: unknown): Arguments {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('arguments must be an object')
  return value as Arguments
}

export function text(args: Arguments, name: string): string {
  const value = args[name]
  if (typeof value !== 'string') throw new Error(`"${name}" must be a text`)
  return value
}

export function optionalText(args: Arguments, name: string): string | undefined {
  return args[name] === undefined || args[name] === null ? undefined : text(args, name)
}

export function whole(args: Arguments, name: string): number {
  const value = args[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new Error(`"${name}" must be a whole number`)
  return value
}

export function optionalWhole(args: Arguments, name: string): number | undefined {
  return args[name] === undefined || args[name] === null ? undefined : whole(args, name)
}

export function flag(args: Arguments, name: string): boolean {
  const value = args[name] ?? false
  if (typeof value !== 'boolean') throw new Error(`"${name}" must be true or false`)
  return value
}

export function objects(args: Arguments, name: string): Arguments[] {
  const value = args[name] ?? []
  if (!Array.isArray(value)) throw new Error(`"${name}" must be a list`)
  return value.map((one: unknown) => argumentsOf(one))
}

export function texts(args: Arguments, name: string): string[] {
  const value = args[name] ?? []
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw new Error(`"${name}" must be a list of texts`)
  return value as string[]
}

function oneOf<Choice extends string>(
  args: Arguments,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = optionalText(args, name)
  if (value !== undefined && !choices.includes(value as Choice))
    throw new Error(`"${name}" must be ${choices.join(' or ')}`)
  return value as Choice | undefined
}

function pairs(args: Arguments, name: string): Record<string, string | number> {
  const found = argumentsOf(args[name])
  for (const value of Object.values(found))
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new Error(`"${name}" must have texts and numbers only`)
  return found as Record<string, string | number>
}

/** The arguments of `launch`, as editors write them into their configuration. */
export type Launch = {
  program: string | undefined
  side: 'device' | 'agent'
  deviceFile: string | undefined
  agentFile: string | undefined
  type: string | undefined
  script: string | undefined
  libraries: string[]
  vars: Record<string, string | number>
  preprocess: boolean | undefined
  define: Record<string, string | number>
  seed: number | undefined
  start: string | undefined
  time: 'fast' | 'real'
  maxTicks: number | undefined
  stopOnEntry: boolean
  noDebug: boolean
  cwd: string | undefined
}

const KNOWN: readonly string[] =
  'program side deviceFile agentFile type impType script libraries vars preprocess define seed start time maxTicks stopOnEntry noDebug cwd token'.split(
    ' ',
  )
/** Members that editors add to every configuration; those with `__` are theirs too. */
const OF_EDITORS: readonly string[] = ['name', 'request', 'restart', 'type', 'presentation', 'console']

/** Reads them; `unknown` are members that mean nothing here. */
export function launchOf(args: Arguments): { launch: Launch; unknown: string[] } {
  const launch: Launch = {
    program: optionalText(args, 'program'),
    side: oneOf(args, 'side', ['device', 'agent']) ?? 'device',
    deviceFile: optionalText(args, 'deviceFile'),
    agentFile: optionalText(args, 'agentFile'),
    type: impType(args),
    script: optionalText(args, 'script'),
    libraries: texts(args, 'libraries'),
    vars: pairs(args, 'vars'),
    preprocess: args['preprocess'] === undefined ? undefined : flag(args, 'preprocess'),
    define: pairs(args, 'define'),
    seed: optionalWhole(args, 'seed'),
    start: optionalText(args, 'start'),
    time: oneOf(args, 'time', ['fast', 'real']) ?? 'fast',
    maxTicks: optionalWhole(args, 'maxTicks'),
    stopOnEntry: flag(args, 'stopOnEntry'),
    noDebug: flag(args, 'noDebug'),
    cwd: optionalText(args, 'cwd'),
  }
  const known = new Set([...KNOWN, ...OF_EDITORS])
  return { launch, unknown: Object.keys(args).filter((name) => !known.has(name) && !name.startsWith('__')) }
}

// Editors write the name of their debugger into `type`: what names no imp is theirs.
function impType(args: Arguments): string | undefined {
  const value = optionalText(args, 'impType') ?? optionalText(args, 'type')
  return value !== undefined && /^imp[c\d]/i.test(value) ? value : undefined
}
