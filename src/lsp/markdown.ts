/** Text of a file as Markdown that shows nothing but the text: no links, no pictures, no HTML. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>!#|&]/g, '\\$&')
}
