import { spawn } from 'node:child_process'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { temporaryFolder } from '../session/temporary-folder.ts'

/** Opens `$VISUAL` or `$EDITOR` on a text and gives what was saved; undefined if the editor failed. Throws FILE when there is no editor. */
export async function editText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<string | undefined> {
  const [program = 'vi', ...args] = (env['VISUAL'] || env['EDITOR'] || 'vi').trim().split(/\s+/)
  const folder = await temporaryFolder('impt-edit-')
  const file = join(folder, 'input.imptsh')
  try {
    await writeFile(file, text, { mode: 0o600 })
    const code = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(program, [...args, file], { stdio: 'inherit', cwd: directory, env })
      child.once('error', (error) =>
        reject(
          new ImptError('FILE', `The editor "${program}" cannot be started: ${error.message}`, {
            hint: 'set VISUAL or EDITOR',
          }),
        ),
      )
      child.once('close', resolve)
    })
    return code === 0 ? (await readFile(file, 'utf8')).replace(/\r?\n$/, '') : undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
