// How results and failures look in each output mode: one row a mode. What enters is a Result or an ImptError, what leaves is text. A mode
// without a row, and a kind of result that a mode forgets, do not compile. Knows neither streams nor the process.
import type { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { renderJson, renderJsonLine } from '../../output/json.ts'
import { presentCsv } from './csv.ts'
import { failJson, failMinimal, failText } from './failure.ts'
import { presentJson } from './json.ts'
import type { Look } from './look.ts'
import { failPeople, presentPeople } from './people.ts'
import { presentTable } from './table.ts'
import { presentMinimal, presentText } from './text.ts'

/** The output modes: the documented four, `table` and `csv` of our own, and what the prompt shows where nothing is asked for. */
export type Mode = 'default' | 'minimal' | 'json' | 'debug' | 'table' | 'csv' | 'people'

export interface ModeRow {
  /** Stdout carries data for a program: questions and text for people are not part of it. */
  readonly isData: boolean
  /** Says what is done as it happens. */
  readonly talks: boolean
  /** Says at the end whether it succeeded (output.md 2). */
  readonly status: boolean
  /** Lines that are a command's own output, such as those of a test run, are shown. */
  readonly lines: boolean
  /** A failure must not be taken for a row of the data. */
  readonly failsBeside: boolean
  readonly present: (result: Result, look: Look) => AsyncIterable<string>
  /** `isLines`: the result is a document a line, and so is the failure; `isOwn`: no manual says what it looks like. */
  readonly fail: (error: ImptError, how: { readonly isLines: boolean; readonly isOwn: boolean }) => string
}

const talking = { isData: false, talks: true, status: true, lines: true, failsBeside: false } as const
const data = { isData: true, talks: false, status: false, lines: false } as const

export const MODES: Readonly<Record<Mode, ModeRow>> = {
  default: { ...talking, present: presentText, fail: (error, { isOwn }) => failText(error, isOwn) },
  debug: { ...talking, present: presentText, fail: (error, { isOwn }) => failText(error, isOwn) },
  minimal: {
    ...talking,
    talks: false,
    status: false,
    present: presentMinimal,
    fail: (error, { isOwn }) => failMinimal(error, isOwn),
  },
  json: {
    ...data,
    failsBeside: false,
    present: presentJson,
    fail: (error, { isLines }) => failJson(error, isLines ? renderJsonLine : renderJson),
  },
  table: {
    ...data,
    failsBeside: true,
    present: presentTable,
    fail: (error, { isOwn }) => failText(error, isOwn),
  },
  csv: {
    ...data,
    failsBeside: true,
    present: presentCsv,
    fail: (error, { isOwn }) => failText(error, isOwn),
  },
  people: { ...talking, status: false, present: presentPeople, fail: failPeople },
}
