import { timeOf } from '../values/value.ts'
import { checkBlock, checkStatement } from './check.ts'
import { checkCommand } from './command.ts'
import { type Checking, closeItem, inner, type ItemBlock, report, type Scope, use } from './scope.ts'
import {
  checkField,
  checkFieldWords,
  itemOf,
  type Shape,
  shapeAfter,
  shapeOf,
  shapeOfFirst,
} from './shape.ts'
import type { Argument, Block, Command, Expression, Pipeline, Stage, Word } from '../syntax/tree.ts'

const SAVE_LAST = 'write it last; | tee { $it | save FILE } saves on the way'

/** Checks the stages of a pipeline and what they are given. */
export function checkPipeline(c: Checking, scope: Scope, node: Pipeline): void {
  const { first, stages } = node
  const position = (index: number): 'only' | 'first' | 'later' =>
    index > 0 ? 'later' : stages.length === 0 ? 'only' : 'first'
  if (first.kind === 'command' || first.kind === 'external')
    checkStage(c, scope, first, position(0), undefined)
  else checkExpression(c, scope, first)
  let at = scope
  let shape = shapeOfFirst(c, scope, first)
  for (const [index, stage] of stages.entries()) {
    if (stage.kind === 'command' && stage.head.text === 'confirm') at = inner(scope, { confirmed: true })
    checkStage(c, at, stage, position(index + 1), shape)
    shape = shapeAfter(c, stage, shape)
    const next = stages[index + 1]
    if (
      next !== undefined &&
      stage.kind === 'command' &&
      stage.head.text === 'save' &&
      !c.functions.has('save')
    )
      report(c, 'error', 'ARGUMENTS', next, '"save" gives nothing to what follows', SAVE_LAST)
  }
  for (const [index, stage] of [first, ...stages].entries())
    if (isCall(c, stage, 'reveal')) checkReveal(c, stage, stages[index])
  if (first.kind === 'command' && first.head.text === 'confirm') scope.confirmed = true
  if (node.redirect !== undefined) checkWord(c, scope, node.redirect.target)
}

/** Whether a stage calls the built-in of this name. */
function isCall(c: Checking, stage: Pipeline['first'] | Stage | undefined, name: string): stage is Command {
  return stage?.kind === 'command' && stage.head.text === name && !c.functions.has(name)
}

/** A secret that becomes a text may be seen, but not where it goes at once into a file whose mode says who may read it. */
function checkReveal(c: Checking, stage: Command, next: Stage | undefined): void {
  if (isCall(c, next, 'save') && next.args.some((one) => one.kind === 'option' && one.text === '--mode'))
    return
  report(c, 'note', 'REVEAL', stage, 'a secret is shown as text here')
}

function checkStage(
  c: Checking,
  scope: Scope,
  stage: Stage,
  position: 'only' | 'first' | 'later',
  input: Shape | undefined,
): void {
  switch (stage.kind) {
    case 'external':
      checkWord(c, scope, stage.program)
      return checkArguments(c, scope, stage.args, undefined, undefined)
    case 'command':
      checkCommand(c, scope, stage, position)
      checkFieldWords(c, stage, input)
      return checkArguments(c, scope, stage.args, stage, itemOf(input))
  }
}

function checkArguments(
  c: Checking,
  scope: Scope,
  args: readonly Argument[],
  command: Command | undefined,
  shape: Shape | undefined,
): void {
  for (const argument of args) {
    switch (argument.kind) {
      case 'word':
        checkWord(c, scope, argument)
        break
      case 'option':
        if (argument.value !== undefined) checkWord(c, scope, argument.value)
        break
      case 'spread':
        checkExpression(c, scope, argument.value)
        break
      case 'block':
        checkFilterBlock(c, scope, argument, command, isItemByItem(c, command) ? shape : undefined)
        break
      case 'condition': {
        const item: ItemBlock = { parent: scope.item, shape }
        checkExpression(c, inner(scope, { item }), argument.body)
        closeItem(c, item)
      }
    }
  }
}

/** Whether a block of the command gets one item of the list after the other as its first value. */
function isItemByItem(c: Checking, command: Command | undefined): boolean {
  const name = command?.head.text ?? ''
  if (c.functions.has(name)) return false
  return name === 'each' || name === 'map' || c.builtIn(name)?.words.at(-1)?.type?.name === 'condition'
}

function checkFilterBlock(
  c: Checking,
  scope: Scope,
  block: Block,
  command: Command | undefined,
  shape: Shape | undefined,
): void {
  const name = command?.head.text ?? ''
  const parallel =
    command?.args.some((argument) => argument.kind === 'option' && argument.text === '--parallel') === true
  const outsideParallel = (name === 'each' || name === 'map') && parallel ? scope : scope.outsideParallel
  // What reads a pipe gives the block an item.
  if (c.builtIn(name)?.input === 'none') return checkBlock(c, scope, block, { loop: 'filter' })
  if (block.parameters.length > 0)
    return checkBlock(c, scope, block, { loop: 'filter', outsideParallel }, shape)
  const item: ItemBlock = { parent: scope.item, shape }
  checkBlock(c, scope, block, { loop: 'filter', outsideParallel, item })
  closeItem(c, item)
}

/** Checks the variables in a word. */
export function checkWord(c: Checking, scope: Scope, word: Word): void {
  for (const part of word.parts) {
    if (part.kind === 'value') checkExpression(c, scope, part.value)
    else if (part.kind === 'template') checkExpression(c, scope, part)
  }
}

/** Checks the variables in an expression. */
export function checkExpression(c: Checking, scope: Scope, node: Expression): void {
  switch (node.kind) {
    case 'variable':
      return use(c, scope, node.name, node)
    case 'time':
      if (timeOf(node.text) === undefined) report(c, 'error', 'SYNTAX', node, `there is no time ${node.text}`)
      return
    case 'template':
      for (const piece of node.pieces) if (typeof piece !== 'string') checkExpression(c, scope, piece)
      return
    case 'field':
      checkField(c, shapeOf(c, scope, node.object), node.name, node.optional, {
        start: node.nameStart,
        end: node.end,
      })
      return checkExpression(c, scope, node.object)
    case 'field-name':
      return checkField(c, scope.item?.shape, node.name, node.optional, node, true)
    case 'index':
      checkExpression(c, scope, node.object)
      return checkExpression(c, scope, node.index)
    case 'binary':
      checkExpression(c, scope, node.left)
      return checkExpression(c, scope, node.right)
    case 'not':
    case 'negate':
      return checkExpression(c, scope, node.operand)
    case 'list':
      for (const item of node.items) checkExpression(c, scope, item.value)
      return
    case 'record':
      for (const field of node.fields) {
        if (field.kind === 'computed') checkExpression(c, scope, field.name)
        checkExpression(c, scope, field.value)
      }
      return
    case 'block':
      // Whatever calls it may give it an item.
      return checkBlock(c, scope, node, { loop: 'filter', item: { parent: undefined } })
    case 'paren':
      checkStatement(c, scope, node.body)
      return
    default:
  }
}
