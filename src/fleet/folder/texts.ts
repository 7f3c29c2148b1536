import { ImptError } from '../../output/error.ts'
import type { CodeTexts } from '../account.ts'
import { codeRefOf } from '../code.ts'
import type { Disk } from './disk.ts'

/** The programs of a build that lie in `folder`. Throws FILE where they are gone, CONFLICT where they are others than those that were looked at. */
export async function textsAt(disk: Disk, folder: string | undefined, digest: string): Promise<CodeTexts> {
  const [device, agent] = await Promise.all(
    ['device', 'agent'].map(async (side) => (await disk.read(`${folder}/${side}.nut`))?.toString('utf8')),
  )
  if (device === undefined || agent === undefined)
    throw new ImptError('FILE', `File error: ${disk.name}/${folder}: its code is gone.`)
  if (codeRefOf({ device, agent }).digest !== digest)
    throw new ImptError(
      'CONFLICT',
      `The code in "${disk.name}/${folder}" was edited after it was looked at.`,
      {
        hint: 'Look at the plan again: what is deployed is what was reviewed',
      },
    )
  return { device, agent }
}
