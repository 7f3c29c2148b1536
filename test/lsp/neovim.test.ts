import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
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

  'completes, explains, and tells parameters': async (t) => {
    const { out } = await inNeovim(
      t,
      { 'a.nut': 'imp.\nlocal x = 1\nimp.wakeup(\n' },
      `
      open('a.nut')
      at(1, 4)
      out.labels = labels()
      at(3, 5)
      out.hover = ask('textDocument/hover').contents.value
      at(3, 11)
      out.signature = ask('textDocument/signatureHelp').signatures[1].label
      `,
      { side: 'device' },
    )
    assert.ok(out.labels.includes('deepsleepfor'))
    assert.match(out.hover, /Calls a function once/)
    assert.match(out.signature, /^imp\.wakeup\(seconds/)
  },

  'jumps to a definition in an included file, and finds all uses': async (t) => {
    const { out } = await inNeovim(
      t,
      { 'a.nut': '@include "b.nut"\nshared(1)\n', 'b.nut': '\nfunction shared(n) {\n}\n' },
      `
      open('a.nut')
      at(2, 2)
      vim.lsp.buf.definition()
      wait('the other file', function() return vim.fn.expand('%:t') == 'b.nut' end)
      out.name = vim.fn.expand('%:t')
      out.cursor = vim.api.nvim_win_get_cursor(0)
      vim.cmd('buffer a.nut')
      at(2, 2)
      local params = vim.lsp.util.make_position_params()
      params.context = {includeDeclaration = true}
      out.uses = #ask('textDocument/references', params)
      `,
    )
    assert.deepEqual(out, { name: 'b.nut', cursor: [2, 9], uses: 2 })
  },

  'renames in all files, as the editor applies it': async (t) => {
    const { out } = await inNeovim(
      t,
      { 'a.nut': '@include "b.nut"\nshared(1)\n', 'b.nut': 'function shared(n) { return n }\n' },
      `
      open('a.nut')
      at(2, 2)
      vim.lsp.buf.rename('other')
      wait('the new name', function() return lines()[2] == 'other(1)' end)
      out.here = lines()
      wait('the other file', function() return vim.fn.bufnr('b.nut') > 0 end)
      out.there = vim.api.nvim_buf_get_lines(vim.fn.bufnr('b.nut'), 0, -1, true)
      `,
    )
    assert.deepEqual(out, {
      here: ['@include "b.nut"', 'other(1)'],
      there: ['function other(n) { return n }'],
    })
  },

  'formats a script and applies a cure': async (t) => {
    const { out } = await inNeovim(
      t,
      {
        'a.imptsh': 'if true{\nprint   1\n}\n',
        '.impt.project': '{"deviceGroupId": "x", "deviceFile": "a.nut"}',
        'a.nut': 'count = 1\nserver.log(count)\n',
      },
      `
      open('a.imptsh')
      vim.lsp.buf.formatting_sync(nil, 120000)
      out.script = lines()
      vim.cmd('edit! a.nut')
      open('a.nut')
      wait('the warning', function() return #diagnostics() > 0 end)
      out.codes = vim.tbl_map(function(one) return one.code end, diagnostics())
      at(1, 0)
      local params = vim.lsp.util.make_range_params()
      params.context = {diagnostics = {}}
      local action = ask('textDocument/codeAction', params)[1]
      vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16')
      out.program = lines()
      `,
    )
    assert.deepEqual(out.script, ['if true {', '  print 1', '}'])
    assert.equal(out.codes[0], 'SQ_NEW_SLOT')
    assert.deepEqual(out.program, ['count <- 1', 'server.log(count)'])
  },

  'completes commands, options and variables of a script': async (t) => {
    const { out } = await inNeovim(
      t,
      { 'a.imptsh': 'let mine = 1\ndevice list --\nprint $\n' },
      `
      open('a.imptsh')
      at(2, 14)
      out.options = labels()
      at(3, 7)
      out.variables = labels()
      at(2, 8)
      out.hover = ask('textDocument/hover').contents.value
      `,
    )
    assert.ok(out.options.includes('--online'))
    assert.ok(out.variables.includes('mine'))
    assert.match(out.hover, /device list/)
  },

  'works with the lines of the guide': async (t) => {
    const guide = await readFile('src/help/editors.md', 'utf8')
    const [, lines = ''] = /```lua\n([^]*?)```/.exec(guide) ?? []
    const { out } = await inNeovim(
      t,
      { 'init.lua': lines, 'a.nut': 'local a = ;\n', 'b.imptsh': 'print $nothing\n' },
      `
      dofile('init.lua')
      for _, name in ipairs({'a.nut', 'b.imptsh'}) do
        vim.cmd('edit ' .. name)
        wait('diagnostics of ' .. name, function() return #diagnostics() == 1 end)
        out[name] = diagnostics()[1].code
      end
      `,
    )
    assert.deepEqual(out, { 'a.nut': 'SQ_SYNTAX', 'b.imptsh': 'UNKNOWN_VARIABLE' })
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
