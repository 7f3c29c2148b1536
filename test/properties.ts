import fc from 'fast-check'

/**
 * Random inputs that are the same in every run, so that a change is judged by what it does and not by chance. Who hunts sets
 * IMPT_TEST_SEED: `scripts/soak.js` takes another seed for each of its runs.
 */
fc.configureGlobal({ seed: Number(process.env['IMPT_TEST_SEED'] ?? 1) })

export { fc }
