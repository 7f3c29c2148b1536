import { type Code, type LineControl, newCode } from './code.ts'
import { Failure, type Place, PreprocessError, located } from './errors.ts'
import { type Host, type Steps, evaluate } from './evaluate.ts'
import { type Expression, parseExpression } from './expression.ts'
import { BUILTINS, INCLUDE } from './functions.ts'
import { type Frame, find } from './names.ts'
import { type Argument, type Instruction, parse } from './parser.ts'
import { type Source, isRemote } from './source.ts'
import { Callable, textOf } from './values.ts'

/** Names of environment variables that hold credentials: ours, and by habit those of others. */
const CREDENTIAL = /TOKEN|PASSWORD|LOGINKEY|SECRET|API_?KEY/i

/** What the machine asks its driver for: a source, or (with `undefined`) nothing but a moment for other work. */
export type Request = { readonly reference: string; readonly from: Source } | undefined
export type Reply = Source | undefined

/** What a program starts with. */
interface Setting {
  readonly variables: Readonly<Record<string, unknown>>
  readonly env: NodeJS.ProcessEnv
  readonly lineControl: LineControl
  readonly markerRoot: string | undefined
  readonly maxSteps: number
  warn(text: string, place: Place): void
}

interface Macro {
  readonly parameters: readonly string[]
  readonly body: Instruction[]
  readonly source: Source
  readonly line: number
}

type Run<Result> = Steps<Request, Reply, Result>

// As deep as npm Builder 4.2.1 goes, counting files, macros and blocks.
const MAX_DEPTH = 256
const STEPS_BETWEEN_PAUSES = 20_000

/** Predefined names that functions of a library see. */
const PLACES = ['__FILE__', '__PATH__', '__LINE__', '__REPO_REF__', '__REPO_PREFIX__']

const NO_LOCALS: ReadonlyMap<string, unknown> = new Map()

/**
 * Executes a source and everything it includes. The generator yields a request for each source it needs and is resumed
 * with it, so that the caller decides how sources are read, and waiting blocks nobody.
 * @throws PreprocessError
 */
export function* execute(main: Source, setting: Setting): Run<Code> {
  const globals = new Map<string, unknown>()
  const macros = new Map<Callable, Macro>()
  const programs = new Map<string, Instruction[]>()
  const includedFrom = new Map<string, { reference: string; place: Place }>()
  const code = newCode(setting.lineControl, setting.markerRoot)
  const trail: string[] = []
  let depth = 0
  let steps = 0
  let line = 1
  const host: Host<Frame, Request, Reply> = {
    lookup,
    defined: (name, frame) => find(name, frame, line, setting.variables, globals) !== undefined,
    call,
  }

  yield* file(main, main.text, { source: main, locals: NO_LOCALS, parent: undefined }, code)
  return code

  function* file(source: Source, text: string, frame: Frame, out: Code): Run<void> {
    const name = source.name
    trail.push(name)
    let program = programs.get(source.uri)
    if (program === undefined) {
      program = parse(text, name)
      programs.set(source.uri, program)
    }
    yield* body(program, frame, out)
    trail.pop()
  }

  function* body(instructions: readonly Instruction[], frame: Frame, out: Code): Run<void> {
    const name = frame.source.name
    if (++depth > MAX_DEPTH) throw tooDeep({ file: name, line })
    for (const instruction of instructions) {
      line = instruction.line
      if (countStep(name)) yield undefined
      try {
        if (instruction.type === 'text') out.write(instruction.text, name, line, 1)
        else yield* perform(instruction, frame, name, out)
      } catch (error) {
        throw located(error, { file: name, line })
      }
    }
    depth--
  }

  function* perform(
    instruction: Exclude<Instruction, { type: 'text' }>,
    frame: Frame,
    name: string,
    out: Code,
  ): Run<void> {
    const place = { file: name, line: instruction.line }
    switch (instruction.type) {
      case 'inline':
        out.write(textOf(yield* value(instruction.value, frame)), name, instruction.line, 0)
        return
      case 'set':
        globals.set(instruction.name, yield* argument(instruction.value, frame))
        return
      case 'include':
        yield* include(instruction.source, instruction.once, frame, place, out)
        return
      case 'error':
        throw new PreprocessError('DATA', textOf(yield* argument(instruction.message, frame)), place)
      case 'warning':
        setting.warn(textOf(yield* argument(instruction.message, frame)), place)
        return
      case 'if':
        for (const branch of instruction.branches) {
          line = branch.line
          if (branch.test !== undefined && !(yield* argument(branch.test, frame))) continue
          yield* body(branch.body, frame, out)
          return
        }
        return
      case 'while':
        for (let index = 0; yield* argument(instruction.test, frame); index++) {
          yield* iteration(instruction.body, index, frame, out)
          line = instruction.line
        }
        return
      case 'repeat': {
        const times = repetitions(yield* argument(instruction.test, frame))
        for (let index = 0; index < times; index++) yield* iteration(instruction.body, index, frame, out)
        return
      }
      case 'macro':
        declare(instruction, frame.source)
    }
  }

  function* iteration(
    instructions: readonly Instruction[],
    index: number,
    frame: Frame,
    out: Code,
  ): Run<void> {
    if (countStep(frame.source.name)) yield undefined
    const locals = new Map([['loop', { index, iteration: index + 1 }]])
    yield* body(instructions, { source: frame.source, locals, parent: frame }, out)
  }

  function declare(instruction: Extract<Instruction, { type: 'macro' }>, source: Source): void {
    const head = parsed(instruction.head)
    if (head.type !== 'call' || head.callee.type !== 'name') {
      throw new Failure('DATA', 'A macro is declared as @macro name(parameter, ...)')
    }
    const { name } = head.callee
    const known = globals.get(name)
    const earlier = known instanceof Callable ? macros.get(known) : undefined
    if (earlier !== undefined) {
      throw new Failure(
        'DATA',
        `Macro "${name}" is already declared at ${earlier.source.name}:${earlier.line}`,
      )
    }
    const parameters = head.args.map((parameter) => {
      if (parameter.type === 'name') return parameter.name
      throw new Failure('DATA', `The parameters of macro "${name}" must be names`)
    })
    const callable = new Callable(name)
    globals.set(name, callable)
    macros.set(callable, { parameters, body: instruction.body, source, line: instruction.line })
  }

  function* include(source: Argument, once: boolean, frame: Frame, place: Place, out: Code): Run<void> {
    const expression = parsed(source)
    if (expression.type === 'call' && expression.callee.type === 'name') {
      const callable = lookup(expression.callee.name, frame)
      const macro = callable instanceof Callable ? macros.get(callable) : undefined
      if (macro !== undefined) {
        const args: unknown[] = []
        for (const arg of expression.args) args.push(yield* value(arg, frame))
        yield* expand(macro, args, frame, out)
        return
      }
    }
    const reference: unknown = yield* value(expression, frame)
    if (typeof reference !== 'string') {
      throw new Failure('DATA', `@include needs the name of a source, not ${textOf(reference)}`)
    }
    yield* includeSource(reference.trim(), once, frame, place, out)
  }

  function* includeSource(
    reference: string,
    once: boolean,
    frame: Frame,
    place: Place,
    out: Code,
  ): Run<void> {
    const source = yield { reference, from: frame.source }
    if (source === undefined) throw new Failure('FILE', `"${reference}" was not found`)
    const before = includedFrom.get(source.sha256)
    if (once && before !== undefined) return
    if (before !== undefined && before.reference !== reference) {
      setting.warn(
        `The same content is included twice: "${before.reference}" at ${before.place.file}:${before.place.line} ` +
          `and "${reference}"`,
        place,
      )
    }
    includedFrom.set(source.sha256, { reference, place })
    // A last line without its end must not run into the line after the include.
    const text = source.text === '' || source.text.endsWith('\n') ? source.text : `${source.text}\n`
    yield* file(source, text, { source, locals: NO_LOCALS, parent: frame }, out)
  }

  function* expand(macro: Macro, args: readonly unknown[], frame: Frame, out: Code): Run<void> {
    const given = macro.parameters.slice(0, args.length)
    const locals = new Map(given.map((parameter, index) => [parameter, args[index]]))
    yield* body(macro.body, { source: macro.source, locals, parent: frame }, out)
  }

  function value(expression: Expression, frame: Frame): Run<unknown> {
    return evaluate(expression, frame, host)
  }

  function argument(from: Argument, frame: Frame): Run<unknown> {
    return value(parsed(from), frame)
  }

  function* call(callable: Callable, args: readonly unknown[], frame: Frame): Run<unknown> {
    const macro = macros.get(callable)
    if (macro === undefined && callable !== INCLUDE) return callable.run?.(args, () => namesAt(frame))
    const at = line
    const captured = newCode(false)
    if (macro !== undefined) yield* expand(macro, args, frame, captured)
    else {
      const [reference] = args
      if (typeof reference !== 'string') throw new Failure('DATA', 'include() needs the name of a source')
      yield* includeSource(reference, false, frame, { file: frame.source.name, line: at }, captured)
    }
    line = at
    return captured.text().replace(/\r?\n$/, '')
  }

  /** What a function of a library sees as `this`: functions are called as such. */
  function namesAt(frame: Frame): Readonly<Record<string, unknown>> {
    const seen = [...BUILTINS, ...Object.entries(setting.variables)].map(([name, value]) => [
      name,
      value instanceof Callable ? (...args: unknown[]) => value.run?.(args, () => namesAt(frame)) : value,
    ])
    const places = PLACES.map((name) => [name, lookup(name, frame)])
    return { ...Object.fromEntries([...seen, ...places]), globals: Object.fromEntries(globals) }
  }

  function lookup(name: string, frame: Frame): unknown {
    const found = find(name, frame, line, setting.variables, globals)
    if (found !== undefined) return found
    // Code of others could send a credential away, in the address of an include or in the program itself.
    if (CREDENTIAL.test(name) && isRemote(frame.source)) return null
    return Object.hasOwn(setting.env, name) ? (setting.env[name] ?? null) : null
  }

  /** Tells whether other work of the process is due a moment. */
  function countStep(file: string): boolean {
    if (++steps <= setting.maxSteps) return steps % STEPS_BETWEEN_PAUSES === 0
    const reason = `Stopped after ${setting.maxSteps} steps: a loop or macro does not end`
    throw new PreprocessError('DATA', reason, { file, line })
  }

  function tooDeep(place: Place): PreprocessError {
    const name = trail.at(-1) ?? ''
    const before = trail.slice(0, -1).lastIndexOf(name)
    const cycle = before === -1 ? undefined : trail.slice(before).join(' -> ')
    const reason = cycle === undefined ? 'blocks or macros nest' : `include cycle ${cycle}: sources nest`
    return new PreprocessError('DATA', `${capital(reason)} more than ${MAX_DEPTH} deep`, place)
  }
}

function parsed(argument: Argument): Expression {
  argument.parsed ??= parseExpression(argument.text)
  return argument.parsed
}

function repetitions(value: unknown): number {
  const times = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof times === 'number' && Number.isSafeInteger(times) && times >= 0) return times
  throw new Failure('DATA', `@repeat needs a whole number that is not negative, not ${textOf(value)}`)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
