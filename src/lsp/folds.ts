import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver-protocol'

/** Collects what can be folded in a text. Lines count from 0; the first fold of a line is kept. */
export function createFolds() {
  const folds: FoldingRange[] = []
  const starts = new Set<number>()
  const add = (startLine: number, endLine: number, kind?: FoldingRangeKind) => {
    if (endLine <= startLine || starts.has(startLine)) return
    starts.add(startLine)
    folds.push({ startLine, endLine, ...(kind === undefined ? {} : { kind }) })
  }
  return {
    folds,
    add,
    /** Runs of comments, each on one of these lines, in order. */
    addComments(lines: readonly number[]) {
      for (let i = 0; i < lines.length;) {
        const from = lines[i] as number
        let to = from
        while (lines[++i] === to + 1) to++
        add(from, to, FoldingRangeKind.Comment)
      }
    },
  }
}
