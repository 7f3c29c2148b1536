import { h, inFrame, setAttribute, setText } from './dom.ts'
import type { Device } from './fleet-store.ts'
import { inks } from './glyph.ts'
import { indexAt, layOut, neighbour, placeOf, TITLE, type Layout } from './map-layout.ts'
import { SHAPES, STATE_NAMES, STATES, type State } from './state.ts'
import { ageText, countText } from './text.ts'

export interface FleetMap {
  readonly element: HTMLElement
  /** Shows these devices, sorted by group and name. */
  readonly show: (devices: readonly Device[]) => void
  /** The same devices stand in another way. */
  readonly update: (devices: readonly Device[]) => void
}

/** A sign a device on a canvas as large as the window onto the map: any number of devices costs what is seen of them. */
export function createMap(open: (device: Device) => void): FleetMap {
  let devices: readonly Device[] = []
  let layout: Layout = layOut([], 800)
  let active = -1
  let hovered = -1
  let signs: ReadonlyMap<State, HTMLCanvasElement> = new Map()
  let ink = inks()
  let isStale = true

  const canvas = h('canvas', { 'aria-hidden': 'true' })
  const pen = canvas.getContext('2d', { alpha: true })
  const current = h(
    'div',
    { role: 'option', class: 'unseen', id: 'map-current', 'aria-selected': 'true' },
    'No device is chosen',
  )
  const hint = h('div', { class: 'hint', hidden: true, 'aria-hidden': 'true' })
  const room = h('div', { class: 'map-room' }, canvas)
  const scroller = h('div', {
    class: 'map',
    role: 'listbox',
    tabindex: 0,
    'aria-label': 'Map of devices by Device Group. Arrow keys move, Enter opens.',
    onkeydown: pressed,
    onfocus: () => move(Math.max(0, active)),
    onblur: draw,
    onpointermove: (event: PointerEvent) => hover(event),
    onpointerleave: () => hover(undefined),
    onclick: (event: MouseEvent) => {
      const index = under(event)
      const device = devices[index]
      if (device === undefined) return
      active = index
      open(device)
      soon()
    },
  })
  scroller.append(room, current)
  const element = h('div', { class: 'map-frame' }, scroller, hint)
  const soon = inFrame(draw)
  scroller.addEventListener('scroll', soon, { passive: true })
  new ResizeObserver(() => {
    isStale = true
    soon()
  }).observe(scroller)
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    isStale = true
    soon()
  })

  function prepare(): void {
    isStale = false
    ink = inks()
    layout = layOut(devices, scroller.clientWidth)
    room.style.height = `${layout.height}px`
    const scale = window.devicePixelRatio
    const size = layout.cell.named ? 14 : layout.cell.height
    signs = new Map(STATES.map((state) => [state, signOf(state, size, scale, ink.of(state))]))
  }

  function draw(): void {
    if (pen === null || scroller.clientHeight === 0) return
    if (isStale) prepare()
    const scale = window.devicePixelRatio
    const width = scroller.clientWidth
    const height = scroller.clientHeight
    if (canvas.width !== width * scale || canvas.height !== height * scale) {
      canvas.width = width * scale
      canvas.height = height * scale
      canvas.style.width = `${width}px`
      canvas.style.height = `${height}px`
    }
    const top = scroller.scrollTop
    pen.setTransform(scale, 0, 0, scale, 0, -top * scale)
    pen.clearRect(0, top, width, height)
    pen.textBaseline = 'middle'
    const { cell, blocks } = layout
    const step = cell.height + cell.gap
    for (const { place, top: blockTop, left, columns, width: room, first, count } of blocks) {
      const rows = Math.ceil(count / columns)
      const begin = blockTop + TITLE
      if (begin + rows * step < top || blockTop > top + height) continue
      title(place.product, place.name, count, blockTop, left, room)
      const from = Math.max(0, Math.floor((top - begin) / step))
      const to = Math.min(rows, Math.ceil((top + height - begin) / step))
      for (let i = from * columns; i < Math.min(count, to * columns); i++) {
        const x = left + (i % columns) * (cell.width + cell.gap)
        const y = begin + Math.floor(i / columns) * step
        one(first + i, x, y)
      }
    }
    if (active >= 0 && document.activeElement === scroller) ring(active, ink.focus, 2)
    else if (hovered >= 0) ring(hovered, ink.faint, 1)
  }

  function title(
    product: string,
    name: string,
    count: number,
    top: number,
    left: number,
    width: number,
  ): void {
    if (pen === null) return
    const y = top + TITLE / 2 + 1
    let x = left
    const say = (text: string, font: string, colour: string) => {
      pen.font = `${font} ${ink.font}`
      pen.fillStyle = colour
      const shown = fitted(pen, text, left + width - x)
      pen.fillText(shown, x, y)
      x += pen.measureText(shown).width
    }
    if (product !== '') say(`${product}  /  `, '400 12px', ink.faint)
    say(name, '600 12px', ink.text)
    say(`   ${countText(count)}`, '400 12px', ink.faint)
  }

  function one(index: number, x: number, y: number): void {
    const device = devices[index]
    if (pen === null || device === undefined) return
    const sign = signs.get(device.state)
    const { cell } = layout
    if (!cell.named) {
      if (sign !== undefined) pen.drawImage(sign, x, y, cell.width, cell.height)
      return
    }
    pen.beginPath()
    pen.roundRect(x + 0.5, y + 0.5, cell.width - 1, cell.height - 1, 6)
    pen.fillStyle = ink.tile
    pen.fill()
    pen.strokeStyle = ink.line
    pen.lineWidth = 1
    pen.stroke()
    if (sign !== undefined) pen.drawImage(sign, x + 10, y + 10, 14, 14)
    pen.font = `400 13px ${ink.font}`
    pen.fillStyle = ink.text
    pen.fillText(fitted(pen, device.name || device.id, cell.width - 42), x + 32, y + cell.height / 2 + 0.5)
  }

  function ring(index: number, colour: string, thickness: number): void {
    if (pen === null) return
    const { x, y } = placeOf(layout, index)
    const { cell } = layout
    const out = layout.cell.named ? 0 : 2
    pen.beginPath()
    pen.roundRect(x - out, y - out, cell.width + 2 * out, cell.height + 2 * out, layout.cell.named ? 6 : 4)
    pen.strokeStyle = colour
    pen.lineWidth = thickness
    pen.stroke()
  }

  const under = (event: MouseEvent) => {
    const box = scroller.getBoundingClientRect()
    return indexAt(layout, event.clientX - box.left, event.clientY - box.top + scroller.scrollTop)
  }

  function hover(event: PointerEvent | undefined): void {
    const index = event === undefined ? -1 : under(event)
    if (index === hovered && event !== undefined) return
    hovered = index
    scroller.classList.toggle('is-over', index >= 0)
    const device = devices[index]
    hint.hidden = device === undefined || event?.pointerType === 'touch'
    if (device !== undefined) {
      setText(hint, `${device.name || device.id} \u2014 ${sentence(device)}`)
      const { x, y } = placeOf(layout, index)
      const left = Math.min(x, scroller.clientWidth - hint.offsetWidth - 8)
      const above = y - scroller.scrollTop - 34
      hint.style.transform = `translate(${Math.max(8, left)}px, ${above < 4 ? above + 38 + layout.cell.height : above}px)`
    }
    soon()
  }

  function move(index: number): void {
    active = Math.max(-1, Math.min(index, devices.length - 1))
    const device = devices[active]
    setAttribute(scroller, 'aria-activedescendant', device === undefined ? null : 'map-current')
    if (device !== undefined) {
      setText(current, `${device.name || device.id}, ${sentence(device)}, ${device.group.name}`)
      setAttribute(current, 'aria-posinset', active + 1)
      setAttribute(current, 'aria-setsize', devices.length)
      const { y } = placeOf(layout, active)
      if (y - TITLE < scroller.scrollTop) scroller.scrollTop = y - TITLE
      else if (y + layout.cell.height + 8 > scroller.scrollTop + scroller.clientHeight)
        scroller.scrollTop = y + layout.cell.height + 8 - scroller.clientHeight
    }
    soon()
  }

  function pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const device = devices[active]
    if ((event.key === 'Enter' || event.key === ' ') && device !== undefined) {
      event.preventDefault()
      return open(device)
    }
    if (!/^(?:Arrow|Home$|End$)/.test(event.key)) return
    event.preventDefault()
    move(neighbour(layout, Math.max(0, active), event.key))
  }

  return {
    element,
    show(next) {
      const kept = devices[active]?.id
      devices = next
      active = kept === undefined ? -1 : devices.findIndex(({ id }) => id === kept)
      hovered = -1
      hint.hidden = true
      isStale = true
      soon()
    },
    update(next) {
      devices = next
      soon()
    },
  }
}

/** `offline for 3 d`, in words for a hint. */
function sentence({ state, since }: Device): string {
  const name = STATE_NAMES[state].toLowerCase()
  return since === null ? name : `${name} for ${ageText(Date.now() - since)}`
}

function signOf(state: State, size: number, scale: number, colour: string): HTMLCanvasElement {
  const sign = document.createElement('canvas')
  sign.width = Math.round(size * scale)
  sign.height = sign.width
  const pen = sign.getContext('2d')
  if (pen !== null) {
    pen.scale(sign.width / 16, sign.width / 16)
    pen.fillStyle = colour
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- fills a path, no array
    pen.fill(new Path2D(SHAPES[state]), 'evenodd')
  }
  return sign
}

/** A text cut so that it fits into so many pixels. */
function fitted(pen: CanvasRenderingContext2D, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text
  let low = 0
  let high = Math.min(text.length, 200)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (pen.measureText(`${text.slice(0, middle)}\u2026`).width <= width) low = middle
    else high = middle - 1
  }
  return `${text.slice(0, low)}\u2026`
}
