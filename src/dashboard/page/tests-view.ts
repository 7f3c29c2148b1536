import type { TestRunView, TestSessionView } from '../protocol.ts'
import { createChooser } from './chooser.ts'
import { h } from './dom.ts'
import { commandLine, mark, notice } from './parts.ts'
import { ageText, plural, tame } from './text.ts'

export interface TestsView {
  readonly element: HTMLElement
  readonly shown: () => void
  readonly left: () => void
  readonly tell: (runs: readonly TestRunView[], error: string | null) => void
}

/** The runs of tests on this machine, as they go: sessions, tests, and why something failed with what was logged meanwhile. */
export function createTestsView(watch: (watch: boolean) => void): TestsView {
  const chooser = createChooser<TestRunView>({
    title: 'Test runs',
    idOf: ({ id }) => id,
    entry: (run) => [
      h('span', { class: 'item-top' }, h('strong', { dir: 'auto' }, nameOf(run)), mark(run.state)),
      h('span', { class: 'sub' }, sums(run)),
      h('span', { class: 'sub' }, `${ageText(Date.now() - Date.parse(run.started))} ago`),
    ],
    detail,
    none: () =>
      notice(
        'No test run yet',
        'Runs of impUnit tests on this machine appear here while they go.',
        commandLine('impt test run'),
      ),
  })
  const element = h(
    'section',
    { class: 'view tests', 'aria-label': 'Tests', hidden: true },
    ...chooser.elements,
  )
  return {
    element,
    shown() {
      watch(true)
      chooser.show()
    },
    left: () => watch(false),
    tell: chooser.tell,
  }
}

function detail(run: TestRunView): readonly HTMLElement[] {
  const { id, directory, state, current, error, sessions } = run
  return [
    h(
      'div',
      { class: 'detail-head' },
      h(
        'div',
        {},
        h('h2', { dir: 'auto' }, nameOf(run)),
        h('p', { class: 'detail-sub', dir: 'auto' }, `${tame(directory)} \u00b7 ${sums(run)}`),
      ),
      mark(state),
    ),
    ...(error === null ? [] : [h('p', { class: 'callout', dir: 'auto' }, tame(error))]),
    ...sessions.map((session, i) => sessionOf(session, `${id}-${i}`)),
    ...(state === 'running' && current !== null
      ? [h('p', { class: 'test is-running', dir: 'auto' }, `${tame(current)} runs\u2026`)]
      : []),
  ]
}

function sessionOf(
  { name, device, verdict, seconds, tests, problems }: TestSessionView,
  id: string,
): HTMLElement {
  return h(
    'details',
    { class: 'session', id: `session-${id}`, open: verdict !== 'passed' },
    h(
      'summary',
      {},
      mark(verdict === 'none' ? 'no verdict' : verdict),
      h('strong', { dir: 'auto' }, tame(name)),
      h(
        'span',
        { class: 'sub', dir: 'auto' },
        [tame(device), plural(tests.length, 'test'), `${seconds.toFixed(1)} s`]
          .filter(Boolean)
          .join(' \u00b7 '),
      ),
    ),
    ...problems.map((text) => h('p', { class: 'callout', dir: 'auto' }, text)),
    h(
      'ul',
      { class: 'test-list' },
      ...tests.map((test) =>
        h(
          'li',
          { class: `test is-${test.status}` },
          h('span', { class: 'test-name', dir: 'auto' }, tame(test.name)),
          h('span', { class: 'test-status' }, test.status),
          ...(test.message === '' ? [] : [h('p', { class: 'test-message', dir: 'auto' }, test.message)]),
          ...(test.output === ''
            ? []
            : [
                h(
                  'pre',
                  {
                    class: 'test-output',
                    tabindex: 0,
                    'aria-label': `What was logged during ${tame(test.name)}`,
                    dir: 'auto',
                  },
                  test.output,
                ),
              ]),
        ),
      ),
    ),
  )
}

/** The folder that was tested. */
function nameOf({ directory }: TestRunView): string {
  return tame(directory.split(/[\\/]/).filter(Boolean).at(-1) ?? directory)
}

function sums({ sessions, files }: TestRunView): string {
  const tests = sessions.flatMap((session) => session.tests)
  const failed = tests.filter(({ status }) => status === 'failed').length
  return [
    plural(tests.length, 'test'),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(files > 1 ? [plural(files, 'file')] : []),
  ].join(', ')
}
