import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { confirmedAnyway } from '../../../src/commands/table/shared.ts'
import {
  commandLine,
  commands,
  findCommand,
  globalOptions,
  groups,
  isDestructive,
  topLevelWords,
} from '../../../src/commands/table/index.ts'

const all = [...commands, ...topLevelWords]
const everyOption = all.flatMap((command) =>
  command.options.map((option) => ({ command, option, at: `${commandLine(command)} --${option.name}` })),
)

test('no two commands, and no two options or letters of a command, are the same', () => {
  assert.equal(new Set(all.map(commandLine)).size, all.length)
  for (const command of all) {
    const names = command.options.flatMap(({ name, letter }) =>
      letter === undefined ? [name] : [name, letter],
    )
    assert.equal(new Set(names).size, names.length, commandLine(command))
  }
})

test('an option has the same letter in every command that has it', () => {
  const letters = new Map<string, string>()
  for (const { option, at } of everyOption) {
    if (option.letter === undefined) continue
    assert.equal(letters.get(option.name) ?? option.letter, option.letter, at)
    letters.set(option.name, option.letter)
  }
})

test('every command ends with --output and --help, except the words that have no output modes', () => {
  for (const command of all) {
    const ends = ['help', 'lsp', 'fmt'].includes(command.group) ? ['help'] : ['output', 'help']
    const last = command.options.slice(-ends.length).map((option) => option.name)
    assert.deepEqual(last, ends, commandLine(command))
  }
})

test('every option that holds a credential is marked secret, and no other', () => {
  const looksSecret = (name: string) => /pwd|pass|secret|token$|unbond|^lk$|key|^set-env$|^header$/.test(name)
  for (const { option, at } of everyOption) assert.equal(option.secret === true, looksSecret(option.name), at)
})

test('names have single hyphens between letters, so that cac makes no other name of them', () => {
  for (const { option, at } of everyOption) assert.match(option.name, /^[a-z]{2,}(-[a-z]{2,})*$/, at)
  for (const { option, at } of everyOption) assert.doesNotMatch(option.name, /^no-/, at)
})

test('options that take a value say what it is, flags do not, and defaults and choices fit the kind', () => {
  for (const { option, at } of everyOption) {
    const hasValue = option.kind === 'text' || option.kind === 'integer' || option.kind === 'optional-text'
    assert.equal(option.value !== undefined, hasValue, at)
    assert.ok(option.summary.endsWith('.') && option.summary.length > 10, at)
    if (option.choices && option.default !== undefined)
      assert.ok(option.choices.includes(String(option.default)), at)
    if (option.default !== undefined && option.kind === 'integer')
      assert.equal(typeof option.default, 'number', at)
    if (option.zero) assert.equal(option.kind, 'integer', at)
    if (option.filter && option.kind !== 'flag') assert.equal(option.list, true, at)
  }
})

test('a command confirms exactly if it has --confirmed, beyond that which is taken where a sister asks', () => {
  for (const command of commands) {
    const asks = command.options.some((option) => option.name === 'confirmed' && option !== confirmedAnyway)
    assert.equal(command.confirms === true, asks, commandLine(command))
  }
})

test('what changes something takes -q where a command of its group asks', () => {
  for (const { commands: sisters } of groups)
    for (const command of sisters.filter(({ effect }) => effect === 'write'))
      if (sisters.some(({ confirms }) => confirms))
        assert.ok(
          command.options.some(({ letter }) => letter === 'q'),
          commandLine(command),
        )
  const [pause] = commands.filter((one) => commandLine(one) === 'release pause')
  assert.ok(pause?.options.includes(confirmedAnyway))
})

test('results are of the kinds that scripts expect from the name of a command', () => {
  for (const { group, name, result, entity, own } of commands) {
    if (own) continue
    const at = `${group} ${name}`
    if (['info', 'create', 'deploy', 'run', 'copy', 'update'].includes(name))
      assert.equal(result, 'record', at)
    if (name === 'list' || at === 'dg builds') assert.equal(result, 'list', at)
    if (group === 'log') assert.equal(result, 'stream', at)
    if (result === 'list') assert.ok(entity, at)
  }
})

test('what deletes or takes away is destructive and writes, and dg builds is only with --remove', () => {
  for (const command of commands.filter((row) => !row.own)) {
    const takes = ['delete', 'remove', 'unassign', 'cleanup'].includes(command.name)
    assert.equal(isDestructive(command, {}), takes, commandLine(command))
    if (takes) assert.equal(command.effect, 'write', commandLine(command))
  }
  const builds = findCommand('dg', 'builds')
  assert.ok(builds)
  assert.equal(isDestructive(builds, { remove: true }), true)
})

test('commands are found by their exact words only', () => {
  for (const command of commands) assert.equal(findCommand(command.group, command.name), command)
  for (const [group, name] of [
    ['Dg', 'create'],
    ['dg', 'Create'],
    ['dg', ''],
    ['dg', 'constructor'],
    ['toString', ''],
    ['run', ''],
  ] as const) {
    assert.equal(findCommand(group, name), undefined, `${group} ${name}`)
  }
})

test('the words of the program itself are no groups', () => {
  const names = groups.map((group) => group.name)
  for (const word of topLevelWords) assert.ok(!names.includes(word.group))
  assert.ok(globalOptions.every((option) => option.own))
})

test('loading the table loads nothing but the table', async () => {
  const folder = new URL('../../../src/commands/table/', import.meta.url)
  const reached = new Set<string>()
  const waiting = [new URL('index.ts', folder).href]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    const source = await readFile(new URL(file), 'utf8')
    // Types are erased; everything else that stands in an import or export is loaded.
    for (const [, from] of source.matchAll(/^(?:import|export)(?! type)[^;]*? from '([^']+)'/gms)) {
      waiting.push(new URL(from ?? '', file).href)
    }
    // Code is loaded by functions only.
    assert.doesNotMatch(
      source,
      /(?<!async \(\) => \(await |async \(\) =>\s+\(await |typeof )\bimport\(|\brequire\(/,
      file,
    )
  }
  assert.ok(reached.size > 14)
  // The kinds of entity that options name are data too.
  const kinds = new URL('../../entities/kinds.ts', folder).href
  for (const file of reached) assert.ok(file === kinds || file.startsWith(folder.href), file)
})
