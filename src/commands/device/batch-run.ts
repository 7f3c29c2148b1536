import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Finder } from '../../entities/finder.ts'
import {
  resolveRows,
  runBatch,
  type BatchResult,
  type BatchRow,
  type BatchWork,
  type Ended,
  type Resolved,
  type Unknown,
} from '../../fleet/batch.ts'
import { assertWritable, tellWritten } from '../../session/writable.ts'
import { openReport, type Report } from '../../fleet/report.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { namingFile } from '../../session/file-error.ts'
import { exists } from '../../session/json-file.ts'
import type { Context } from '../context.ts'
import { ownerOf } from '../folder-owner.ts'
import { assertHeader, rowsOf } from './rows.ts'
import { flagOf, textOf } from '../options.ts'
import { showLines } from '../present/shown-lines.ts'
import type { OptionValues } from '../row.ts'
import { counted } from '../../output/messages.ts'

/** Failures that are shown one by one. */
const MOST_FAILURES = 50

/** What one command does in a batch. */
interface Batch {
  /** The command with what it does to every device, by id: a report is that of it alone. */
  readonly command: string
  /** The columns that the file must have; `device`, or the only one, without. */
  readonly columns?: readonly string[]
  /** Why a device cannot be part of it. */
  refuse?(item: Resolved): string | undefined
  question?(items: readonly Resolved[]): string | undefined
  /** How a row ended that the run before knew and that names no device any more; undefined where it cannot tell. */
  vanished?(row: BatchRow): Promise<BatchResult | undefined>
  work(items: readonly Resolved[]): BatchWork | Promise<BatchWork>
}

/** Reads the rows, finds their devices, asks, does the work and reports. */
export async function batch(
  context: Context,
  options: OptionValues,
  finder: Finder,
  what: Batch,
): Promise<Result> {
  const { rows, columns } = await rowsOf(context, options, what.columns ?? ['device'])
  await assertHeader(finder, options, columns)
  if (rows.length === 0)
    context.warn(
      `"${visible(textOf(options, 'from') ?? '')}" names no device: it has a first line and no rows.`,
    )
  const report = await reportOf(context, options, finder, { columns, of: what.command })
  const left = rows.filter((row) => report?.isDone(row) !== true)
  const todo = distinct(left)
  const { found, unknown: missed } = await resolveRows(finder, todo)
  assertOneMeaning(rows, found, what.columns ?? [])
  const { unknown, before } = await doneBefore(missed, report, what)
  const refused = found.flatMap((row): Ended[] => {
    const error = what.refuse?.(row)
    return error === undefined ? [] : [{ row, result: 'failed', error }]
  })
  const wrong = [...unknown, ...refused]
  if (wrong.length > 0 && !flagOf(options, 'keep-going')) throw wrongRows(wrong)
  const isRefused = new Set(refused.map(({ row }) => row))
  const { items, twins } = once(found.filter((row) => !isRefused.has(row)))
  const question = items.length === 0 ? undefined : what.question?.(items)
  if (question !== undefined && !flagOf(options, 'confirmed')) await context.ask.confirm(question)
  const ended: Ended[] = []
  const tell = async (some: readonly Ended[]) => {
    ended.push(...some)
    const told = some.filter(({ result }) => result !== 'not-started')
    if (told.length > 0) await report?.add(told)
  }
  await report?.begin(found.filter((row) => !isRefused.has(row)))
  await tell([...before, ...wrong])
  const tellAll = (some: readonly Ended[]) =>
    tell(some.flatMap((one) => [one, ...(twins.get(one.row) ?? []).map((row) => ({ ...one, row }))]))
  await runBatch(finder, items, await what.work(items), tellAll, context.signal)
  await report?.finish(rows, ended)
  if (report !== undefined) tellWritten(context.note, 'The report', textOf(options, 'report') ?? '')
  const skipped = { 'done before': rows.length - left.length, 'named twice': left.length - todo.length }
  return resultOf(context, rows, todo, ended, skipped, report !== undefined)
}

/**
 * Of rows that name no device: those that the killed run before had done without saying so, for it knew every device when it began. The rest
 * stays unknown.
 */
async function doneBefore(
  missed: readonly Unknown[],
  report: Report | undefined,
  { vanished }: Batch,
): Promise<{ readonly unknown: readonly Ended[]; readonly before: readonly Ended[] }> {
  if (report === undefined || vanished === undefined) return { unknown: missed, before: [] }
  const unknown: Ended[] = []
  const before: Ended[] = []
  for (const one of missed) {
    // What was left out then, since nothing was found, was not done either.
    const wasThere = one.isMissing && report.wasKnown(one.row, one.error)
    const result = wasThere ? await vanished(one.row) : undefined
    if (result === undefined) unknown.push(one)
    else before.push({ row: one.row, result })
  }
  return { unknown, before }
}

async function reportOf(
  context: Context,
  options: OptionValues,
  finder: Finder,
  { columns, of }: { readonly columns: readonly string[]; readonly of: string },
): Promise<Report | undefined> {
  const name = textOf(options, 'report')
  if (name === undefined) return undefined
  await assertWritable({ what: 'report', name, hint: 'Give --report the name of a file' }, context.directory)
  const path = resolve(context.directory, name)
  const text = (await exists(path)) ? await namingFile(name, () => readFile(path, 'utf8')) : undefined
  const { account } = await ownerOf(context, finder, {})
  const whose = `${account.username} on ${account.host}`
  const report = await openReport(path, name, { columns, of: `${of}, ${whose}` }, text, Date.now)
  if (report.isVague)
    context.warn(
      `"${visible(name)}" has rows that do not say which command did them, as earlier versions wrote them: those devices are done anew.`,
    )
  return report
}

/** A device that is named twice in the same words is done once. */
function distinct(rows: readonly BatchRow[]): readonly BatchRow[] {
  const seen = new Set<string>()
  return rows.filter(({ device }) => {
    if (seen.has(device)) return false
    seen.add(device)
    return true
  })
}

/** Devices once each, and the rows that name one of them in other words. */
function once(found: readonly Resolved[]): {
  readonly items: readonly Resolved[]
  readonly twins: ReadonlyMap<BatchRow, readonly Resolved[]>
} {
  const first = new Map<string, Resolved>()
  const twins = new Map<BatchRow, Resolved[]>()
  for (const row of found) {
    const known = first.get(row.resource.id)
    if (known === undefined) first.set(row.resource.id, row)
    else twins.set(known, [...(twins.get(known) ?? []), row])
  }
  return { items: [...first.values()], twins }
}

/** Throws DATA for a device that rows give different values of a column, also where they name it in different words: none of them is the right one. */
function assertOneMeaning(
  rows: readonly BatchRow[],
  found: readonly Resolved[],
  columns: readonly string[],
): void {
  const ids = new Map(found.map(({ device, resource }) => [device, resource.id]))
  const first = new Map<string, BatchRow>()
  const twice = rows.flatMap((row) => {
    const id = ids.get(row.device) ?? row.device
    const before = first.get(id)
    if (before === undefined) first.set(id, row)
    const column = columns.find(
      (one) => one !== 'device' && before !== undefined && before.cells[one] !== row.cells[one],
    )
    if (before === undefined || column === undefined) return []
    const where = ({ place }: BatchRow) => (place === undefined ? 'the command' : `line ${place.line}`)
    const text = `${where(before)} says ${column} "${visible(before.cells[column] ?? '')}", this one "${visible(row.cells[column] ?? '')}"`
    return [
      { note: `${where(row)}: "${visible(row.device)}": ${text}`, problem: problemOf(row, text, column) },
    ]
  })
  if (twice.length === 0) return
  throw new ImptError(
    'DATA',
    `${twice.length === 1 ? '1 device is' : `${twice.length} devices are`} named twice with different values; nothing was sent.`,
    {
      notes: twice.slice(0, MOST_FAILURES).map(({ note }) => note),
      hint: 'Leave one line for each device',
      data: { problems: twice.map(({ problem }) => problem) },
    },
  )
}

/** What is wrong with a row, for programs. */
function problemOf({ device, place }: BatchRow, text: string, column = place?.column) {
  return { ...place, ...(place && { column }), device, text }
}

/** An error with its device, which many name themselves. */
function naming({ device }: BatchRow, error: string): string {
  return error.startsWith(`Device "${device}"`) ? error : `Device "${device}": ${error}`
}

function wrongRows(wrong: readonly Ended[]): ImptError {
  const lines = wrong
    .slice(0, MOST_FAILURES)
    .map(
      ({ row, error = '' }) =>
        `${row.place === undefined ? '' : `line ${row.place.line}: `}"${row.device}": ${error.split('\n')[0]}`,
    )
  if (wrong.length > MOST_FAILURES) lines.push(`... and ${wrong.length - MOST_FAILURES} more`)
  return new ImptError('NOT_FOUND', `${counted(wrong.length, 'device')} cannot be used; nothing was sent.`, {
    notes: lines,
    hint: 'Correct them, or use --keep-going to leave them out',
    data: { problems: wrong.map(({ row, error = '' }) => problemOf(row, error)) },
  })
}

function resultOf(
  context: Context,
  rows: readonly BatchRow[],
  todo: readonly BatchRow[],
  ended: readonly Ended[],
  skipped: Readonly<Record<string, number>>,
  hasReport: boolean,
): Result {
  const order = new Map(todo.map((row, i) => [row.device, i]))
  const sorted = ended.toSorted((a, b) => (order.get(a.row.device) ?? 0) - (order.get(b.row.device) ?? 0))
  const counts: Record<BatchResult, number> = { ok: 0, already: 0, gone: 0, failed: 0, 'not-started': 0 }
  for (const { result } of ended) counts[result]++
  const bad = sorted.filter(({ result }) => result === 'failed')
  const told = !context.quiet
  if (told) {
    for (const { row, error = '' } of bad.slice(0, MOST_FAILURES))
      showLines(context, [`Error: ${visible(naming(row, error))}`])
    if (bad.length > MOST_FAILURES) showLines(context, [`... and ${bad.length - MOST_FAILURES} more`])
    const parts = partsOf(counts) || 'nothing to do'
    const others = partsOf(skipped)
    showLines(context, [`${counted(rows.length, 'device')}: ${parts}${others && ` (${others})`}`])
  }
  const value = sorted.map(({ row, result, error }) => ({ device: row.device, result, error: error ?? null }))
  const failures = counts.failed + counts['not-started']
  const result = { kind: 'record', record: {}, value, isList: true, ...(told && { told }) } as const
  if (failures === 0) return result
  const failure = new ImptError(
    counts.failed > 0 ? 'CONFLICT' : 'CANCELLED',
    `${failures} of ${counted(rows.length, 'device')} ${failures === 1 ? 'is' : 'are'} not done.`,
    {
      exit: 1,
      hint: `${hasReport ? 'The' : 'With --report FILE the'} same command goes on with what is left`,
    },
  )
  return { ...result, failed: true, failure }
}

function partsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .flatMap(([name, count]) => (count > 0 ? [`${count} ${name.replace('-', ' ')}`] : []))
    .join(', ')
}
