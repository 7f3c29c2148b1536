/** The Builder language in Squirrel texts: lines of directives and inline expressions. */

const DIRECTIVE =
  /^[ \t]*@(?:include|set|if|elseif|else|endif|while|endwhile|repeat|endrepeat|macro|endmacro|end|error|warning)\b[^\r\n]*|^[ \t]*@[ \t][^\r\n]*/gm
const INLINE = /@\{[^}\r\n]*\}?/g

/** The directives, for completion. */
export const DIRECTIVES: Readonly<Record<string, string>> = {
  include: 'Puts the text of a source here: a file, a URL, or a file of a repository.',
  'include once': 'The same, unless its content was included before.',
  set: 'Sets a variable of the preprocessor.',
  if: 'Keeps the lines up to @end where a condition holds.',
  elseif: 'Another condition of @if.',
  else: 'What is kept where no condition of @if holds.',
  end: 'Ends the last @if, @while, @repeat or @macro.',
  while: 'Repeats lines as long as a condition holds.',
  repeat: 'Repeats lines a number of times.',
  macro: 'Names lines with parameters, for @include and @{ }.',
  error: 'Ends the build with a message.',
  warning: 'Shows a message in the build.',
}

/** Whether a text has directives or inline expressions of the preprocessor. */
export function isBuilder(text: string): boolean {
  return text.includes('@') && (new RegExp(DIRECTIVE.source, 'm').test(text) || /@\{/.test(text))
}

/** The text with a blank in place of its byte order mark. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? ` ${text.slice(1)}` : text
}

/** The text with blanks in place of directives and one name in place of each inline expression, of the same length: what an editor can read as Squirrel. */
export function withoutDirectives(text: string): string {
  const unmarked = withoutMark(text)
  if (!isBuilder(text)) return unmarked
  return unmarked
    .replace(DIRECTIVE, (line) => ' '.repeat(line.length))
    .replace(INLINE, (inline) => '_'.repeat(inline.length))
}

/** A local file or a library that a text names, and where its name stands. */
interface Mentioned {
  readonly kind: 'include' | 'require'
  readonly name: string
  /** Offsets of the name without its quotes. */
  readonly start: number
  readonly end: number
}

const MENTIONS =
  /^[ \t]*@include[ \t]+(?:once[ \t]+)?(["'])([^"'\r\n]+)\1|^[^\S\n]*#require[ \t]+"([^"\r\n]*)"/gm

/** The sources that a text includes by a plain text, and the libraries that it requires. */
export function mentionedIn(text: string): readonly Mentioned[] {
  if (!text.includes('@include') && !text.includes('#require')) return []
  return [...text.matchAll(MENTIONS)].map((match) => {
    const name = match[2] ?? match[3] ?? ''
    const start = match.index + match[0].lastIndexOf(name, match[0].length - 2)
    return { kind: match[2] === undefined ? 'require' : 'include', name, start, end: start + name.length }
  })
}

/** Whether an include names something else than a file of this machine. */
export function isRemote(name: string): boolean {
  return /^(?:https?|github|bitbucket-server|azure-repos|git-azure-repos|git-local):/i.test(name)
}
