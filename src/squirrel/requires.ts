/** `#require "Name:1.2.3"`: puts the text of libraries in front of a program, as the cloud does. */

/** The text of a library as a byte string; the versions that are there when the one asked for is not; undefined when it is not known. */
export type Library = (
  name: string,
  version: string | null,
) => string | { readonly versions: readonly string[] } | undefined

/** A `#require` line that cannot be fulfilled; `row` and `column` count from 1. */
type MissingLibrary = { row: number; column: number; text: string }

/** `parts`: the files that the source is made of, in order, with the numbers of their lines in it; the last is the program. */
type Assembled = { source: string; missing: MissingLibrary[]; parts: SourcePart[] }
type SourcePart = { file: string; firstRow: number }

const directive = /#require[ \t]+"([^"\n:]*)(?::([^"\n]*))?"/y
/** What may not hold a directive, by how it begins: comments and strings. */
const skipped: Readonly<Record<string, RegExp>> = {
  '/*': /[^]*?(?:\*\/|$)/y,
  '//': /[^\n]*/y,
  '#': /[^\n]*/y,
  '@"': /[^"]*(?:""[^"]*)*"?/y,
  '"': /[^"\\\n]*(?:\\[^][^"\\\n]*)*"?/y,
  "'": /[^'\\\n]*(?:\\[^][^'\\\n]*)*'?/y,
}

/**
 * Resolves the `#require` lines of a program, the libraries' own included; each library comes once, those it needs before it. Line control
 * keeps the program's own file name and line numbers.
 */
export function resolveRequires(source: string, file: string, library: Library): Assembled {
  const loaded = new Set<string>()
  const missing: MissingLibrary[] = []
  const texts: string[] = []
  const parts: SourcePart[] = []
  let row = 1
  const append = (name: string, body: string) => {
    parts.push({ file: name, firstRow: row + 1 })
    const text = `#line 1 "${name}"\n${body}`
    texts.push(text)
    row += text.split('\n').length
  }

  const load = (text: string): string =>
    blankRequires(withoutMark(text), (name, version, at) => {
      // Names are written in any case (more-facts 22).
      if (loaded.has(name.toLowerCase())) return
      loaded.add(name.toLowerCase())
      const found = library(name, version)
      if (typeof found !== 'string') {
        const what = `library "${name}${version === null ? '' : `:${version}`}" is not available offline`
        const path = name.endsWith('.nut') ? name : `${name}.lib.nut`
        const cure = found
          ? `the library folders have ${found.versions.join(', ')}`
          : `put its file ${path} into a folder that --libraries or IMPT_LIBRARIES names`
        missing.push({ ...positionOf(text, at), text: `${what}; ${cure}` })
        return
      }
      append(name, load(found))
    })

  const body = load(source)
  if (parts.length === 0) return { source: body, missing, parts: [{ file, firstRow: 1 }] }
  append(file, body)
  return { source: texts.join('\n'), missing, parts }
}

/** Without the byte order mark that some editors put first (as bytes). */
function withoutMark(text: string): string {
  return text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text
}

/** Where a row of the whole source is: the file and the row in it. */
export function placeOf(parts: readonly SourcePart[], row: number): { file: string; row: number } {
  const part = parts.findLast(({ firstRow }) => firstRow <= row) ?? parts[0]
  return part ? { file: part.file, row: row - part.firstRow + 1 } : { file: '', row }
}

/** Reports each directive and returns the text with spaces in its place. */
function blankRequires(
  text: string,
  report: (name: string, version: string | null, at: number) => void,
): string {
  if (!text.includes('#require')) return text
  let result = ''
  let from = 0
  const beginning = /\/\*|\/\/|#|@"|["']/g
  for (let found = beginning.exec(text); found; found = beginning.exec(text)) {
    directive.lastIndex = found.index
    const match = directive.exec(text)
    if (match) {
      report(match[1] ?? '', match[2] ?? null, found.index)
      result += text.slice(from, found.index) + ' '.repeat(match[0].length)
      from = beginning.lastIndex = directive.lastIndex
      continue
    }
    const rest = skipped[found[0]] as RegExp
    rest.lastIndex = beginning.lastIndex
    rest.exec(text)
    beginning.lastIndex = rest.lastIndex
  }
  return result + text.slice(from)
}

function positionOf(text: string, at: number): { row: number; column: number } {
  const before = text.slice(0, at).split('\n')
  return { row: before.length, column: (before.at(-1) ?? '').length + 1 }
}
