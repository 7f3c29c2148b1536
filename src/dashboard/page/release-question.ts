import type { ReleaseOrder, ReleaseView } from '../protocol.ts'
import { h, setAttribute, setText } from './dom.ts'
import { tame } from './text.ts'

export interface ReleaseOrders {
  readonly order: (release: string, order: ReleaseOrder, retyped: string | null) => void
  /** Asks what a rollback would do. */
  readonly outlook: (release: string) => void
}

/** What is asked before each order; a pause is never held up. */
export const QUESTIONS: Readonly<
  Record<
    ReleaseOrder,
    {
      readonly button: string
      readonly title: string
      readonly text: string
      readonly sure: string
      readonly kind: string
    }
  >
> = {
  pause: { button: 'Pause', title: '', text: '', sure: '', kind: '' },
  resume: {
    button: 'Resume',
    title: 'Go on with this release?',
    text: 'The next wave of devices is restarted.',
    sure: 'Resume the release',
    kind: 'is-main',
  },
  abort: {
    button: 'Abort',
    title: 'Abort this release?',
    text: 'The devices keep what they have. A rollback puts the build before back.',
    sure: 'Abort the release',
    kind: 'is-danger',
  },
  rollback: {
    button: 'Roll back',
    title: 'Put the build before back?',
    text: 'The last good build is copied into the groups, and their devices are restarted at once. It goes on as long as this dashboard runs.',
    sure: 'Roll the release back',
    kind: 'is-danger',
  },
}

/** Asks before an order, as the terminal asks. */
export function createReleaseQuestion({ order, outlook }: ReleaseOrders) {
  const question = h('dialog', { class: 'question', 'aria-labelledby': 'question-title' })
  /** The release whose rollback is asked about, and where its outlook is shown. */
  let asking:
    | {
        readonly release: string
        readonly tell: (lines: readonly string[] | null, error: string | null) => void
      }
    | undefined

  /** Pausing is never held up; going on with production wants the name of its group typed. */
  function ask(release: ReleaseView, does: ReleaseOrder): void {
    if (does === 'pause') return order(release.id, 'pause', null)
    const { title, sure: agree, text, kind } = QUESTIONS[does]
    const production =
      does === 'resume' || does === 'rollback' ? release.groups.find((group) => group.production) : undefined
    /** What a rollback puts back is known when the server has looked. */
    let isKnown = does !== 'rollback'
    const lines = h(
      'pre',
      { class: 'outlook', dir: 'auto', role: 'status' },
      'Looking what would be put back\u2026',
    )
    const typed = h('input', {
      type: 'text',
      id: 'retyped',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: () => check(),
    })
    const sure = h('button', { type: 'submit', class: `button ${kind}` }, agree)
    const check = () =>
      setAttribute(
        sure,
        'disabled',
        !isKnown || (production !== undefined && typed.value !== production.name),
      )
    const form = h(
      'form',
      {
        method: 'dialog',
        onsubmit: () => order(release.id, does, production === undefined ? null : typed.value),
      },
      h('h2', { id: 'question-title' }, title),
      h('p', {}, text),
      ...(does === 'rollback' ? [lines] : []),
      ...(production === undefined
        ? []
        : [
            h(
              'label',
              { for: 'retyped' },
              'Type the name of the production group: ',
              h('strong', { dir: 'auto' }, production.name),
            ),
            typed,
          ]),
      h(
        'div',
        { class: 'actions' },
        sure,
        h('button', { type: 'button', class: 'button', onclick: () => question.close() }, 'Cancel'),
      ),
    )
    check()
    if (does === 'rollback') {
      asking = {
        release: release.id,
        tell(told, error) {
          isKnown = told !== null
          setText(lines, told === null ? (error ?? '') : told.map(tame).join('\n'))
          check()
        },
      }
      outlook(release.id)
    }
    question.replaceChildren(form)
    question.showModal()
  }

  return {
    element: question,
    ask,
    tellOutlook(release: string, lines: readonly string[] | null, error: string | null): void {
      if (asking?.release === release) asking.tell(lines, error)
    },
  }
}
