import { ImptError } from '../output/error.ts'

/** A change that makes something, whose answer may be lost: then it is looked up before it counts as failed. */
export async function looked<T>(make: () => Promise<T>, find: () => Promise<T | undefined>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    if (!(error instanceof ImptError) || !error.mayBeDone) throw error
    const found = await find()
    if (found === undefined) throw error
    return found
  }
}

/** The first of what is listed that is meant. */
export async function firstOf<T>(
  items: AsyncIterable<T>,
  isMeant: (item: T) => boolean,
): Promise<T | undefined> {
  for await (const item of items) if (isMeant(item)) return item
  return undefined
}

/** Removes what may be gone already. */
export async function gone(remove: () => Promise<void>): Promise<void> {
  await remove().catch((error: unknown) => {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
  })
}
