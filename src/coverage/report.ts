// The room `coverage`: which lines the code of devices and agents reached.
// Enters: what programs counted, with the maps from their lines to the files and lines that a person wrote.
// Leaves: Istanbul's coverage map, and the reports that are made of it.
// Not known here: what counted, and why it ran.
/** Coverage as people and other programs read it, rendered by Istanbul's reports. */
import { dirname, join, resolve } from 'node:path'
import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { Readable } from 'node:stream'
import libCoverage, { type CoverageMapData, type CoverageSummaryData } from 'istanbul-lib-coverage'
import libReport, { type ReportBase } from 'istanbul-lib-report'
import JsonReport from 'istanbul-reports/lib/json/index.js'
import LcovReport from 'istanbul-reports/lib/lcovonly/index.js'
import TextReport from 'istanbul-reports/lib/text/index.js'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import { tellWritten } from '../session/writable.ts'
import { Pages } from './html-report.ts'
import { TABLE_WIDTH, narrowReport } from './narrow.ts'
import { memoryWriter, type Written } from './memory-writer.ts'
import type { CoveragePlan, Metric, Minimum, ReportWish } from './plan.ts'

/** What all files of a run add up to. */
export type Summary = Readonly<Record<Metric, { total: number; covered: number; pct: number }>>

interface Look {
  readonly directory: string
  /** Columns of the terminal; undefined for as many as it takes. */
  readonly width: number | undefined
  readonly colour: boolean
}

/** The sums over all files; 0 of 0 is 100 %. */
export function summaryOf(data: CoverageMapData): Summary {
  const sums: CoverageSummaryData = libCoverage.createCoverageMap(data).getCoverageSummary().data
  const metric = ({ total, covered }: { total: number; covered: number }) => ({
    total,
    covered,
    pct: total === 0 ? 100 : Math.floor((10_000 * covered) / total) / 100,
  })
  return {
    lines: metric(sums.lines),
    statements: metric(sums.statements),
    functions: metric(sums.functions),
    branches: metric(sums.branches),
  }
}

/** What falls short of the minimum, each with its figure: `lines 71.42 % (at least 80 %)`. */
export function shortfalls(summary: Summary, minimum: Minimum): readonly string[] {
  return (Object.keys(minimum) as Metric[])
    .filter((metric) => 100 * summary[metric].covered < (minimum[metric] ?? 0) * summary[metric].total)
    .map((metric) => `${metric} ${summary[metric].pct} % (at least ${minimum[metric]} %)`)
}

/** What a run comes to; `tooLow` names what falls short of the minimum. */
export interface Reached {
  readonly summary: Summary
  readonly tooLow: readonly string[]
}

/** `line` takes text that is told, `note` where the rest is. */
interface Teller {
  readonly line: (text: string) => void
  readonly note: (text: string) => void
}

/** Writes the reports of a plan, tells the ones that are told and where the others are, and judges by its minimum. Throws FILE. */
export async function reportCoverage(
  { reports, minimum }: Pick<CoveragePlan, 'reports' | 'minimum'>,
  data: CoverageMapData,
  look: Look,
  { line, note }: Teller,
): Promise<Reached> {
  for (const wish of reports) {
    const text = await writeCoverage(wish, data, look)
    if (text !== '') line(text)
    const file = wish.kind === 'html' ? join(wish.path, 'index.html') : wish.path
    if (wish.path !== '') tellWritten(note, `The ${wish.kind} coverage report`, file)
  }
  const summary = summaryOf(data)
  return { summary, tooLow: shortfalls(summary, minimum) }
}

/** Writes a report, or gives the text of one that is told. Throws FILE. */
export async function writeCoverage(wish: ReportWish, data: CoverageMapData, look: Look): Promise<string> {
  if (wish.path === '') {
    const { directory, width = Infinity } = look
    if (width < TABLE_WIDTH) return narrowReport(data, directory, width)
    return String(rendered(wish.kind, data, look).get('text'))
  }
  const written = rendered(wish.kind, data, { ...look, width: undefined, colour: false })
  const folder = resolve(look.directory, wish.path)
  await namingFile(wish.path, async () => {
    if (wish.kind !== 'html') return replaceFile(folder, Readable.from(written.values()), 'plain')
    // The page that leads to the others comes last: nobody finds half a report.
    const pages = [...written].toSorted(([a], [b]) => Number(a === 'index.html') - Number(b === 'index.html'))
    for (const [name, content] of pages) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await replaceFile(join(folder, name), Readable.from([content]), 'plain')
    }
    return undefined
  })
  return ''
}

function rendered(kind: ReportWish['kind'], data: CoverageMapData, look: Look): Written {
  const written: Written = new Map()
  const context = libReport.createContext({
    dir: look.directory,
    coverageMap: libCoverage.createCoverageMap(data),
    defaultSummarizer: 'nested',
    // Istanbul's pages take these two characters for brackets of tags.
    sourceFinder: (path: string) => textOf(path).replace(/[\u0001\u0002]/g, ' '),
  })
  ;(context as unknown as { data: object }).data = { writer: memoryWriter(written, look.colour) }
  const report = reportOf(kind, look)
  report.execute(context)
  return written
}

/** The text of a file; empty for one that cannot be read any more. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function reportOf(kind: ReportWish['kind'], { directory, width }: Look): ReportBase {
  const reports: Record<ReportWish['kind'], () => ReportBase> = {
    text: () => new TextReport({ file: 'text', maxCols: width ?? 0 }),
    lcov: () => new LcovReport({ file: 'lcov.info', projectRoot: directory }),
    json: () => new JsonReport({ file: 'coverage.json' }),
    html: () => new Pages({}),
  }
  return reports[kind]()
}
