import { resolve } from 'node:path'
import { entityOf } from '../entities/entity.ts'
import type { Finder } from '../entities/finder.ts'
import { fullRelations } from '../entities/full.ts'
import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { created, overwritten, updated } from '../output/messages.ts'
import type { Entity, Result } from '../output/result.ts'
import { writeGithub } from '../session/github-file.ts'
import { exists } from '../session/json-file.ts'
import {
  requireTest,
  TEST_DEFAULTS,
  testFile,
  updateTest,
  writeTest,
  type TestChanges,
  type TestContent,
} from '../session/test-file.ts'
import { doneResult, finderOf, savedGroup, targetOf } from './common.ts'
import type { Context, Group } from './context.ts'
import { folderDeletion } from './local-deletion.ts'
import { booleanOf, flagOf, given, mandatory, numberOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'
import { deleteTestCommand } from './test-deletion.ts'

/** `impt test ...` (commands.md 14). */
export const group = {
  async create(context, options) {
    if (!flagOf(options, 'confirmed') && (await exists(testFile(context.directory).path))) {
      await context.ask.confirm(
        overwritten('The current directory already contains Test Configuration File.'),
      )
    }
    const finder = await finderOf(context)
    const { resource } = await targetOf(finder, 'dg', mandatory(options, 'dg'))
    const content: TestContent = {
      ...TEST_DEFAULTS,
      deviceGroupId: resource.id,
      ...(settingsOf(options) as Partial<TestContent>),
    }
    await checkFiles(context, content)
    await clearBuilderCache(context)
    await writeTest(context.directory, content)
    context.info(created('Test Configuration'))
    return testResult(finder, content, resource)
  },

  delete: deleteTestCommand,

  async github(context, options) {
    const name = mandatory(options, 'github-config')
    const isThere = await exists(resolve(context.directory, name))
    if (isThere && !flagOf(options, 'confirmed')) {
      await context.ask.confirm(overwritten(`GitHub credentials Configuration File ${name} already exists.`))
    }
    const githubUser = textOf(options, 'user') ?? (await context.ask.text('GitHub username', false))
    const githubToken =
      textOf(options, 'pwd') ?? (await context.ask.text('GitHub password or personal access token', true))
    await writeGithub(context.directory, name, { githubUser, githubToken })
    context.info((isThere ? updated : created)('GitHub credentials Configuration'))
    return doneResult()
  },

  async info(context) {
    const content = await requireTest(context.directory)
    const finder = await finderOf(context)
    return testResult(finder, content, await savedGroup(finder, content.deviceGroupId, 'Test Configuration'))
  },

  async run(context, options) {
    const { run } = await import('../testing/run.ts')
    return run(context, options)
  },

  async update(context, options) {
    const content = await requireTest(context.directory)
    const finder = await finderOf(context)
    const text = textOf(options, 'dg')
    const resource =
      text === undefined
        ? await savedGroup(finder, content.deviceGroupId, 'Test Configuration')
        : await finder.find('dg', text)
    const settings = settingsOf(options)
    const changes: TestChanges = {
      ...settings,
      ...(text === undefined ? {} : { deviceGroupId: resource.id }),
    }
    const kept = Object.entries({ ...content, ...changes }).filter(([, value]) => value !== null)
    const next = Object.fromEntries(kept) as unknown as TestContent
    // What the options do not name is as it was, also where it is missing.
    await checkFiles(context, settings)
    if (booleanOf(options, 'builder-cache') === false) await clearBuilderCache(context)
    await updateTest(context.directory, changes)
    context.info(updated('Test Configuration'))
    return testResult(finder, next, resource)
  },
} satisfies Group

/** What `test info` shows: settings, then the Device Group in list form with its webhooks and devices. */
async function testResult(finder: Finder, content: TestContent, resource: Resource): Promise<Result> {
  const productId = resource.relationships?.product?.id
  const product = productId === undefined ? null : await finder.byId('product', productId)
  const entity: Entity = {
    name: 'Test Configuration',
    id: '',
    attributes: given({
      'Test files': content.testFiles,
      'Device file': content.deviceFile,
      'Agent file': content.agentFile,
      'Stop on failure': content.stopOnFail,
      Timeout: content.timeout,
      'Allow disconnect': content.allowDisconnect,
      'Builder cache': content.builderCache,
      'Github config': content.githubConfig,
      'Builder config': content.builderConfig,
    }),
    relations: [
      {
        key: 'Device Group',
        value: entityOf(resource, [
          ...(product ? [{ key: 'Product', value: entityOf(product) }] : []),
          ...(await fullRelations(finder, resource)),
        ]),
      },
    ],
    related: {},
  }
  return { kind: 'entity', form: 'info', entity }
}

/** The settings that the options give; a file option without a value removes its setting. */
function settingsOf(options: OptionValues): TestChanges {
  return given({
    timeout: numberOf(options, 'timeout'),
    stopOnFail: booleanOf(options, 'stop-on-fail'),
    allowDisconnect: booleanOf(options, 'allow-disconnect'),
    builderCache: booleanOf(options, 'builder-cache'),
    testFiles: options['test-file'] as readonly string[] | undefined,
    deviceFile: removable(options, 'device-file'),
    agentFile: removable(options, 'agent-file'),
    githubConfig: removable(options, 'github-config'),
    builderConfig: removable(options, 'builder-config'),
  })
}

function removable(options: OptionValues, name: string): string | null | undefined {
  const value = options[name]
  if (value === undefined) return undefined
  return typeof value === 'string' && value !== '' ? value : null
}

/** Source files must exist when they are named; the two configuration files are only missed (commands.md 14). */
async function checkFiles(context: Context, content: TestChanges): Promise<void> {
  const isMissing = async (name: string | false | null | undefined) =>
    typeof name === 'string' && !(await exists(resolve(context.directory, name)))
  if (await isMissing(content.deviceFile))
    throw new ImptError('NOT_FOUND', `Device file "${content.deviceFile}" is not found.`)
  if (await isMissing(content.agentFile))
    throw new ImptError('NOT_FOUND', `Agent file "${content.agentFile}" is not found.`)
  if (await isMissing(content.githubConfig)) {
    context.info(`GitHub credentials Configuration File ${content.githubConfig} is not found.`)
  }
  if (await isMissing(content.builderConfig))
    context.info(`Builder Configuration File ${content.builderConfig} is not found.`)
}

async function clearBuilderCache(context: Context): Promise<void> {
  const cache = await folderDeletion(context.directory, '.builder-cache', 'Builder cache')
  if (cache && (await cache.remove())) context.info(cache.done)
}
