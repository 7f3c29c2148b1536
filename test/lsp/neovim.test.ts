import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { inNeovim, NEOVIM } from './neovim.ts'

/** What Neovim proves, by title. */
const STORIES: Readonly<Record<string, (t: TestContext) => Promise<void>>> = {
  'shows what is wrong with a program while it is edited': async (t) => {
    const { out } = await inNeovim(
      t,
      { 'a.nut': 'local a = ;\nserver.log("x")\n' },
      `
      open('a.nut')
      wait('diagnostics', function() return #diagnostics() == 1 end)
      out.first = diagnostics()
      vim.api.nvim_buf_set_lines(0, 0, 1, true, {'local a = 1'})
      wait('that they go', function() return #diagnostics() == 0 end)
      out.after = #diagnostics()
      `,
    )
    assert.deepEqual(out, {
      first: [{ line: 1, col: 10, code: 'SQ_SYNTAX', message: 'expression expected' }],
      after: 0,
    })
  },
}

describe('Neovim', () => {
  if (NEOVIM === undefined) {
    const count = Object.keys(STORIES).length
    test(`is not installed: ${count} stories of the language server in it were NOT RUN`, (t) => {
      t.diagnostic(`${count} stories in Neovim were not run: install neovim to run them`)
    })
    return
  }
  for (const [title, story] of Object.entries(STORIES)) test(title, story)
})
