import { casesOf, type Case } from './report-cases.ts'
import type { SessionRecord } from './session-record.ts'
import { markup, visible } from '../output/visible.ts'

/** What writes such reports, unless it says another name. */
const TEST_RUN = 'impt test run'

/**
 * JUnit's XML, one suite for each session, by the schema that Jenkins and Ant share: elements in its order, and none of the attributes that
 * only some readers know. All times are of the device's clock, so that a suite takes as long as its tests together.
 */
export function junitReport(sessions: readonly SessionRecord[], name = TEST_RUN): string {
  const cases = sessions.flatMap(casesOf)
  const seconds = cases.reduce((sum, one) => sum + milliseconds(one), 0)
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${xml(name)}" ${counts(cases)} time="${shown(seconds)}">
${sessions.map((session) => suite(session, name)).join('')}</testsuites>
`
}

function suite(session: SessionRecord, name: string): string {
  const cases = casesOf(session)
  const { file, device, turn, started, runtimeErrors, output, wall_seconds: wall } = session
  const on = turn ?? (device ? `on ${device.name || device.id}` : undefined)
  const properties = {
    file,
    ...(device ? { device: device.id } : {}),
    // Only devices have a clock of their own.
    ...(name === TEST_RUN ? { clock: 'device' } : {}),
    wall_seconds: wall.toFixed(3),
  }
  const errors = runtimeErrors.length === 0 ? '' : element('system-err', runtimeErrors.join('\n'), 4)
  // What belongs to no test: it was logged while the code loaded, or between tests.
  const out = output === undefined ? '' : element('system-out', output, 4)
  const time = cases.reduce((sum, one) => sum + milliseconds(one), 0)
  const skipped = cases.filter(({ outcome }) => outcome?.kind === 'skipped').length
  return `  <testsuite name="${xml(on === undefined ? file : `${file} ${on}`)}" ${counts(cases)} skipped="${skipped}" time="${shown(time)}" timestamp="${started.slice(0, 19)}">
    <properties>
${Object.entries(properties)
  .map(([property, value]) => `      <property name="${property}" value="${xml(value)}"/>\n`)
  .join('')}    </properties>
${cases.map(testCase).join('')}${out}${errors}  </testsuite>
`
}

function testCase(one: Case): string {
  const { session, name, output, outcome } = one
  const at = name.indexOf('::')
  const group = at === -1 ? session.file : name.slice(0, at)
  const classname = session.turn === undefined ? group : `${group} ${session.turn}`
  const head = `    <testcase classname="${xml(classname)}" name="${xml(at === -1 ? name : name.slice(at + 2))}" time="${shown(milliseconds(one))}"`
  const inside = [
    ...(outcome ? [outcomeOf(outcome)] : []),
    ...(output === undefined ? [] : [element('system-out', output, 6)]),
  ]
  return inside.length === 0 ? `${head}/>\n` : `${head}>\n${inside.join('')}    </testcase>\n`
}

function outcomeOf({ kind, text }: NonNullable<Case['outcome']>): string {
  const message = xml(text.split('\n')[0] ?? '')
  if (kind === 'skipped') return `      <skipped message="${message}"/>\n`
  return `      <${kind} message="${message}" type="${kind}">${xml(text)}</${kind}>\n`
}

function element(name: string, text: string, indent: number): string {
  return `${' '.repeat(indent)}<${name}>${xml(text)}</${name}>\n`
}

function counts(cases: readonly Case[]): string {
  const count = (kind: string) => cases.filter(({ outcome }) => outcome?.kind === kind).length
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`
}

function milliseconds({ seconds }: Case): number {
  return Math.round(seconds * 1000)
}

function shown(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** What XML 1.0 cannot hold at all beside control characters: no characters, and halves of them. */
const IMPOSSIBLE = /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text for XML, control characters as the console shows them; what it cannot hold becomes a question mark. */
function xml(text: string): string {
  return markup(visible(text, true).replace(IMPOSSIBLE, '?')).replace(
    /[\n\t]/g,
    (char) => `&#${char.charCodeAt(0)};`,
  )
}
