type Child = Node | string | null | undefined | false

/** Attributes, `class` and listeners (`onclick`) of an element, as `setAttribute` takes them. */
type Props = Readonly<Record<string, string | number | boolean | null | undefined | ((event: never) => void)>>

/** Makes an element. Texts become text nodes: nothing that a device is called can be markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else setAttribute(element, name, value)
  }
  element.append(
    ...children.filter((child): child is Node | string => child instanceof Node || typeof child === 'string'),
  )
  return element
}

/**
 * Sets an attribute, or takes it away; nothing is touched where it is so already. What ARIA says yes or no to is written out, anything else is
 * there or not.
 */
export function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  const isAbsent = value === null || value === undefined || (value === false && !name.startsWith('aria-'))
  if (isAbsent) return element.removeAttribute(name)
  const text = value === true && !name.startsWith('aria-') ? '' : String(value)
  if (element.getAttribute(name) !== text) element.setAttribute(name, text)
}

/** Sets a text; nothing is touched where it is so already. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Runs `work` once in the next frame, however often it is asked for. A page that nobody sees has no frames: then it waits for them. */
export function inFrame(work: () => void): () => void {
  let isAsked = false
  return () => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      work()
    })
  }
}

/** Runs `work` at most once in so many ms, and once more after the last time it was asked for. */
export function atMost(ms: number, work: () => void): () => void {
  let last = -Infinity
  let timer: number | undefined
  return () => {
    if (timer !== undefined) return
    const wait = Math.max(0, last + ms - performance.now())
    timer = window.setTimeout(() => {
      timer = undefined
      last = performance.now()
      work()
    }, wait)
  }
}
