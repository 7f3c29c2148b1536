import { existsSync } from 'node:fs'

/** Whether a first word stands for a script: standard input, a text, a path to an existing file, or a name that ends in `.imptsh` (toolchain.md 9). */
export function isScript(word: string): boolean {
  return word === '-' || word === '-c' || isScriptFile(word)
}

/** No group of commands looks like that. */
export function isScriptFile(word: string): boolean {
  return word.endsWith('.imptsh') || (word.includes('/') && existsSync(word))
}
