/** What a test run works with: how its code is put together, its test files and its devices. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import { createFinder } from '../entities/finder.ts'
import type { Listed } from '../entities/kinds.ts'
import type { Client } from '../impcentral/client.ts'
import { collect } from '../impcentral/paging.ts'
import { exitCodeOf, ImptError } from '../output/error.ts'
import { named, noDevices } from '../output/messages.ts'
import type { BundleSettings } from './bundle.ts'
import { findFramework } from './framework.ts'
import type { Journal } from './journal.ts'
import { preprocessingOf } from './preprocessing.ts'
import type { RunPlan } from './run-plan.ts'
import { findTestFiles, type TestFile } from './test-files.ts'

/** How test files become code: sources, framework, selection, preprocessing. */
export async function bundlingOf(
  { directory, session, ...rest }: Context,
  { config, selection }: RunPlan,
  journal: Journal,
): Promise<BundleSettings> {
  const { agentFile, deviceFile, timeout, stopOnFail } = config
  return {
    directory,
    sources: {
      ...(!agentFile ? {} : { agent: agentFile }),
      ...(!deviceFile ? {} : { device: deviceFile }),
    },
    framework: await findFramework(session.env, directory),
    selection,
    timeout,
    stopOnFail,
    preprocessing: await preprocessingOf({ directory, session, ...rest }, config, journal),
  }
}

/** The selected test files; tells them and the configured sources. Throws NOT_FOUND where there are none, FILE where a source is missing. */
export async function filesOf(
  plan: RunPlan,
  { directory, sources }: BundleSettings,
  journal: Journal,
): Promise<readonly TestFile[]> {
  const found = await findTestFiles(plan.config.testFiles, directory)
  const files = found.filter(({ path }) => {
    const isSelected = plan.selection.files(path)
    if (!isSelected) journal.debug('TestHelper', `Skipping found test "${path}"`)
    return isSelected
  })
  if (files.length === 0) {
    throw new ImptError('NOT_FOUND', 'No test files found', {
      hint:
        found.length > 0
          ? `None of ${found.length} test file(s) matches --tests "${plan.pattern}"`
          : `Patterns: ${plan.config.testFiles.join(', ')}`,
    })
  }
  const list = files.map(({ path, partner }) => `\n\t${path}${partner === undefined ? '' : ` (${partner})`}`)
  journal.info(`Found ${files.length} test file(s):${list.join('')}`)
  for (const side of ['agent', 'device'] as const) {
    const name = sources[side]
    if (name === undefined) journal.info(`Have no ${side} source file, using blank`)
    else if (existsSync(resolve(directory, name))) journal.info(`Using ${side} source file: ${name}`)
    else
      throw new ImptError('FILE', `${side === 'agent' ? 'Agent' : 'Device'} source file "${name}" not found`)
  }
  return files
}

/** The devices of the group, in the order of the API. Throws NOT_FOUND for none. */
export async function devicesOf(
  client: Client,
  { group }: RunPlan,
  groupId: string,
): Promise<readonly Listed<'device'>[]> {
  const devices = await collect(createFinder(client).list('device', { 'devicegroup.id': groupId }))
  if (devices.length > 0) return devices
  throw new ImptError('NOT_FOUND', noDevices(named('Device Group', group ?? groupId)), {
    hint: 'Assign one with "impt device assign"',
    exit: exitCodeOf('NO_VERDICT'),
  })
}
