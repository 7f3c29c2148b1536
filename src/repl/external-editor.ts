import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { temporaryFolder } from '../session/temporary-folder.ts'

/** What a shell reads as more than the letters of one word. */
const FOR_SHELL = /[|&;<>()$`\\"' \t\n*?[#~=%]/

/** How a shell says that it cannot start something, or that there is none. */
const NOT_STARTED: readonly (number | null)[] = [126, 127]

interface EditorCall {
  /** As the user named it. */
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
  readonly shell: boolean
}

/**
 * How the editor of an environment is started on a file, as Git does it: the variable is a command of the shell, so that it may have arguments
 * and quote a path with blanks. On Windows the shell is that of the system.
 */
export function editorCall(
  env: Readonly<Record<string, string | undefined>>,
  file: string,
  platform: NodeJS.Platform = process.platform,
): EditorCall {
  const isWindows = platform === 'win32'
  const name =
    [env['VISUAL'], env['EDITOR']]
      .map((text) => text?.trim())
      .find((text) => text !== undefined && text !== '') ?? (isWindows ? 'notepad' : 'vi')
  if (isWindows) return { name, program: `${name} "${file}"`, args: [], shell: true }
  if (!FOR_SHELL.test(name)) return { name, program: name, args: [file], shell: false }
  return { name, program: 'sh', args: ['-c', `${name} "$@"`, name, file], shell: false }
}

/** Opens `$VISUAL` or `$EDITOR` on a text and gives what was saved; undefined if the editor failed. Throws FILE when there is no editor. */
export async function editText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<string | undefined> {
  const folder = await temporaryFolder('impt-edit-')
  const file = join(folder, 'input.imptsh')
  try {
    await writeFile(file, text, { mode: 0o600 })
    const { name, program, args, shell } = editorCall(env, file)
    const refusal = (why: string) =>
      new ImptError('FILE', `The editor "${name}" cannot be started: ${why}`, {
        hint: 'set VISUAL or EDITOR',
      })
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(program, args, { stdio: 'inherit', cwd: directory, env, shell })
      child.once('error', (error) => reject(refusal(error.message)))
      child.once('close', resolve)
    })
    if (program === 'sh' && NOT_STARTED.includes(code)) throw refusal(`the shell ended with ${code}`)
    return code === 0 ? (await readFile(file, 'utf8')).replace(/\r?\n$/, '') : undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
