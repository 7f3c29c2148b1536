import { readFile, realpath } from 'node:fs/promises'
import { dirname, extname, relative, resolve, sep } from 'node:path'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { impTypeOf } from '../../squirrel/api/table/types.ts'
import { checkedScript } from '../../squirrel/checked-script.ts'
import type { DeviceScript } from '../../squirrel/device-script.ts'
import { namingFile } from '../../session/file-error.ts'
import { utf8Encode } from '../../squirrel/utf8.ts'
import { compiledModel } from '../../squirrel/models/program.ts'
import type { Context } from '../context.ts'

/** Most bytes of a script or a model. */
const LARGEST = 1 << 20

/**
 * The device script of a file, with the text of the models that it names: files beside it or in folders below. `type` is that of the imp; without it
 * a pin or bus of any type may be named. Throws FILE for what cannot be read, is no script, or lies elsewhere; nothing was started by then.
 */
export async function readScript(
  context: Context,
  name: string,
  type: string | undefined,
): Promise<DeviceScript> {
  const path = resolve(context.directory, name)
  try {
    const script: unknown = JSON.parse(await textOf(path, name))
    const models = (script as { models?: unknown } | null)?.models
    if (Array.isArray(models))
      for (const model of models as unknown[])
        if (typeof model === 'object' && model !== null)
          await addSource(path, model as Record<string, unknown>)
    return checkedScript(script, type === undefined ? undefined : impTypeOf(type))
  } catch (error) {
    if (error instanceof ImptError && error.code === 'FILE') throw error
    throw new ImptError('FILE', `File error: ${visible(name)}: ${visible((error as Error).message)}.`, {
      hint: 'A device script is a JSON file: see "impt help sandbox"',
      cause: error,
    })
  }
}

/** Puts the text of the file that a model names beside its name. Throws where it cannot be read, or does not compile. */
async function addSource(script: string, model: Record<string, unknown>): Promise<void> {
  const { use } = model
  if (typeof use !== 'string' || model['source'] !== undefined || !['.json', '.nut'].includes(extname(use)))
    return
  const folder = await realpath(dirname(script))
  const path = await realpath(resolve(folder, use)).catch(() => {
    throw new Error(`the model ${use} does not exist beside the script`)
  })
  const way = relative(folder, path)
  if (way.startsWith(`..${sep}`) || way === '..' || resolve(way) === way)
    throw new Error(`the model ${use} lies outside the folder of the script`)
  const text = await textOf(path, use)
  if (use.endsWith('.nut')) compiledModel(use, utf8Encode(text))
  model['source'] = text
}

async function textOf(path: string, name: string): Promise<string> {
  const text = await namingFile(visible(name), () => readFile(path, 'utf8'))
  if (text.length > LARGEST) throw new Error('it is larger than 1 MB')
  return text
}
