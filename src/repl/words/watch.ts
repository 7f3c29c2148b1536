import { builtin, fails, word } from '../../language/builtins/builtin.ts'
import { sleep, taskWith } from '../../language/run/frame.ts'
import { renderError } from '../../language/run/render-error.ts'
import { printValue } from '../../language/values/print-value.ts'
import { isBug, located, ScriptError } from '../../language/values/fault.ts'
import { block, duration } from '../../language/values/types.ts'
import { columnsOf } from '../editor/graphemes.ts'
import type { Surface } from '../shell.ts'
import { shellOf } from './owner.ts'

/** A block is not run more often than this, in ms. */
const LEAST_PAUSE = 100

export const WATCH = builtin({
  name: 'watch',
  where: 'prompt',
  summary: 'Runs a block again and again and redraws its output, until Ctrl-C.',
  input: 'none',
  words: [word('time', duration), word('block', block)],
  examples: {
    'with timeout 1s { watch 200ms { print tick } }': fails('TIMEOUT'),
    'watch soon { print tick }': fails('BUG_ARGS'),
  },
  async run(_input, { time, block: body }, call) {
    const { terminal, print } = shellOf(call)
    let shownRows = 0
    for (;;) {
      let output = ''
      const task = taskWith(call.task, { out: (text) => void (output += text) })
      try {
        const value = await body.run([], task)
        if (value !== null) await printValue(task, value)
      } catch (thrown) {
        const error = located(thrown, call.place)
        if (call.task.signal.aborted) return ended(call.task.signal)
        // What fails now may work the next time; a mistake in the block stays one.
        if (!(error instanceof ScriptError) || isBug(error)) throw error
        output += renderError(error)
      }
      const lines = output.split('\n').slice(0, Math.max(1, terminal.rows - 2))
      const back = shownRows > 0 && !terminal.plain ? `\x1b[${shownRows}A\r\x1b[J` : ''
      const shown = [
        ...lines.filter((line, index) => index < lines.length - 1 || line !== ''),
        `every ${time.toString()}, ${new Date().toTimeString().slice(0, 8)}, Ctrl-C ends it`,
      ]
      print(`${back}${shown.join('\n')}\n`)
      shownRows = shown.reduce((sum, line) => sum + rowsOf(line, terminal), 0)
      if (call.task.signal.aborted) return ended(call.task.signal)
      await sleep(call.task, Math.max(LEAST_PAUSE, time.ms)).catch((error: unknown) => {
        if (!call.task.signal.aborted) throw error
      })
      if (call.task.signal.aborted) return ended(call.task.signal)
    }
  },
})

/** Ctrl-C ends it as it should end; a time limit around it is an error. */
function ended({ reason }: AbortSignal): null {
  if (reason instanceof ScriptError) throw reason
  return null
}

function rowsOf(line: string, { columns }: Surface): number {
  return Math.max(1, Math.ceil(columnsOf(line.replace(/\x1b\[[\d;]*m/g, '')) / columns))
}
