import { createHash } from 'node:crypto'
import { ImptError } from '../../output/error.ts'
import type { Placed } from './types.ts'

/** The size of a wave with all before it: so many devices, or a share of 100. */
export interface Share {
  readonly value: number
  readonly percent: boolean
}

/** Reads `1,5%,25%,100%`: cumulative and rising. Throws USAGE. */
export function parseWaves(text: string): readonly Share[] {
  const wrong = (why: string) =>
    new ImptError('USAGE', `Option "--waves" has incorrect value "${text}": ${why}.`, {
      hint: 'Give rising shares, each with those before it, such as 1,5%,25%,100%',
    })
  const shares = text.split(',').map((part) => {
    const [, digits, sign] = /^\s*(\d{1,7}(?:\.\d{1,3})?)(%?)\s*$/.exec(part) ?? []
    const share = { value: Number(digits), percent: sign === '%' }
    if (digits === undefined || share.value <= 0 || (!share.percent && !Number.isInteger(share.value)))
      throw wrong(`"${part.trim()}" is no share`)
    if (share.percent && share.value > 100) throw wrong(`"${part.trim()}" is more than all`)
    return share
  })
  for (const [i, share] of shares.entries()) {
    const before = shares.slice(0, i).findLast(({ percent }) => percent === share.percent)
    if (before !== undefined && before.value >= share.value) throw wrong('the shares must rise')
  }
  return shares
}

/** How many devices of `total` each wave has restarted at its end: rounded up, never falling. Waves that would add none are left out. */
export function countsOf(shares: readonly Share[], total: number): readonly number[] {
  const counts: number[] = []
  for (const { value, percent } of shares) {
    // A share that is exact must not be rounded up for what binary fractions add to it.
    const wanted = percent ? Math.ceil(Number(((value * total) / 100).toFixed(6))) : value
    const count = Math.min(total, wanted)
    if (count > (counts.at(-1) ?? 0)) counts.push(count)
  }
  return counts
}

/** A device that is dealt into a wave. */
interface Dealt extends Placed {
  readonly impType: string
}

/**
 * Deals devices out: by a hash of release and device id, round by group and imp type, so that every beginning of the order has some of
 * each kind. The same for the same release, whatever the order of the input.
 */
function deal(release: string, devices: readonly Dealt[]): readonly Placed[] {
  const ranked = devices
    .map(({ id, group, impType }) => ({
      id,
      group,
      pile: `${group} ${impType}`,
      rank: createHash('sha256').update(`${release} ${id}`).digest('hex'),
    }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
  const piles = new Map<string, Placed[]>()
  for (const { id, group, pile } of ranked) {
    const known = piles.get(pile)
    if (known) known.push({ id, group })
    else piles.set(pile, [{ id, group }])
  }
  const dealt: Placed[] = []
  for (let round = 0; dealt.length < devices.length; round++)
    for (const pile of piles.values()) {
      const next = pile[round]
      if (next !== undefined) dealt.push(next)
    }
  return dealt
}

/** The waves of one stage, and the devices that none of them restarts. */
export function wavesOf(
  release: string,
  devices: readonly Dealt[],
  shares: readonly Share[],
): { readonly waves: readonly (readonly Placed[])[]; readonly left: readonly Placed[] } {
  const order = deal(release, devices)
  const counts = countsOf(shares, order.length)
  const waves = counts.map((count, i) => order.slice(counts[i - 1] ?? 0, count))
  return { waves, left: order.slice(counts.at(-1) ?? 0) }
}
