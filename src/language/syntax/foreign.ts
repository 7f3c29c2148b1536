// Signs that other languages, word processors and keyboards write where this language has another one.

/** White space that looks like a space, or like nothing. */
const UNSEEN = /[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]/

const LOOK_ALIKES: readonly (readonly [RegExp, (sign: string) => string])[] = [
  [UNSEEN, (sign) => `${codeOf(sign)} is no plain space: write one, or take it away`],
  [/[“”„‟]/, (sign) => `${sign} is no quote here: write "..."`],
  [/[‘’‚‛]/, (sign) => `${sign} is no quote here: write '...'`],
  [/[‐‑‒–—−]/, (sign) => `${sign} is no hyphen: write -`],
  [/[\uff01-\uff5e]/, (sign) => `${sign} is a full-width sign: write ${narrow(sign)}`],
  [/\p{L}/u, (sign) => `${sign} (${codeOf(sign)}) is no letter of names: they have a-z, A-Z, 0-9 and _`],
]

/** What is meant, by what stands before the place and what begins there. */
const HABITS: readonly (readonly [before: RegExp, here: RegExp, cure: string])[] = [
  [/$/, /^\?/, 'a choice is written if CONDITION { A } else { B }'],
  [/([+-])$/, /^[+-]/, 'write set NAME += 1 to count'],
  [/[-+*/]$/, /^=/, 'write set NAME += VALUE to change a variable'],
  [/<$/, /^>/, 'write != for "not equal"'],
  [/$/, /^is\b/, 'write == to compare: x == null'],
  [/\w$/, /^\(/, 'a function follows a pipe, or its arguments follow it: $x | upper, add 1 2'],
  [/$/, /^,/, 'several values are a list: [a, b]'],
]

function codeOf(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

function narrow(sign: string): string {
  return String.fromCodePoint((sign.codePointAt(0) ?? 0) - 0xfee0)
}

/** What to write instead of the sign at this place of a text; undefined where nothing is known of it. */
export function foreignHint(text: string, at: number): string | undefined {
  const sign = String.fromCodePoint(text.codePointAt(at) ?? 0x20)
  if (sign > '\x7f') return LOOK_ALIKES.find(([which]) => which.test(sign))?.[1](sign)
  const before = text.slice(Math.max(0, at - 8), at).trimEnd()
  const here = text.slice(at, at + 8)
  return HABITS.find(([start, rest]) => start.test(before) && rest.test(here))?.[2]
}

/**
 * Why a sign cannot stand in a word without quotes; undefined where it can. `isFirst`: the word begins with it, which no text does that is
 * meant to be one.
 */
export function strangeSign(text: string, at: number, isFirst: boolean): string | undefined {
  const sign = text[at] ?? ''
  if (sign <= '\x7f') return undefined
  if (UNSEEN.test(sign)) return `${codeOf(sign)} stands in a word`
  if (!isFirst) return undefined
  if (/[“”„‟‘（｜；＄＃]/.test(sign)) return `"${sign}" begins a word`
  return /[‐‑‒–—−]/.test(sign) && /[A-Za-z‐‑‒–—−-]/.test(text[at + 1] ?? '')
    ? `"${sign}" begins an option`
    : undefined
}
