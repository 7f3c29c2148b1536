import fc from 'fast-check'

/**
 * Random inputs that are the same in every run, so that a change is judged by what it does and not by chance. Who hunts sets
 * IMPT_TEST_SEED: `scripts/soak.js` takes another seed for each of its runs.
 */
fc.configureGlobal({ seed: Number(process.env['IMPT_TEST_SEED'] ?? 1) })

/** Between these no number is a character: they are the halves of others. */
const [FIRST_HALF, LAST_HALF] = [0xd800, 0xdfff]
const HALVES = LAST_HALF - FIRST_HALF + 1

/**
 * Any character of Unicode, for `fc.string`: the same values in the same order as its unit `binary`, which makes a table of all of them in each
 * process, a second of work.
 */
export const character: fc.Arbitrary<string> = fc.nat({ max: 0x10ffff - HALVES }).map(
  (number) => String.fromCodePoint(number < FIRST_HALF ? number : number + HALVES),
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined
    if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('no character')
    if (point >= FIRST_HALF && point <= LAST_HALF) throw new Error('half a character')
    return point < FIRST_HALF ? point : point - HALVES
  },
)

export { fc }
