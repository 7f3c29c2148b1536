// Run as a process of its own by the tests: `writer-process count FILE N` adds 1 to a counter N times; `writer-process flip FILE` writes two contents in turn for ever;
// `writer-process history FILE NAME N` appends N entries; `writer-process write FILE SIZE` writes one large text and prints the error's message.
import { appendHistory } from '../../src/session/history.ts'
import { updateJsonFile, writeJsonFile } from '../../src/session/json-file.ts'
import type { JsonFile } from '../../src/session/json-file.ts'

const [task, path = '', ...rest] = process.argv.slice(2)
const file: JsonFile = { title: 'Test', path, form: 'secret' }

switch (task) {
  case 'count':
    for (let i = 0; i < Number(rest[0]); i++) {
      await updateJsonFile(file, (content) => ({ ...content, [`${process.pid}-${i}`]: i }))
    }
    break
  case 'flip':
    console.log('ready')
    for (let i = 0; i < 100_000; i++) {
      await writeJsonFile(file, { which: i % 2, text: String(i % 2).repeat(300_000) })
    }
    break
  case 'history':
    for (let i = 0; i < Number(rest[1]); i++) {
      await appendHistory(path, { text: `${rest[0]} ${i} ${'x'.repeat(i * 20)}`, at: i })
    }
    break
  case 'write':
    await writeJsonFile(file, { text: 'x'.repeat(Number(rest[0])) }).catch((error: Error) =>
      console.log(error.message),
    )
    break
  default:
    throw new Error(`no task ${task}`)
}
