// The prompt: its first drawing, a key, a completion, and one-shots through a shared session.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { home, impt, row } from './measure.js'

export const title = 'The prompt'

export async function* rows() {
  const { LONG_BUFFER, LONG_LINE, measureCompletion, measureKey } =
    await import('../../test/repl/bench-editor.ts')
  const { measureStart } = await import('../../test/repl/bench-start.ts')
  const { measureShared } = await import('../../test/repl/bench-serve.ts')

  const user = mkdtempSync(join(home, 'prompt-'))
  mkdirSync(join(user, '.config/impt'), { recursive: true })
  writeFileSync(join(user, '.config/impt/settings.json'), '{}')
  const env = { PATH: process.env.PATH ?? '', HOME: user, TERM: 'xterm-256color' }
  const { floor, prompt } = await measureStart([impt], env, /› /)
  yield row('first prompt - node -e 0, in a terminal', prompt.median - floor.median, 90, 'ms')

  yield row('key to screen on a 200-character line, 95th percentile', measureKey(LONG_LINE).p95, 8, 'ms')
  yield row('key to screen on a 200-row buffer, 95th percentile', measureKey(LONG_BUFFER).p95, 8, 'ms')
  yield row('completion over 10,000 cached devices, 95th percentile', measureCompletion().p95, 30, 'ms')

  const { alone, shared } = await measureShared(impt)
  yield row(
    'device info --device NAME, 10,000 devices: shared session / alone',
    shared.median / alone.median,
    1 / 3,
  )
}
