import { h } from './dom.ts'
import { notice } from './parts.ts'

interface ChooserOptions<T> {
  /** What the items are called: `Test runs`. */
  readonly title: string
  readonly idOf: (item: T) => string
  /** What stands in the list for an item. */
  readonly entry: (item: T) => readonly HTMLElement[]
  readonly detail: (item: T) => readonly HTMLElement[]
  /** What stands there where there is no item yet. */
  readonly none: () => HTMLElement
  /** What entries and details depend on beside the item. */
  readonly also?: () => unknown
}

export interface Chooser<T> {
  readonly elements: readonly HTMLElement[]
  /** Shows what was told last; where nothing was told yet, that it is being read. */
  readonly show: () => void
  /** Shows items, newest first, or why they cannot be read; the same as before changes nothing, so that a reader keeps the place. */
  readonly tell: (items: readonly T[], error: string | null) => void
}

/** A list of what this machine has on the left and all of the chosen item on the right, which may come anew every second. */
export function createChooser<T>({ title, idOf, entry, detail, none, also }: ChooserOptions<T>): Chooser<T> {
  let told: readonly T[] | undefined
  let failure: string | null = null
  let chosen: string | undefined
  let drawn = ''
  /** Whether a button is pressed and not yet let go: one that is made anew meanwhile is never clicked. */
  let isPressed = false
  const list = h('ul', { class: 'split-list', 'aria-label': `${title} of this machine` })
  const pane = h('div', { class: 'panel detail', tabindex: 0, role: 'group', 'aria-label': 'Details' })
  const body = h('div', { class: 'split' }, list, pane)
  const blank = h('div', { class: 'panel blank' })

  const letGo = () =>
    setTimeout(() => {
      isPressed = false
      show()
    })
  for (const place of [list, pane])
    for (const [down, ups] of [
      ['pointerdown', ['pointerup', 'pointercancel']],
      ['keydown', ['keyup', 'blur']],
    ] as const)
      place.addEventListener(down, () => {
        if (isPressed) return
        isPressed = true
        const released = new AbortController()
        for (const up of ups)
          window.addEventListener(
            up,
            () => {
              released.abort()
              letGo()
            },
            { signal: released.signal, capture: true },
          )
      })

  function draw(): void {
    const items = told ?? []
    body.hidden = items.length === 0
    blank.hidden = items.length > 0
    const current = items.find((item) => idOf(item) === chosen) ?? items[0]
    if (current === undefined) return blank.replaceChildren(emptiness())
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

  function emptiness(): HTMLElement {
    if (failure !== null) return notice(`The ${title.toLowerCase()} cannot be read`, failure)
    if (told !== undefined) return none()
    return notice('Reading\u2026', `The ${title.toLowerCase()} of this machine are being read.`)
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

  function show(): void {
    const text = JSON.stringify([told, failure, also?.()])
    if (text === drawn || isPressed) return
    drawn = text
    draw()
  }

  return {
    elements: [body, blank],
    show,
    tell(items, error) {
      told = items
      failure = error
      show()
    },
  }
}

function focusable(place: HTMLElement): HTMLElement[] {
  return [...place.querySelectorAll<HTMLElement>('button, summary, [tabindex]')]
}
