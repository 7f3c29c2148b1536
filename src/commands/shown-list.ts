import { displayOf } from '../entities/display.ts'
import type { Entity } from '../output/result.ts'
import { renderTextList } from '../output/text.ts'
import { cutList } from './common.ts'

/** A few entities in list form, for messages and questions; the rest is counted. */
export function shownList(name: string, entities: readonly Entity[]): string {
  const { shown, rest } = cutList(name, entities)
  const displays = shown.map((entity) => displayOf(entity, 'list'))
  return renderTextList(displays, { key: (text) => text, comma: ', ' }) + rest
}
