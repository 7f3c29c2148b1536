import { runProgram } from '../run/run-program.ts'
import { ExitRequest, located, raise, ScriptError } from '../values/fault.ts'
import { pathIn } from '../run/path.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { readScript } from '../run/script-file.ts'
import { file, text } from '../values/types.ts'
import type { Value } from '../values/value.ts'
import { builtin, type Call, fails, option, rest, word } from './builtin.ts'

/** Other programs and other scripts. */
export const PROGRAMS = [
  builtin({
    name: 'sys',
    summary: 'Runs a program and gives {text, exit}, for programs whose exit codes mean something.',
    input: 'maybe',
    words: [word('program', text), { ...rest('argument', text), dashes: 'all' as const }],
    options: [option('ok', text, 'Exit codes that are no error, such as 0,1; 0 if absent.')],
    examples: {
      'sys --ok 0,3 sh -c "exit 3" | get exit': '3',
      'sys sh -c "exit 3"': fails('EXTERNAL'),
    },
    async run(input, { program, argument, ok }, call) {
      let exit = 0
      const accepts = exitCodes(ok)
      if (accepts === undefined) throw raise(call.at('ok'), 'BUG_ARGS', '--ok takes exit codes, such as 0,1')
      const note = (code: number): void => {
        exit = code
      }
      const line = { name: program, args: argument, accepts, note }
      const output = await runProgram(call.frame, line, input, 'pipe', call.place)
      return { text: output instanceof ProgramOutput ? await output.text(call.place) : '', exit }
    },
  }),
  builtin({
    name: 'sh',
    summary: 'Runs a line of the shell of the system.',
    input: 'maybe',
    words: [word('line', text)],
    examples: { 'sh "echo hello"': 'hello', 'sh "exit 2"': fails('EXTERNAL') },
    run(input, { line }, call) {
      const shell =
        process.platform === 'win32'
          ? { name: 'cmd.exe', args: ['/d', '/s', '/c', line] }
          : { name: '/bin/sh', args: ['-c', line] }
      const shown = `sh ${JSON.stringify(line)}`
      return runProgram(call.frame, { ...shell, shown }, input, call.purpose, call.place)
    },
  }),
  builtin({
    name: 'run',
    summary: 'Runs another script in its own scope; gives what the script returns.',
    input: 'none',
    words: [word('file', file), { ...rest('argument', text), dashes: 'all' as const }],
    examples: {
      '"param n: number\nreturn \\$n * 2" | save double.imptsh; run double.imptsh 4': '8',
      'run none.imptsh': fails('FILE'),
    },
    run: (_input, { file: name, argument }, call) => runFile(name, argument, call),
  }),
]

function exitCodes(ok: string | undefined): readonly number[] | undefined {
  if (ok === undefined) return [0]
  const codes = ok.split(',').map((code) => (/^\d{1,3}$/.test(code.trim()) ? Number(code) : NaN))
  return codes.some(Number.isNaN) ? undefined : codes
}

async function runFile(name: string, args: readonly string[], call: Call): Promise<Value> {
  const place = call.at('file')
  let content: string
  try {
    content = await readScript(pathIn(call.task, name))
  } catch (error) {
    throw located(error, place)
  }
  try {
    return await call.task.machine.runScript(
      call.task,
      { name, text: content },
      args,
      call.purpose === 'print' ? 'print' : 'value',
    )
  } catch (error) {
    if (error instanceof ScriptError) error.calls.push({ name, place })
    if (!(error instanceof ExitRequest)) throw error
    if (error.exit === 0) return null
    throw new ScriptError('EXTERNAL', `"${name}" ended with exit code ${error.exit}`, {
      place,
      exit: error.exit,
    })
  }
}
