import { createInterface } from 'node:readline'
import { settingsFile, writeSetting, type Settings } from '../session/settings.ts'
import type { ReplOptions } from './shell.ts'

/** Whether the prompt is to be plain (repl.md 3.11). A terminal that does not say what it can is asked about once; the answer is kept. */
export async function isPlainTerminal(options: ReplOptions, settings: Settings): Promise<boolean> {
  const { env } = options.session
  if (options.plain || (env['TERM'] === 'dumb' && options.stdin === process.stdin)) return true
  if (settings.plain !== 'auto') return settings.plain === 'on'
  // The environment says nothing about a terminal at the other end of a connection.
  if (options.stdin !== process.stdin) return false
  if (options.stdin.setRawMode === undefined) return true
  if (env['MSYSTEM'] !== undefined && process.platform === 'win32' && env['TERM_PROGRAM'] === 'mintty') {
    options.stdout.write(
      'This terminal gives programs no console: the prompt is plain. "winpty impt" or Windows Terminal gives the full one.\n',
    )
    return true
  }
  const saysNothing = !env['TERM'] || env['TERM'] === 'unknown'
  return saysNothing && process.platform !== 'win32' ? askOnce(options) : false
}

async function askOnce({ stdin, stdout, session }: ReplOptions): Promise<boolean> {
  stdout.write('This terminal does not say what it can. Use plain lines without redrawing? (y/n) ')
  const reader = createInterface({ input: stdin, terminal: false })
  const answer = await new Promise<string>((resolve) => {
    reader.once('line', resolve)
    reader.once('close', () => resolve('y'))
  })
  reader.close()
  const isPlain = !/^n/i.test(answer.trim())
  await writeSetting(settingsFile(session.folders.config), 'plain', isPlain ? 'on' : 'off').catch(
    () => undefined,
  )
  return isPlain
}
