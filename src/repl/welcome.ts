import { settingsFile, writeSetting } from '../session/settings.ts'
import type { Shell } from './shell.ts'

const START =
  'Not logged in: "auth login" begins with an account, "impt --sandbox" tries everything without one.'

const WELCOME =
  '"help" shows what there is, Tab completes, Ctrl-D leaves. Plain lines, for screen readers: config plain on'

/** A line of the prompt's own; what measures its words is loaded only where it does not fit. */
async function printWrapped({ print, terminal }: Shell, text: string): Promise<void> {
  if (text.length <= terminal.columns) return print(`${text}\n`)
  const { wrapWords } = await import('../output/wrap.ts')
  print(`${wrapWords(text, terminal.columns).join('\n')}\n`)
}

/** What is said once, at the first start; that it was is kept. */
export async function welcome(shell: Shell): Promise<void> {
  await printWrapped(shell, WELCOME)
  await writeSetting(settingsFile(shell.session.folders.config), 'plain', shell.settings.plain).catch(
    () => undefined,
  )
}

/** How to begin, with and without an account. */
export function sayHowToBegin(shell: Shell): Promise<void> {
  return printWrapped(shell, START)
}
