import type {
  Argument,
  Block,
  Chain,
  Command,
  Expression,
  External,
  If,
  Parameter,
  Part,
  MatchArm,
  MatchPattern,
  PathStep,
  Pipeline,
  Script,
  Setting,
  Statement,
  Target,
  Word,
} from '../../../src/language/syntax/tree.ts'

/** Writes a tree as text again, every expression in brackets: what it means must not depend on how it was written. */
export function printTree(tree: Script): string {
  return tree.body.map((node) => `${statement(node)}\n`).join('')
}

function statement(node: Statement): string {
  switch (node.kind) {
    case 'version':
      return `imptsh ${node.number}`
    case 'param':
      return `param ${parameter(node.parameter)}`
    case 'let':
      return `${node.exported === true ? 'export ' : ''}let ${target(node.target)} = ${statement(node.value)}`
    case 'set':
      return `set ${node.env ? 'env.' : ''}${node.name.text}${node.path.map(step).join('')} ${node.operator ?? ''}= ${statement(node.value)}`
    case 'if':
      return ifStatement(node)
    case 'for':
      return `for ${target(node.target)} in ${expression(node.list)} ${block(node.body)}`
    case 'while':
      return `while ${expression(node.condition)} ${block(node.body)}`
    case 'try': {
      const catches = node.catches.map(
        ({ codes, name, body }) =>
          ` catch ${codes.map((code) => code.text).join(', ')} ${name?.text ?? ''} ${block(body)}`,
      )
      return `try ${block(node.body)}${catches.join('')}${node.finally === undefined ? '' : ` finally ${block(node.finally)}`}`
    }
    case 'fn':
      return `${node.exported === true ? 'export ' : ''}fn ${node.name.text}(${node.parameters.map(parameter).join(', ')}) ${block(node.body)}`
    case 'with':
      return `with ${node.settings.map(setting).join(', ')} ${block(node.body)}`
    case 'break':
    case 'continue':
      return node.kind
    case 'return':
      return `return ${node.value === undefined ? '' : statement(node.value)}`
    case 'throw':
    case 'exit':
      return `${node.kind} ${node.value === undefined ? '' : expression(node.value)}`
    case 'assert':
      return `assert ${expression(node.condition)}${node.message === undefined ? '' : `, ${expression(node.message)}`}`
    case 'source':
      return `source ${word(node.path)}`
    case 'match':
      return `match ${expression(node.subject)} {\n${node.arms.map(arm).join('')}}`
    case 'import':
      return node.alias === undefined
        ? `import ${node.names.map((name) => name.text).join(', ')} from ${expression(node.path)}`
        : `import ${expression(node.path)} as ${node.alias.text}`
    case 'test':
      return `test ${expression(node.name)} ${block(node.body)}`
    default:
      return chain(node)
  }
}

function target(node: Target): string {
  if (!('kind' in node)) return node.text
  if (node.kind === 'list-pattern')
    return `[${[...node.items.map(({ text }) => text), ...(node.rest === undefined ? [] : [`...${node.rest.text}`])].join(', ')}]`
  const fields = node.fields.map(
    ({ field, optional, target: { text } }) => `${quoted(field)}${optional ? '?' : ''}: ${text}`,
  )
  return `{${fields.join(', ')}}`
}

function step(node: PathStep): string {
  return node.kind === 'field' ? `.${quoted(node.name)}` : `[${expression(node.index)}]`
}

function arm({ patterns, body }: MatchArm): string {
  return `${patterns.map(pattern).join(', ')} => ${body.kind === 'block' ? block(body) : statement(body)}\n`
}

function pattern(node: MatchPattern): string {
  if (node.kind === 'else') return 'else'
  if (node.kind === 'compare')
    return `${node.operator === '==' ? '' : `${node.operator} `}${expression(node.value)}`
  return `{${node.fields.map(({ name, pattern: inner }) => `${quoted(name)}: ${pattern(inner)}`).join(', ')}}`
}

function ifStatement({ condition, body, otherwise }: If): string {
  const rest =
    otherwise === undefined
      ? ''
      : ` else ${otherwise.kind === 'if' ? ifStatement(otherwise) : block(otherwise)}`
  return `if ${expression(condition)} ${block(body)}${rest}`
}

function parameter({ name, style, letter, type, choices, fallback }: Parameter): string {
  const mark = style === 'option' ? '--' : style === 'rest' ? '...' : ''
  const tail = `${type === undefined ? '' : `: ${type}${choices === undefined ? '' : `(${choices.map((one) => quoted(one)).join(', ')})`}`}${fallback === undefined ? '' : ` = ${expression(fallback)}`}`
  return `${mark}${name.text}${letter === undefined ? '' : `/${letter}`}${tail}`
}

function setting(node: Setting): string {
  if (node.kind === 'word') return `${node.name} ${word(node.value)}`
  return node.kind === 'env' ? `env ${node.name.text} = ${expression(node.value)}` : node.kind
}

function block({ parameters, body }: Block): string {
  const names = parameters.length === 0 ? '' : `|${parameters.map(target).join(', ')}|`
  return `{ ${names}\n${body.map((node) => `${statement(node)}\n`).join('')}}`
}

function chain({ first, rest }: Chain): string {
  return [pipeline(first), ...rest.map((next) => `${next.operator} ${pipeline(next.pipeline)}`)].join(' ')
}

function pipeline({ first, stages, redirect }: Pipeline): string {
  const target = redirect === undefined ? '' : ` ${redirect.append ? '>>' : '>'} ${word(redirect.target)}`
  return [stageOrValue(first), ...stages.map(stageOrValue)].join(' | ') + target
}

function stageOrValue(node: Expression | Command | External): string {
  switch (node.kind) {
    case 'command':
      return [node.head.text, ...node.args.map((one) => argument(one, node.head.text))].join(' ')
    case 'external':
      return [`!${word(node.program)}`, ...node.args.map((one) => argument(one))].join(' ')
    default:
      return expression(node)
  }
}

function argument(node: Argument, head = ''): string {
  switch (node.kind) {
    case 'option':
      return `${node.text}${node.value === undefined ? '' : `=${word(node.value)}`}`
    case 'spread':
      return `...${expression(node.value)}`
    case 'block':
      return block(node)
    case 'condition':
      return expression(node.body)
    default:
      return word(node) + (head === 'add' ? ' =' : '')
  }
}

function word({ parts }: Word): string {
  return parts.map((node) => part(node, parts.length === 1)).join('')
}

function part(node: Part, alone: boolean): string {
  if (node.kind === 'bare') return node.text.replace(/['"$]/g, '\\$&')
  if (node.kind !== 'value') return expression(node)
  const { value } = node
  return alone && value.kind === 'paren' ? expression(value) : `$${grouped(value)}`
}

/** In brackets, so that it can follow a `$`. */
function grouped(node: Expression): string {
  const text = expression(node)
  return text.startsWith('(') ? text : `(${text})`
}

function quoted(text: string): string {
  return `"${text.replace(/["\\$]/g, '\\$&')}"`
}

function expression(node: Expression): string {
  switch (node.kind) {
    case 'text':
      return quoted(node.text)
    case 'template':
      return `"${node.pieces.map((piece) => (typeof piece === 'string' ? piece.replace(/["\\$]/g, '\\$&') : `$${grouped(piece)}`)).join('')}"`
    case 'number':
      return node.value < 0 ? `(${node.value})` : String(node.value)
    case 'duration':
      return node.value < 0 ? `(${node.value}ms)` : `${node.value}ms`
    case 'time':
      return node.text
    case 'variable':
      return `$${node.name}`
    case 'field-name':
      return `${node.name}${node.optional ? '?' : ''}`
    case 'field':
      return `${expression(node.object)}.${quoted(node.name)}${node.optional ? '?' : ''}`
    case 'index':
      return `${expression(node.object)}[${expression(node.index)}]${node.optional ? '?' : ''}`
    case 'binary':
      return `(${expression(node.left)} ${node.operator} ${expression(node.right)})`
    case 'not':
      return `(not ${expression(node.operand)})`
    case 'negate':
      return `(0 - ${expression(node.operand)})`
    case 'list':
      return `[${node.items.map((item) => (item.spread ? '...' : '') + expression(item.value)).join(', ')}]`
    case 'record':
      return `{${node.fields.map((field) => (field.kind === 'spread' ? `...${expression(field.value)}` : field.kind === 'computed' ? `[${expression(field.name)}]: ${expression(field.value)}` : `${quoted(field.name)}: ${expression(field.value)}`)).join(', ')}}`
    case 'paren':
      return `(${statement(node.body)})`
    case 'block':
      return block(node)
    default:
      return node.kind
  }
}
