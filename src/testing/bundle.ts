import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import {
  preprocess,
  PreprocessError,
  toldError,
  type LineMap,
  type PreprocessOptions,
} from '../preprocess/preprocess.ts'
import type { Framework } from './framework.ts'
import type { Selection } from './selection.ts'
import type { Side, TestFile } from './test-files.ts'

/** The code of one side of a build, and where each of its rows comes from. */
export interface BundledCode {
  readonly code: string
  readonly lines: LineMap
}

export type Bundle = Readonly<Record<Side, BundledCode>>

/** What is the same for all bundles of a run. */
export interface BundleSettings {
  readonly directory: string
  /** Configured source files, as typed. */
  readonly sources: Readonly<Partial<Record<Side, string>>>
  readonly framework: Framework
  readonly selection: Selection
  /** Seconds. */
  readonly timeout: number
  readonly stopOnFail: boolean
  readonly preprocessing: PreprocessOptions
}

/** Seconds that code under test has for its own start before the tests begin. */
const START_DELAY = 2

/**
 * Makes the code of both sides for a test file (test-run.md 3). `session` is what the framework puts into its messages.
 * Throws ImptError with the place of what cannot be preprocessed.
 */
export async function bundle(file: TestFile, session: string, settings: BundleSettings): Promise<Bundle> {
  const tested = await testedSide(file, session, settings)
  const other = await otherSide(file, settings)
  const sides = file.side === 'agent' ? { agent: tested, device: other } : { agent: other, device: tested }
  return { ...sides, device: joined([sides.device, forceUpdate()]) }
}

async function testedSide(file: TestFile, session: string, settings: BundleSettings): Promise<BundledCode> {
  const { framework, directory } = settings
  const own =
    framework.kind === 'own'
      ? [raw(`#line 1 "impUnit/index.nut"\n${framework.text}\n`, 'impUnit/index.nut', 2)]
      : []
  const source = [
    ...(framework.kind === 'file' ? [include(framework.path)] : []),
    sourceOf(file.side, settings),
    'function __module_tests(ImpTestCase) {',
    include(resolve(directory, file.path)),
    '}',
  ]
  return joined([...own, await processed(source, settings), bootstrap(session, settings)])
}

async function otherSide({ side, partner }: TestFile, settings: BundleSettings): Promise<BundledCode> {
  const other = side === 'agent' ? 'device' : 'agent'
  return processed(
    [
      sourceOf(other, settings),
      ...(partner === undefined ? [] : [include(resolve(settings.directory, partner))]),
    ],
    settings,
  )
}

function sourceOf(side: Side, { sources, directory }: BundleSettings): string {
  const name = sources[side]
  return name === undefined ? `/* no ${side} source */` : include(resolve(directory, name))
}

// An absolute path is never taken for a remote include.
function include(path: string): string {
  return `@include "${path.replaceAll('\\', '/').replaceAll('"', '\\"')}"`
}

async function processed(
  source: readonly string[],
  { directory, preprocessing }: BundleSettings,
): Promise<BundledCode> {
  try {
    const { code, lines } = await preprocess(
      { source: `${source.join('\n')}\n`, name: 'main', path: directory },
      preprocessing,
    )
    return { code, lines }
  } catch (error) {
    if (error instanceof PreprocessError) throw toldError(error, directory)
    throw error
  }
}

function bootstrap(session: string, { selection, timeout, stopOnFail }: BundleSettings): BundledCode {
  const name = '__tests_bootstrap__'
  const code = `#line 1 "${name}"
function __module_tests_bootstrap(ImpUnitRunner) {
  imp.wakeup(${START_DELAY}, function() {
    local runner = ImpUnitRunner();
    runner.readableOutput = false;
    runner.session = ${JSON.stringify(session)};
    runner.timeout = ${timeout};
    runner.stopOnFailure = ${stopOnFail};
    runner.testClass = ${JSON.stringify(selection.testCase)};
    runner.testCase = ${JSON.stringify(selection.method)};
    runner.run();
  });
}
__module_tests(__module_impUnit_exports.ImpTestCase);
__module_tests_bootstrap(__module_impUnit_exports.ImpUnitRunner);
`
  return raw(code, name, 2)
}

// The platform reloads a device only for code that is new.
function forceUpdate(): BundledCode {
  return raw(`// force code update\n"${randomBytes(16).toString('hex')}"\n`, 'main', 1)
}

/** Code that the preprocessor must not touch; its first line is in row `row`. */
function raw(code: string, file: string, row: number): BundledCode {
  return { code, lines: [{ row, file, line: 1, step: 1 }] }
}

function joined(parts: readonly BundledCode[]): BundledCode {
  let code = ''
  let rows = 0
  const lines = parts.flatMap((part) => {
    const shift = rows
    const text = part.code === '' || part.code.endsWith('\n') ? part.code : `${part.code}\n`
    code += text
    rows += text.split('\n').length - 1
    return part.lines.map((segment) => ({ ...segment, row: segment.row + shift }))
  })
  return { code, lines }
}
