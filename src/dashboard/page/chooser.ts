import { h } from './dom.ts'

interface ChooserOptions<T> {
  /** What the list is called. */
  readonly label: string
  readonly idOf: (item: T) => string
  /** What stands in the list for an item. */
  readonly entry: (item: T) => readonly HTMLElement[]
  readonly detail: (item: T) => readonly HTMLElement[]
  /** What stands there without any item. */
  readonly none: () => HTMLElement
}

export interface Chooser<T> {
  readonly elements: readonly HTMLElement[]
  /** Shows items, newest first; the same ones as before change nothing, so that a reader keeps the place. */
  readonly show: (items: readonly T[], also?: unknown) => void
}

/** A list on the left and all of the chosen item on the right, which may come anew every second. */
export function createChooser<T>({ label, idOf, entry, detail, none }: ChooserOptions<T>): Chooser<T> {
  let items: readonly T[] = []
  let chosen: string | undefined
  let drawn = ''
  const list = h('ul', { class: 'split-list', 'aria-label': label })
  const pane = h('div', { class: 'panel detail', tabindex: 0, role: 'group', 'aria-label': 'Details' })
  const body = h('div', { class: 'split' }, list, pane)
  const blank = h('div', { class: 'panel blank' })

  function draw(): void {
    body.hidden = items.length === 0
    blank.hidden = items.length > 0
    const current = items.find((item) => idOf(item) === chosen) ?? items[0]
    if (current === undefined) return blank.replaceChildren(none())
    const kept = focusIn()
    list.replaceChildren(
      ...items.map((item) =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              class: 'item',
              'aria-current': item === current ? 'true' : null,
              onclick: () => {
                chosen = idOf(item)
                pane.scrollTop = 0
                draw()
              },
            },
            ...entry(item),
          ),
        ),
      ),
    )
    const before = new Map([...pane.querySelectorAll('details')].map((one) => [one.id, one.open]))
    pane.replaceChildren(...detail(current))
    // What a reader has opened or closed stays so.
    for (const one of pane.querySelectorAll('details')) one.open = before.get(one.id) ?? one.open
    kept()
  }

  /** Gives the focus back to what stands in the place of what had it. */
  function focusIn(): () => void {
    const active = document.activeElement
    const inside = [list, pane].find((place) => place !== active && place.contains(active))
    if (inside === undefined) return () => undefined
    const at = focusable(inside).indexOf(active as HTMLElement)
    const text = active?.textContent
    return () => {
      const all = focusable(inside)
      const same = all[at]?.textContent === text ? all[at] : all.find((one) => one.textContent === text)
      ;(same ?? all[at])?.focus()
    }
  }

  return {
    elements: [body, blank],
    show(next, also) {
      items = next
      const text = JSON.stringify([next, also])
      if (text === drawn) return
      drawn = text
      draw()
    },
  }
}

function focusable(place: HTMLElement): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>('button, summary, [tabindex]')]
}
