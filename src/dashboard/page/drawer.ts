import type { Diagnosis } from '../protocol.ts'
import { h, setText } from './dom.ts'
import type { Device, FleetStore } from './fleet-store.ts'
import { glyph, setGlyph } from './glyph.ts'
import { commandLine } from './parts.ts'
import { STATE_NAMES } from './state.ts'
import { ageText, withLocalTimes } from './text.ts'

interface DrawerOptions {
  readonly diagnose: (id: string) => void
  readonly showLogs: (id: string) => void
}

export interface Drawer {
  readonly element: HTMLElement
  readonly open: (device: Device) => void
  readonly tell: (id: string, diagnosis: Diagnosis | null, error: string | null) => void
}

/** What is wrong with one device: the sentence, the facts, a command to try. Escape closes it and gives the focus back. */
export function createDrawer(store: FleetStore, { diagnose, showLogs }: DrawerOptions): Drawer {
  let device: Device | undefined
  let opener: Element | null = null
  const sign = glyph('unknown')
  const state = h('span', {})
  const name = h('h2', { tabindex: -1, dir: 'auto' })
  const place = h('p', { class: 'drawer-place', dir: 'auto' })
  const ids = h('p', { class: 'drawer-ids' })
  const verdict = h('div', { class: 'verdict', 'aria-live': 'polite' })
  const again = h('button', { type: 'button', class: 'button', onclick: () => ask() }, 'Examine again')
  const logs = h(
    'button',
    { type: 'button', class: 'button is-main', onclick: () => device && showLogs(device.id) },
    'Show its log',
  )
  const element = h(
    'aside',
    { class: 'drawer', 'aria-label': 'Device', hidden: true },
    h(
      'div',
      { class: 'drawer-head' },
      h('span', { class: 'badge' }, sign, state),
      h('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: close }, '\u2715'),
    ),
    name,
    place,
    ids,
    verdict,
    h('div', { class: 'actions' }, logs, again),
  )
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  })
  store.onChange(() => {
    if (element.hidden || device === undefined) return
    const now = store.devices.get(device.id)
    if (now === undefined || now === device) return
    device = now
    head(now)
  })

  function close(): void {
    element.hidden = true
    document.body.classList.remove('has-drawer')
    if (opener instanceof HTMLElement) opener.focus()
  }

  function head({ id, mac, state: how, since, group, name: named }: Device): void {
    setGlyph(sign, how)
    setText(
      state,
      since === null ? STATE_NAMES[how] : `${STATE_NAMES[how]} for ${ageText(Date.now() - since)}`,
    )
    setText(name, named || '(unnamed)')
    setText(place, group.product === '' ? group.name : `${group.product} / ${group.name}`)
    setText(ids, mac === '' ? id : `${id} \u00b7 ${mac}`)
  }

  function ask(): void {
    if (device === undefined) return
    verdict.replaceChildren(h('p', { class: 'waiting' }, 'Reading what the cloud knows\u2026'))
    diagnose(device.id)
  }

  return {
    element,
    open(next) {
      if (element.hidden) opener = document.activeElement
      device = next
      head(next)
      element.hidden = false
      document.body.classList.add('has-drawer')
      element.scrollTop = 0
      name.focus()
      ask()
    },
    tell(id, diagnosis, error) {
      if (id !== device?.id) return
      if (diagnosis === null)
        return verdict.replaceChildren(h('p', { class: 'trouble' }, error ?? 'Nothing was told.'))
      verdict.replaceChildren(
        h('p', { class: 'sentence', dir: 'auto' }, withLocalTimes(diagnosis.sentence)),
        ...(diagnosis.also.length === 0
          ? []
          : [
              h(
                'ul',
                { class: 'also' },
                ...diagnosis.also.map((text) => h('li', { dir: 'auto' }, withLocalTimes(text))),
              ),
            ]),
        h(
          'dl',
          { class: 'facts' },
          ...diagnosis.facts.flatMap(([fact, value]) => [
            h('dt', {}, fact),
            h('dd', { dir: 'auto' }, withLocalTimes(value)),
          ]),
        ),
        h('h3', {}, 'Try'),
        commandLine(diagnosis.try),
      )
    },
  }
}
