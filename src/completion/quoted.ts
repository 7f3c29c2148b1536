/** A text as one word of a command line: quoted only where it has to be. */
export function quotedWord(text: string): string {
  if (/^[\w@%+=:,./\\{}*~^?-]+$/.test(text) && !/^-|^\{$/.test(text)) return text
  if (!/[\0-\x1f\x7f']/.test(text)) return `'${text}'`
  if (!/[\0-\x1f\x7f"\\$]/.test(text)) return `"${text}"`
  return `$'${text.replace(/[\\']/g, '\\$&').replace(/[\0-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)}'`
}
