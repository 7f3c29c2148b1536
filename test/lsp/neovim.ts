import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { PROGRAM } from '../stories/terminal.ts'

/** Where Neovim is; undefined where it is not installed. */
export const NEOVIM = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'nvim'))
  .find((path) => existsSync(path))

/** Lua that every script begins with: starts the server for a file and knows how to wait and to ask. */
const PRELUDE = `
local out = {}
-- The cursor may stand behind the last character, as it does while somebody types.
vim.o.virtualedit = 'onemore'
local function wait(what, holds)
  if not vim.wait(120000, holds, 10) then error('never: ' .. what) end
end
local function open(name)
  vim.cmd('edit ' .. vim.fn.fnameescape(name))
  local id = vim.lsp.start_client({
    name = 'impt', cmd = vim.json.decode(vim.env.IMPT_LSP), root_dir = vim.fn.getcwd(),
    init_options = vim.json.decode(vim.env.IMPT_OPTIONS),
  })
  vim.lsp.buf_attach_client(0, id)
  wait('the server', function() return vim.lsp.buf_get_clients(0)[id] ~= nil end)
  return id
end
local function ask(method, params)
  local found = vim.lsp.buf_request_sync(0, method, params or vim.lsp.util.make_position_params(), 120000)
  for _, one in pairs(found or error('no answer to ' .. method)) do
    if one.error then error(vim.inspect(one.error)) end
    return one.result
  end
end
local function at(line, column) vim.api.nvim_win_set_cursor(0, {line, column}) end
-- What is offered at the cursor.
local function labels()
  return vim.tbl_map(function(one) return one.label end, ask('textDocument/completion').items)
end
local function lines() return vim.api.nvim_buf_get_lines(0, 0, -1, true) end
local function diagnostics()
  return vim.tbl_map(function(one) return {line = one.lnum + 1, col = one.col, code = one.code, message = one.message} end, vim.diagnostic.get(0))
end
`

/** Runs a Lua script in Neovim in a folder with these files, and gives what the script puts into \`out\`. Throws what Lua said. */
export async function inNeovim(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  script: string,
  options: object = {},
): Promise<{ readonly out: any; readonly folder: string }> {
  if (NEOVIM === undefined) throw new Error('Neovim is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'impt-nvim-'))
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  // What a configuration calls `impt` is the program that is tested.
  await writeFile(join(folder, 'impt'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, {
    mode: 0o755,
  })
  const body = `local ok, message = pcall(function()\n${script}\nend)\nif not ok then out = {failed = tostring(message)} end\n`
  const last = `vim.fn.writefile({vim.json.encode(out)}, 'out.json')\nvim.cmd('qall!')\n`
  await writeFile(join(folder, 'script.lua'), PRELUDE + body + last)
  await promisify(execFile)(
    NEOVIM,
    ['--headless', '--clean', '-n', '-i', 'NONE', '-c', 'luafile script.lua'],
    {
      cwd: folder,
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME: folder,
        XDG_STATE_HOME: folder,
        IMPT_LSP: JSON.stringify([process.execPath, PROGRAM, 'lsp']),
        IMPT_OPTIONS: JSON.stringify(options),
      },
    },
  )
  const out = JSON.parse(await readFile(join(folder, 'out.json'), 'utf8'))
  if (out.failed !== undefined) throw new Error(out.failed)
  return { out, folder }
}
