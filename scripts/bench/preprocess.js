// The Builder-language preprocessor against npm Builder.
import { row } from './measure.js'

export const title = 'Preprocessor'

export async function* rows() {
  const { measureSpeed } = await import('../../test/preprocess/speed.ts')
  const { many, one } = measureSpeed()
  yield row('200 files in one process / npm Builder', many.ours / many.builder, 1 / 5)
  yield row('one file as one process / npm Builder', one.ours / one.builder, 1 / 3)
}
