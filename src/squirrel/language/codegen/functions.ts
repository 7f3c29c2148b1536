import type { ClassDefinition, Expression, FunctionDefinition, Member } from '../syntax/ast.ts'
import { expression, table } from './expressions.ts'
import { LEAVE, body } from './statements.ts'
import type { Emitter } from './emitter.ts'

/** JavaScript that makes the function object of a definition. */
export function functionExpression(emitter: Emitter, definition: FunctionDefinition): string {
  const defaults = definition.parameters
    .map((parameter) => parameter.initial)
    .filter((initial) => initial !== null)
  const values = defaults.map((initial) => expression(emitter, initial))
  const names = values.map(() => emitter.name('p'))
  const made = functionCode(emitter, definition, names)
  return names.length === 0
    ? made
    : `((${names.join(', ')}) => withDefaults(${made}, [${names.join(', ')}]))(${values.join(', ')})`
}

/** The function object; `defaults` are variables with the default values of the last parameters. */
export function functionCode(
  emitter: Emitter,
  definition: FunctionDefinition,
  defaults: readonly string[],
): string {
  const info =
    emitter.infos.push({
      name: definition.name,
      file: definition.token.file,
      line: definition.token.line,
      parameters: definition.parameters.map((parameter) => parameter.name),
      defaults: defaults.length,
      variadic: definition.variadic,
    }) - 1
  const holder = emitter.name('h')
  emitter.functions.push({
    name: definition.name ?? 'unknown',
    isGenerator: definition.isGenerator,
    holder,
    usesHolder: false,
    scopes: [new Map()],
    temporaries: 0,
    mostTemporaries: 0,
    token: definition.token,
    calls: false,
  })
  const { hooks } = emitter
  const variables = definition.parameters.map(({ name, token }) => emitter.declare(name, token))
  const moved = variables.map((variable) => hooks.parameter(variable, argumentName(variable)))
  const parameters = variables.map((variable, at) => (moved[at] === '' ? variable : argumentName(variable)))
  const rest = definition.variadic ? emitter.name('r') : null
  const head = checkCount(emitter, definition, parameters, defaults)
  const variadic =
    rest === null ? '' : hooks.declare(emitter.declare('vargv', definition.token), `new A(${rest})`)
  const watch = `${hooks.enter(emitter, definition)}${moved.join('')}${variadic}`
  const marked = body(emitter, definition.body)
  const leave = hooks.leave(emitter)
  const exit = hooks.exit(emitter)
  const { mostTemporaries, usesHolder, calls } = emitter.state
  // What calls nothing needs no count of its frames: metamethods count those that they cause.
  const counts = calls && !definition.isGenerator
  const inside = marked.replaceAll(LEAVE, counts ? 'T[1]++, ' : '')
  const temporaries =
    mostTemporaries === 0
      ? ''
      : `let ${Array.from({ length: mostTemporaries }, (_, at) => `t${at + 1}`).join(', ')};`
  const list = ['self', ...parameters, ...(rest === null ? [] : [`...${rest}`])].join(', ')
  emitter.state.token = definition.token
  const start = `${emitter.mark()}if (--T[0] < 0) slice(); ${counts ? 'if (--T[1] < 0) tooDeep(); ' : ''}${definition.isGenerator ? '' : temporaries + watch}`
  const code = definition.isGenerator
    ? `${start}return new G((function* () {${temporaries}${watch}${inside}${emitter.unmarked()}${leave && `${leave};`}return null ${exit}})())`
    : `${start}${inside}${emitter.unmarked()}${leave && `${leave};`}${counts ? 'T[1]++; ' : ''}return null${exit}`
  emitter.functions.pop()
  const text = `function (${list}) {${emitter.unmarked()}${head}${code}${outerMark(emitter)}}`
  return usesHolder ? `makeFunction((${holder}) => ${text}, I[${info}])` : `new F(${text}, I[${info}], null)`
}

/** JavaScript that makes the class of a definition. */
export function classExpression(emitter: Emitter, definition: ClassDefinition): string {
  const base = definition.base === null ? 'null' : expression(emitter, definition.base)
  const attributes = definition.attributes === null ? 'null' : table(emitter, definition.attributes)
  const cls = emitter.name('c')
  const members = definition.members.map((member) => classMember(emitter, cls, member))
  return `((${cls}) => {${members.join('')}${emitter.mark()}return ${cls} })(makeClass(${base}, ${definition.base !== null}, ${attributes}))`
}

function classMember(emitter: Emitter, cls: string, member: Member): string {
  const attributes = member.attributes === null ? 'null' : table(emitter, member.attributes)
  const mark = emitter.mark()
  const key: Expression = member.key
  return `${mark}addMember(${cls}, ${expression(emitter, key)}, ${expression(emitter, member.value)}, ${attributes}, ${member.isStatic});`
}

// The rest of the statement around a function goes on on a line of its own.
function outerMark(emitter: Emitter): string {
  return emitter.functions.length === 0 ? emitter.unmarked() : emitter.mark()
}

// Names of locals are no argument's when the hooks keep them somewhere else.
function argumentName(variable: string): string {
  return `a${variable.replace(/\W/g, '_')}`
}

// The caller's line is the place of a wrong count, so this line belongs to no frame.
function checkCount(
  emitter: Emitter,
  definition: FunctionDefinition,
  parameters: string[],
  defaults: readonly string[],
): string {
  const most = parameters.length + 1
  const least = most - defaults.length
  if (definition.variadic) return `if (arguments.length < ${most}) wrongCount();`
  if (defaults.length === 0) return `if (arguments.length !== ${most}) wrongCount();`
  const fill = defaults.map((value, at) => {
    const parameter = parameters[parameters.length - defaults.length + at]
    const arm = emitter.hooks.branch(emitter, definition, at)
    return `if (${parameter} === undefined) ${parameter} = ${arm === '' ? value : `(${arm}, ${value})`};`
  })
  return `if (arguments.length < ${least} || arguments.length > ${most}) wrongCount(); ${fill.join(' ')}`
}
