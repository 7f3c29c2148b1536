import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desk } from './impt.ts'

/** Says at exit which modules of the program were compiled, and of which V8 took or refused the code cache. */
const TRAP = `
const vm = require('vm')
const names = []
const taken = []
const refused = []
vm.Script = class extends vm.Script {
  constructor(text, options) {
    super(text, options)
    const name = options.filename.split('/').at(-1)
    names.push(name)
    if (options.cachedData) (this.cachedDataRejected ? refused : taken).push(name)
  }
}
process.on('exit', () => require('fs').writeSync(2, 'compiled: ' + names.join(' ') + '\\ntaken: ' + taken.join(' ') + '\\nrefused: ' + refused.join(' ') + '\\n'))
`

/** The names of the files of the program that the command compiled, of those whose code cache V8 took or refused, and what it wrote to stderr. */
export async function compiledBy(desk: Desk, words: readonly string[]) {
  const trap = join(desk.folder, 'trap.cjs')
  await writeFile(trap, TRAP)
  const { stderr } = await desk.run(words, '', { NODE_OPTIONS: `--require ${trap}` })
  const told = (what: string) => new RegExp(`^${what}: (.+)$`, 'm').exec(stderr)?.[1]?.split(' ') ?? []
  return { compiled: new Set(told('compiled')), taken: told('taken'), refused: told('refused'), stderr }
}

/** The names of the files of the program in which there is such a source file. */
export function chunksWith(isWanted: (source: string) => boolean): readonly string[] {
  const { outputs } = JSON.parse(readFileSync('dist/meta.json', 'utf8')) as {
    readonly outputs: Readonly<Record<string, { readonly inputs: object }>>
  }
  return Object.entries(outputs)
    .filter(([, { inputs }]) => Object.keys(inputs).some(isWanted))
    .map(([path]) => path.split('/').at(-1) ?? '')
}
