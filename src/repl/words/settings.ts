import { counted } from '../../output/messages.ts'
import { visible } from '../../output/visible.ts'
import { ImptError } from '../../output/error.ts'
import { builtin, type Call, fails, maybe, rest } from '../../language/builtins/builtin.ts'
import { TYPES } from '../../language/values/types.ts'
import type { Value } from '../../language/values/value.ts'
import { deleteEntityFiles } from '../../entities/cache.ts'
import { grepHistory, type HistoryEntry } from '../../session/history.ts'
import { SETTINGS, settingRow, settingsFile, showSetting, writeSetting } from '../../session/settings.ts'
import type { Shell } from '../shell.ts'
import { say, shellOf } from './owner.ts'

const { text } = TYPES

/** Words about what is kept between sessions: the settings and the history. */
export const KEPT_WORDS = [
  builtin({
    name: 'config',
    where: 'prompt',
    summary: 'Shows the settings, or changes one; "reset" gives it its first value again.',
    input: 'none',
    words: [maybe('name', text), maybe('value', text)],
    examples: {
      'config hints | get value': 'on',
      'config nonsense': fails('USAGE'),
    },
    run: (_input, { name, value }, call) =>
      config(shellOf(call), name, value).then((rows) =>
        say(
          call,
          rows.map((row) => `${row.name.padEnd(14)}${row.value.padEnd(8)}${row.summary}\n`).join(''),
          rows,
        ),
      ),
  }),
  builtin({
    name: 'history',
    where: 'prompt',
    summary: 'Shows the history: history, history grep TEXT; changes it: clear, delete N, sync.',
    input: 'none',
    words: [{ ...maybe('what', text), choices: ['grep', 'clear', 'delete', 'sync'] }, rest('text', text)],
    examples: {
      'history clear': 'the history is empty',
      'history | last | get text': 'history | last | get text',
      'history delete 12345': fails('USAGE'),
    },
    async run(_input, { what, text: words }, call) {
      const { history } = shellOf(call)
      if (what === undefined) return showEntries(call, history.entries, history.entries.slice(-200))
      if (what === 'grep')
        return showEntries(call, history.entries, grepHistory(history.entries, words.join(' ')))
      if (what === 'clear') {
        await history.clear()
        return say(call, 'the history is empty\n', [])
      }
      if (what === 'sync') {
        await history.load()
        return say(call, `${counted(history.entries.length, 'entry', 'entries')}\n`, history.entries.length)
      }
      const entry = history.entries[Number(words[0]) - 1]
      if (entry === undefined)
        throw new ImptError('USAGE', `There is no history entry ${words[0] ?? ''}.`, {
          hint: '"history" shows the numbers',
        })
      await history.delete(entry.text)
      return null
    },
  }),
]

/** One setting as it is shown. */
interface Shown {
  readonly [field: string]: string
  readonly name: string
  readonly value: string
  readonly summary: string
}

async function config(
  shell: Shell,
  name: string | undefined,
  value: string | undefined,
): Promise<readonly Shown[]> {
  const { folders } = shell.session
  if (name !== undefined && value !== undefined) {
    shell.settings = await writeSetting(
      settingsFile(folders.config),
      name,
      value === 'reset' ? undefined : value,
    )
    if (name === 'cache.disk' && !shell.settings['cache.disk']) await deleteEntityFiles(folders.cache)
    if (name === 'plain') shell.print('the next prompt will be so\n')
  }
  const rows = name === undefined ? SETTINGS : [settingRow(name)]
  return rows.map((row) => ({
    name: row.name,
    value: showSetting(shell.settings[row.name]),
    summary: row.summary,
  }))
}

function showEntries(
  call: Call,
  all: readonly HistoryEntry[],
  entries: readonly HistoryEntry[],
): Value | Promise<Value> {
  const numbers = new Map(all.map((entry, index) => [entry, index + 1]))
  const shown = entries.map((entry) => {
    const failed = entry.ok === false ? '   (failed)' : ''
    const line = visible(entry.text.replaceAll('\n', ' ⏎ '))
    return `${String(numbers.get(entry)).padStart(5)}  ${line}${failed}\n`
  })
  return say(
    call,
    shown.join(''),
    entries.map((entry) => ({ number: numbers.get(entry) ?? 0, text: entry.text, ok: entry.ok !== false })),
  )
}
