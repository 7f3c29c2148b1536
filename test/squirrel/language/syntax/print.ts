import type {
  Expression,
  FunctionDefinition,
  Member,
  Scalar,
  Statement,
} from '../../../../src/squirrel/language/syntax/ast.ts'

/** Squirrel source of an expression, every part of it in brackets. */
function printExpression(node: Expression): string {
  switch (node.kind) {
    case 'null':
    case 'this':
    case 'base':
      return node.kind
    case 'root':
      return '::'
    case 'literal':
      return scalar(node.value)
    case 'name':
      return node.name
    case 'member':
      return member(node)
    case 'call':
      return `${group(node.callee)}(${node.args.map(printExpression).join(', ')})`
    case 'unary':
      return `${node.operator} ${group(node.operand)}`
    case 'binary':
    case 'logical':
      return `${group(node.left)} ${node.operator} ${group(node.right)}`
    case 'conditional':
      return `${group(node.test)} ? ${group(node.yes)} : ${group(node.no)}`
    case 'assign':
      return `${printExpression(node.target)} ${node.operator} ${group(node.value)}`
    case 'step': {
      const operator = node.by === 1 ? '++' : '--'
      return node.prefix
        ? `${operator}${printExpression(node.target)}`
        : `${printExpression(node.target)}${operator}`
    }
    case 'delete':
      return `delete ${printExpression(node.target)}`
    case 'comma':
      return node.items.map(group).join(', ')
    case 'array':
      return `[${node.items.map(group).join(', ')}]`
    case 'table':
      return `{${node.slots.map(slot).join(', ')}}`
    case 'class': {
      const { base, attributes, members } = node.definition
      return `class ${base === null ? '' : `extends ${group(base)} `}${attributeText(attributes)}{${members.map(classMember).join('; ')}}`
    }
    default:
      return functionText(node.definition)
  }
}

/** Squirrel source of a statement. */
export function printStatement(node: Statement): string {
  switch (node.kind) {
    case 'empty':
      return ';'
    case 'expression':
      return `${group(node.expression)};`
    case 'block':
      return `{ ${node.body.map(printStatement).join('\n')} }`
    case 'if':
      return `if (${printExpression(node.test)}) ${printStatement(node.yes)}${node.no === null ? '' : ` else ${printStatement(node.no)}`}`
    case 'while':
      return `while (${printExpression(node.test)}) ${printStatement(node.body)}`
    case 'do':
      return `do ${printStatement(node.body)} while (${printExpression(node.test)});`
    case 'for':
      return `for (${node.initial === null ? ';' : printStatement(node.initial)} ${optional(node.test)}; ${optional(node.step)}) ${printStatement(node.body)}`
    case 'foreach':
      return `foreach (${node.key === null ? '' : `${node.key.name}, `}${node.value.name} in ${group(node.subject)}) ${printStatement(node.body)}`
    case 'switch':
      return `switch (${printExpression(node.subject)}) { ${node.cases
        .map((branch) => `case ${group(branch.test)}: ${branch.body.map(printStatement).join('\n')}`)
        .join(
          '\n',
        )} ${node.otherwise === null ? '' : `default: ${node.otherwise.map(printStatement).join('\n')}`} }`
    case 'local':
      return `local ${node.variables.map(({ name, initial }) => (initial === null ? name : `${name} = ${group(initial)}`)).join(', ')};`
    case 'return':
    case 'yield':
      return `${node.kind} ${optional(node.value)};`
    case 'throw':
      return `throw ${group(node.value)};`
    case 'break':
    case 'continue':
      return `${node.kind};`
    case 'try':
      return `try ${printStatement(node.body)} catch (${node.name.name}) ${printStatement(node.handler)}`
    case 'newslot':
      return `${printExpression(node.target)} <- ${group(node.value)};`
    case 'const':
      return `const ${node.name.name} = ${scalar(node.value)};`
    default:
      return `enum ${node.name.name} { ${node.values.map(({ name, value }) => `${name} = ${scalar(value)}`).join(', ')} }`
  }
}

function group(node: Expression): string {
  return `(${printExpression(node)})`
}

function optional(node: Expression | null): string {
  return node === null ? '' : printExpression(node)
}

function scalar(value: Scalar): string {
  if (typeof value === 'object') {
    const text = String(Math.abs(value.float))
    return `${value.float < 0 || Object.is(value.float, -0) ? '-' : ''}${/[.e]/.test(text) ? text : `${text}.0`}`
  }
  return typeof value === 'string' ? textLiteral(value) : String(value)
}

function textLiteral(value: string): string {
  const escaped = value.replace(
    /[^ !#-[\]-~]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return `"${escaped}"`
}

function member(node: Extract<Expression, { kind: 'member' }>): string {
  const word = node.key.kind === 'literal' && typeof node.key.value === 'string' ? node.key.value : null
  const isWord = word !== null && /^[a-z]$/.test(word)
  if (node.object.kind === 'root') return `::${word ?? 'x'}`
  return isWord ? `${group(node.object)}.${word}` : `${group(node.object)}[${group(node.key)}]`
}

function slot(node: Member): string {
  return `[${printExpression(node.key)}] = ${group(node.value)}`
}

function classMember(node: Member): string {
  return `${attributeText(node.attributes)}${node.isStatic ? 'static ' : ''}${slot(node)}`
}

function attributeText(attributes: readonly Member[] | null): string {
  return attributes === null ? '' : `</ ${attributes.map(slot).join(', ')} /> `
}

function functionText(definition: FunctionDefinition): string {
  const parameters = definition.parameters.map(({ name, initial }) =>
    initial === null ? name : `${name} = ${group(initial)}`,
  )
  if (definition.variadic) parameters.push('...')
  return `function (${parameters.join(', ')}) ${printStatement(definition.body)}`
}
