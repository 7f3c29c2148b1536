import type { ReleaseOrder, ReleaseView } from '../protocol.ts'
import { createChooser } from './chooser.ts'
import { h, setText } from './dom.ts'
import type { FleetStore } from './fleet-store.ts'
import { commandLine, mark, notice } from './parts.ts'
import { createReleaseQuestion, QUESTIONS, type ReleaseOrders } from './release-question.ts'
import { ageText, countText, plural, tame } from './text.ts'

interface ReleasesOptions extends ReleaseOrders {
  readonly watch: (watch: boolean) => void
}

export interface ReleasesView {
  readonly element: HTMLElement
  readonly shown: () => void
  readonly left: () => void
  readonly tell: (releases: readonly ReleaseView[], error: string | null) => void
  readonly tellOutlook: (release: string, lines: readonly string[] | null, error: string | null) => void
  readonly tellOrdered: (error: string | null) => void
}

/** The releases of this machine: waves, counts, evidence. Pauses, resumes, aborts and rolls back, asked as the terminal asks. */
export function createReleasesView(store: FleetStore, { watch, ...orders }: ReleasesOptions): ReleasesView {
  const chooser = createChooser<ReleaseView>({
    title: 'Releases',
    idOf: ({ id }) => id,
    entry: (release) => [
      h(
        'span',
        { class: 'item-top' },
        h('strong', { dir: 'auto' }, tame(release.source) || release.id),
        mark(release.state),
      ),
      h('span', { class: 'sub', dir: 'auto' }, release.groups.map(({ name }) => tame(name)).join(', ')),
      h(
        'span',
        { class: 'sub' },
        `${ageText(Date.now() - Date.parse(release.started))} ago, by ${tame(release.by)}`,
      ),
    ],
    detail: details,
    none: () =>
      notice(
        'No release yet',
        'A release gives a build to Device Groups and restarts their devices in waves that are watched. It appears here once it is started on this machine.',
        commandLine('impt release start --build v1.1 --dg "My group" --reason "Why"'),
      ),
    also: () => store.about()?.readOnly,
  })
  const said = h('p', { class: 'trouble', role: 'status', hidden: true })
  const question = createReleaseQuestion(orders)
  const element = h(
    'section',
    { class: 'view releases', 'aria-label': 'Releases', hidden: true },
    said,
    ...chooser.elements,
    question.element,
  )

  function details(release: ReleaseView): readonly HTMLElement[] {
    const { id, state, groups, waves, evidence, why } = release
    const name = (device: string) => store.devices.get(device)?.name || device
    const most = Math.max(1, ...waves.map(({ devices }) => devices))
    return [
      h(
        'div',
        { class: 'detail-head' },
        h(
          'div',
          {},
          h(
            'h2',
            { dir: 'auto' },
            `${tame(release.source)} \u2192 ${groups.map((group) => tame(group.name)).join(', ')}`,
          ),
          h('p', { class: 'detail-sub', dir: 'auto' }, tame(release.reason) || '(no reason)'),
        ),
        mark(state),
      ),
      ...(why === null ? [] : [h('p', { class: 'callout', dir: 'auto' }, tame(why))]),
      h('div', { class: 'actions' }, ...buttons(release)),
      h('h3', {}, 'Waves'),
      h(
        'div',
        { class: 'scroll-x', tabindex: 0, role: 'group', 'aria-label': 'Waves' },
        h(
          'table',
          { class: 'waves' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              ...[
                'Wave',
                'Devices',
                'Restarted',
                'Errors',
                'Offline',
                'Agents lost',
                'Unsure',
                'Verdict',
              ].map((title) => h('th', { scope: 'col' }, title)),
            ),
          ),
          h(
            'tbody',
            {},
            ...waves.map((wave) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, String(wave.wave)),
                h(
                  'td',
                  { class: 'wave-size' },
                  bar(wave.restarted, wave.devices, most),
                  countText(wave.devices),
                ),
                h('td', {}, countText(wave.restarted)),
                ...[wave.errors, wave.offline, wave.agents].map((count) =>
                  h('td', { class: count > 0 ? 'is-bad' : '' }, wave.judged ? countText(count) : '\u2013'),
                ),
                h('td', {}, wave.judged ? countText(wave.unsure) : '\u2013'),
                h('td', {}, wave.judged ? 'judged' : wave.restarted > 0 ? 'watched' : 'to come'),
              ),
            ),
          ),
        ),
      ),
      h(
        'p',
        { class: 'sub' },
        [
          `${plural(release.offlineAtStart, 'device')} offline at the start`,
          ...(release.left > 0 ? [`${plural(release.left, 'device')} in no wave`] : []),
          id,
        ].join(' \u00b7 '),
      ),
      ...(evidence.length === 0
        ? []
        : [
            h('h3', {}, 'Evidence'),
            h(
              'ul',
              { class: 'evidence' },
              ...evidence
                .slice(0, 50)
                .map(({ device, what, text }) =>
                  h(
                    'li',
                    {},
                    h('strong', { dir: 'auto' }, name(device)),
                    h('span', { class: 'what' }, what),
                    h('span', { dir: 'auto' }, tame(text)),
                  ),
                ),
            ),
            ...(evidence.length > 50
              ? [h('p', { class: 'sub' }, `and ${countText(evidence.length - 50)} more`)]
              : []),
          ]),
      h('h3', {}, 'In the terminal'),
      commandLine(
        release.ended || !release.alive
          ? `impt release ${release.ended ? 'rollback' : 'resume'} ${id}`
          : `impt release status ${id} --follow`,
      ),
    ]
  }

  function buttons(release: ReleaseView): readonly HTMLElement[] {
    if (store.about()?.readOnly === true) return []
    const button = (does: ReleaseOrder, kind = '') =>
      h(
        'button',
        { type: 'button', class: `button ${kind}`, onclick: () => question.ask(release, does) },
        QUESTIONS[does].button,
      )
    const back =
      release.release === 'release' && release.state !== 'rolled-back'
        ? [button('rollback', 'is-danger')]
        : []
    if (release.ended) return back
    if (!release.alive) return [button('abort', 'is-danger'), ...back]
    return [
      release.state === 'paused' ? button('resume', 'is-main') : button('pause'),
      button('abort', 'is-danger'),
      ...back,
    ]
  }

  return {
    element,
    shown() {
      watch(true)
      chooser.show()
    },
    left: () => watch(false),
    tell: chooser.tell,
    tellOutlook: question.tellOutlook,
    tellOrdered(error) {
      said.hidden = error === null
      setText(said, error ?? '')
    },
  }
}

/** How much of a wave is restarted, as wide as the wave is large. */
function bar(done: number, size: number, most: number): HTMLElement {
  const fill = h('span', { class: 'wave-fill' })
  const track = h('span', { class: 'wave-track', 'aria-hidden': 'true' }, fill)
  track.style.width = `${Math.max(4, (size / most) * 100)}px`
  fill.style.width = `${size === 0 ? 0 : (done / size) * 100}%`
  return track
}
