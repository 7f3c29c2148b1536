import { settingsFile, writeSetting, type Settings } from '../session/settings.ts'
import type { ReplOptions } from './shell.ts'

/** Whether the prompt is to be plain (repl.md 3.11). A terminal that does not say what it can is asked about once; the answer is kept. */
export async function isPlainTerminal(options: ReplOptions, settings: Settings): Promise<boolean> {
  const { env } = options.session
  const { terminal } = options
  if (options.plain || (env['TERM'] === 'dumb' && terminal.isOwn)) return true
  if (settings.plain !== 'auto') return settings.plain === 'on'
  // The environment says nothing about a terminal at the other end of a connection.
  if (!terminal.isOwn) return false
  if (!terminal.interactive) return true
  if (env['MSYSTEM'] !== undefined && process.platform === 'win32' && env['TERM_PROGRAM'] === 'mintty') {
    await terminal.out(
      'This terminal gives programs no console: the prompt is plain. "winpty impt" or Windows Terminal gives the full one.\n',
    )
    return true
  }
  const saysNothing = !env['TERM'] || env['TERM'] === 'unknown'
  return saysNothing && process.platform !== 'win32' ? askOnce(options) : false
}

async function askOnce({ terminal, session, stop }: ReplOptions): Promise<boolean> {
  const prompt = 'This terminal does not say what it can. Use plain lines without redrawing? (y/n) '
  const answer = await terminal.ask({ prompt, hidden: false, signal: stop })
  const isPlain = !/^n/i.test((answer ?? 'y').trim())
  await writeSetting(settingsFile(session.folders.config), 'plain', isPlain ? 'on' : 'off').catch(
    () => undefined,
  )
  return isPlain
}
