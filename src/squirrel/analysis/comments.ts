import type { Comment, Token } from '../language/syntax/token.ts'

/** The comment that ends on the row above a token, or begins the row of the token's statement. */
export function documentation(comments: readonly Comment[]): (token: Token) => string {
  const byLastRow = new Map<number, number>()
  for (const [index, { row, text }] of comments.entries())
    byLastRow.set(row + (text.match(/\n/g)?.length ?? 0), index)
  return ({ row }) => {
    const lines: string[] = []
    for (let above = row - 1; ;) {
      const index = byLastRow.get(above)
      const comment = index === undefined ? undefined : comments[index]
      if (comment === undefined || comment.text.startsWith('#')) break
      lines.unshift(plain(comment.text))
      above = comment.row - 1
      if (comment.text.startsWith('/*')) break
    }
    return lines.join('\n').trim()
  }
}

/** The text of a comment without its signs. */
function plain(comment: string): string {
  return comment
    .replace(/^\/\*+|\*+\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*(?:\/\/+|\*(?!\/))? ?/, '').trimEnd())
    .join('\n')
    .trim()
}
