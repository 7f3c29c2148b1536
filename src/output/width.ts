import stringWidth from 'string-width'

/** Printable ASCII takes one column each. The library, which the build loads where it is first used, takes longer to load than most commands run. */
const PLAIN = /^[ -~]*$/

/** The columns of a terminal that a text takes; escape codes of colours take none. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text)
}
