import { runProgram } from '../run/external.ts'
import { ExitRequest, located, raise, ScriptError } from '../values/fault.ts'
import { pathIn } from '../run/path.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { readScript } from '../run/script-file.ts'
import { runInner } from '../run/script.ts'
import type { Value } from '../values/value.ts'
import { type Implementation, wordOf, wordsOf } from './call.ts'

/** `sys [--ok CODES] program args`: gives `{text, exit}` for programs whose exit codes mean something. */
export const sys: Implementation = async (call) => {
  const [name = '', ...args] = wordsOf(call)
  let exit = 0
  const accepts = exitCodes(call.options['ok'])
  if (accepts === undefined) throw raise(call.place, 'BUG_ARGS', '--ok takes exit codes, such as 0,1')
  const note = (code: number): void => {
    exit = code
  }
  const output = await runProgram(call.frame, { name, args, accepts, note }, call.input, 'pipe', call.place)
  const text = output instanceof ProgramOutput ? await output.text(call.place) : ''
  return { text, exit }
}

function exitCodes(value: Value | undefined): readonly number[] | undefined {
  if (typeof value !== 'string') return [0]
  const codes = value.split(',').map((code) => (/^\d{1,3}$/.test(code.trim()) ? Number(code) : NaN))
  return codes.some(Number.isNaN) ? undefined : codes
}

/** `sh "line"`: a line for the shell of the system. */
export const sh: Implementation = (call) => {
  const line = wordOf(call)
  const shell =
    process.platform === 'win32'
      ? { name: 'cmd.exe', args: ['/d', '/s', '/c', line] }
      : { name: '/bin/sh', args: ['-c', line] }
  return runProgram(
    call.frame,
    { ...shell, shown: `sh ${JSON.stringify(line)}` },
    call.input,
    call.purpose,
    call.place,
  )
}

/** `run FILE args`: another script in a scope of its own; its `return` gives the value. */
export const run: Implementation = async (call) => {
  const [file = '', ...args] = wordsOf(call)
  const place = call.places[0] ?? call.place
  let text: string
  try {
    text = await readScript(pathIn(call.task, file))
  } catch (error) {
    throw located(error, place)
  }
  try {
    return await runInner(call.task, { name: file, text }, args, call.purpose === 'print' ? 'print' : 'value')
  } catch (error) {
    if (!(error instanceof ExitRequest)) throw error
    if (error.exit === 0) return null
    throw new ScriptError('EXTERNAL', `"${file}" ended with exit code ${error.exit}`, {
      place,
      exit: error.exit,
    })
  }
}
