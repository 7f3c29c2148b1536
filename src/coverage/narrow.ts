import libCoverage, { type CoverageMapData, type CoverageSummary } from 'istanbul-lib-coverage'
import { relative } from 'node:path'
import { visible } from '../output/visible.ts'
import { wrapWords } from '../output/wrap.ts'

/** The table of Istanbul's text report needs so many columns. */
export const TABLE_WIDTH = 72

/** The text report for a terminal that is too narrow for the table: a few short lines for each file. */
export function narrowReport(data: CoverageMapData, directory: string, width: number): string {
  const map = libCoverage.createCoverageMap(data)
  const sums = ({ data: { lines, functions, branches } }: CoverageSummary) =>
    `lines ${lines.pct} %, functions ${functions.pct} %, branches ${branches.pct} %`
  const files = map.files().map((path) => {
    const file = map.fileCoverageFor(path)
    const missed = file.getUncoveredLines().map(Number)
    const reached = missed.length === 0 ? '' : `not reached: ${rangesOf(missed)}`
    return [visible(relative(directory, path)), sums(file.toSummary()), reached]
  })
  return [...files, ['All files', sums(map.getCoverageSummary())]]
    .map(([name = '', ...lines]) => [
      name,
      ...lines.filter((line) => line !== '').flatMap((line) => wrapWords(line, width - 2, '  ')),
    ])
    .map((lines) => `${lines.join('\n')}\n`)
    .join('')
}

/** `4, 7-9` of lines in ascending order. */
function rangesOf(lines: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last && last[1] === line - 1) last[1] = line
    else ranges.push([line, line])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ')
}
