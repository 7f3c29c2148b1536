import { SHAPES, type State } from './state.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** The shape of a state as an element; beside a text that says the same. */
export function glyph(state: State): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('fill-rule', 'evenodd')
  svg.append(path)
  setGlyph(svg, state)
  return svg
}

/** Makes an element of `glyph` show another state. */
export function setGlyph(svg: SVGSVGElement, state: State): void {
  if (svg.dataset['state'] === state) return
  svg.dataset['state'] = state
  svg.setAttribute('class', `glyph state-${state}`)
  svg.firstElementChild?.setAttribute('d', SHAPES[state])
}

/** What a canvas draws with: the colours and the font of the style as they are now. */
export interface Inks {
  readonly of: (state: State) => string
  readonly text: string
  readonly faint: string
  readonly focus: string
  readonly tile: string
  readonly line: string
  readonly font: string
}

export function inks(): Inks {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    of: read,
    text: read('text'),
    faint: read('muted'),
    focus: read('focus'),
    tile: read('raised'),
    line: read('line'),
    font: read('sans'),
  }
}
