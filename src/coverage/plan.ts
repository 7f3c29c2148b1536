/** What a run is to measure, and what it writes about it. */
import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { assertWritable } from '../session/writable.ts'

/** Where each kind of report goes without a path; `text` goes to where the command tells its results. */
const PLACES = {
  text: '',
  lcov: 'coverage/lcov.info',
  html: 'coverage',
  json: 'coverage/coverage.json',
} as const

export type ReportKind = keyof typeof PLACES

/** A report that was asked for; `path` as typed, '' for where the command tells its results. */
export interface ReportWish {
  readonly kind: ReportKind
  readonly path: string
}

const METRICS = ['lines', 'statements', 'functions', 'branches'] as const

export type Metric = (typeof METRICS)[number]

/** The least share of each metric, in percent. */
export type Minimum = Readonly<Partial<Record<Metric, number>>>

/** What is measured: files whose paths, relative to the directory, match one of `include` (all, where it is empty) and none of `exclude`. */
interface Scope {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

export interface CoveragePlan extends Scope {
  readonly reports: readonly ReportWish[]
  readonly minimum: Minimum
}

/** Reads the values of `--coverage`. Throws USAGE for another kind and for two reports in one place. */
export function parseWishes(values: readonly string[]): readonly ReportWish[] {
  const wishes = values.map((value): ReportWish => {
    const [, kind = '', path] = /^([^=]*)(?:=(.*))?$/s.exec(value === '' ? 'text' : value) ?? []
    if (!Object.hasOwn(PLACES, kind) || path === '')
      throw new ImptError('USAGE', `Option "--coverage" has incorrect value "${value}".`, {
        hint: 'Give text, lcov=FILE, html=DIR or json=FILE',
      })
    return { kind: kind as ReportKind, path: path ?? PLACES[kind as ReportKind] }
  })
  const twice = wishes.find(({ path }, index) =>
    wishes.slice(0, index).some((other) => resolve(other.path) === resolve(path)),
  )
  if (twice)
    throw new ImptError(
      'USAGE',
      `Two coverage reports are to be written to "${twice.path || 'the output'}".`,
      {
        hint: 'Give each report a place of its own',
      },
    )
  return wishes
}

/** Reads `--coverage-min lines=80,branches=60`. Throws USAGE. */
export function parseMinimum(text: string): Minimum {
  const wrong = (part: string) =>
    new ImptError('USAGE', `Option "--coverage-min" has incorrect value "${part}".`, {
      hint: `Give percentages such as lines=80,functions=70,branches=60 (${METRICS.join(', ')})`,
    })
  const entries = text.split(',').map((part): [string, number] => {
    const [, name = '', percent = ''] = /^\s*(\w+)\s*=\s*(\d{1,3}(?:\.\d+)?)%?\s*$/.exec(part) ?? []
    const value = Number(percent)
    if (!(METRICS as readonly string[]).includes(name) || percent === '' || value > 100) throw wrong(part)
    return [name, value]
  })
  const names = entries.map(([name]) => name)
  if (new Set(names).size < names.length) throw wrong(text)
  return Object.fromEntries(entries)
}

/**
 * Makes sure, before anything runs, that reports can be written: makes their folders and tries to write there. Throws FILE, and changes nothing
 * then but folders.
 */
export async function prepareCoverage({ reports }: CoveragePlan, directory: string): Promise<void> {
  for (const { kind, path: name } of reports) {
    if (name === '') continue
    const isFolder = kind === 'html'
    const hint = isFolder ? 'Give --coverage html=DIR a folder' : `Give --coverage ${kind}=FILE a file`
    await assertWritable({ what: 'coverage report', name, hint, isFolder }, directory)
  }
}
