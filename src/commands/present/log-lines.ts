import { logRenderer } from '../../output/log-line.ts'
import type { Result } from '../../output/result.ts'
import { colours } from '../../output/paint.ts'
import type { Look } from './look.ts'

/**
 * The entries of a log as lines. Devices have their names and colours where a person looks, at a terminal; `talks`: in a mode for people. What is
 * piped has ids as it always had, unless names are asked for.
 */
export async function* logLines(
  { items, lines = {} }: Result & { readonly kind: 'logs' },
  look: Look,
  talks: boolean,
): AsyncGenerator<string> {
  const { names = talks && look.width !== undefined, nameOf, ...rest } = lines
  const show = logRenderer({
    ...rest,
    ...(names && nameOf !== undefined && { nameOf }),
    ...(look.colour && talks && { paint: paintOf(look) }),
  })
  for await (const entry of items) yield show(entry)
}

/** A device has the same colour in every run, whatever others there are. */
function paintOf(look: Look) {
  const { cyan, green, yellow, blue, magenta, red, cyanBright, greenBright, blueBright, magentaBright } =
    colours(look.colour)
  const palette = [cyan, green, yellow, blue, magenta, cyanBright, greenBright, blueBright, magentaBright]
  const colourOf = (id: string) => {
    let sum = 0
    for (let i = 0; i < id.length; i++) sum = (sum * 31 + id.charCodeAt(i)) >>> 0
    return palette[sum % palette.length]
  }
  return { device: (text: string, id: string) => colourOf(id)?.(text) ?? text, error: red }
}
