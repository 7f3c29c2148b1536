/** One member of the imp API, as plain data: the only description of it in the program. */
export type ApiRow = {
  /** `imp.wakeup`, `hardware.pin.configure`, `DIGITAL_OUT`. */
  path: string
  kind: 'object' | 'method' | 'property' | 'constant' | 'class'
  side: 'device' | 'agent' | 'both'
  /** The imp types that have it; absent: all. */
  types?: readonly string[]
  params: readonly ApiParameter[]
  /** Takes any number of arguments after its parameters. */
  variadic: boolean
  returns: string
  doc: string
  value?: number
  /** `stub`: accepted without effect; `absent`: documented, and raises here. */
  state: 'full' | 'stub' | 'absent'
  /** What to use instead. */
  deprecated?: string
  /** The code waits for it. */
  blocking: boolean
}

export type ApiParameter = { name: string; type: string; optional: boolean }

const LETTERS: Readonly<Record<string, string>> = {
  integer: 'i',
  float: 'f',
  number: 'n',
  string: 's',
  table: 't',
  array: 'a',
  function: 'c',
  bool: 'b',
  null: 'o',
  blob: 'x',
}

/** The mask by which a native function checks the arguments of a method (`library/native.ts`). */
export function maskOf({ params, variadic }: ApiRow): string {
  let mask = ''
  let optional = false
  for (const param of params) {
    if (param.optional && !optional) mask += '['
    optional ||= param.optional
    const letters = param.type.split('|').map((type) => LETTERS[type] ?? '.')
    mask += letters.includes('.') ? '.' : letters.join('|')
  }
  return mask + (variadic ? '*' : '')
}

/** A method as a person writes it: `imp.wakeup(seconds, callback)`. */
export function signatureOf({ path, kind, params, variadic, returns }: ApiRow): string {
  if (kind !== 'method') return path
  const words = params.map(({ name, type, optional }) => `${name}${optional ? '?' : ''}: ${type}`)
  if (variadic) words.push('...')
  return `${path}(${words.join(', ')})${returns === '' ? '' : ` -> ${returns}`}`
}

const LINE =
  /^(device|agent|both)\s+([\w.]+)(\([^)]*\))?(?:\s*->\s*([\w|]+))?(?:\s*=\s*(-?\d+))?((?:\s*\[[^\]]*\])*)\s*\|\s*(.+)$/

/**
 * Rows from lines of the form `SIDE PATH(name: type, name?: type, ...) -> type = VALUE [flag]... | DOC`. Flags: `class`, `property`, `stub`, `absent`,
 * `blocking`, `types imp001 imp002`, `instead X`. A path without brackets and value is an object. `.name` goes on from the last object or class.
 */
export function parseRows(text: string): ApiRow[] {
  let prefix = ''
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [, side, name = '', list, returns = '', value, flags = '', doc = ''] =
        LINE.exec(line.trim()) ?? []
      if (side === undefined) throw new Error(`no row of the API: ${line}`)
      const path = name.startsWith('.') ? prefix + name : name
      const words = [...flags.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
      const flag = (word: string) => words.find((one) => one === word || one.startsWith(`${word} `))
      const kind = flag('class')
        ? 'class'
        : flag('property')
          ? 'property'
          : value !== undefined
            ? 'constant'
            : list !== undefined
              ? 'method'
              : 'object'
      if (kind === 'object' || kind === 'class') prefix = path
      const params = (list ?? '')
        .slice(1, -1)
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '')
      const types = flag('types')?.split(' ').slice(1)
      const instead = flag('instead')?.slice('instead '.length)
      return {
        path,
        kind,
        side: side as ApiRow['side'],
        ...(types ? { types } : {}),
        params: params.filter((one) => one !== '...').map(parameterOf),
        variadic: params.includes('...'),
        returns,
        doc,
        ...(value === undefined ? {} : { value: Number(value) }),
        state: flag('absent') ? 'absent' : flag('stub') ? 'stub' : 'full',
        ...(instead ? { deprecated: instead } : {}),
        blocking: flag('blocking') !== undefined,
      }
    })
}

function parameterOf(text: string): ApiParameter {
  const [name = '', type = 'any'] = text.split(/\s*:\s*/)
  const optional = name.endsWith('?')
  return { name: optional ? name.slice(0, -1) : name, type, optional }
}
