import { readFileSync } from 'node:fs'
import { colours } from '../output/paint.ts'

/** What a report writes, by the names of its files. */
export type Written = Map<string, Buffer>

/** The writer that Istanbul's reports ask for, into memory: what is complete is put in its place at once. */
export function memoryWriter(written: Written, colour: boolean, folder = '') {
  const { red: low, yellow: medium, green: high } = colours(colour)
  const paint = { low, medium, high }
  return {
    writeFile(name: string) {
      const pieces: Buffer[] = []
      const write = (content: string | Buffer) => void pieces.push(Buffer.from(content as string))
      return {
        write,
        println: (text: string) => write(`${text}\n`),
        close: () => void written.set(folder + name, Buffer.concat(pieces)),
        colorize: (text: string, kind: string) => paint[kind as keyof typeof paint]?.(text) ?? text,
      }
    },
    copyFile(source: string, name: string) {
      written.set(folder + name.replace(/^\.\//, ''), readFileSync(source))
    },
    writerForDir: (name: string) => memoryWriter(written, colour, `${folder}${name}/`),
  }
}
