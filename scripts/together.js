// Which test files share a process. Each process loads node:test, the libraries and the program's parts anew, which took a third of the time of
// all tests; the files of a room that only compute, or hold what they change in folders and servers of their own, are loaded one after another.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { bundleOf } from './bundle.js'
import { root } from './ready.js'

/** Rooms whose files may share a process. */
const ROOMS =
  /^test\/(?:stories\/(?:scripts-|(?:certificates|choosing|chosen|format|narrow|new|one-shot-terminal|readme|repl-(?:functions|jobs|questions|tables|word-examples|words)|sandbox-start|targets-prompt|urls)\.)|dashboard\/(?:logs|releases|tests)\.|(?:commands|coverage|entities|impcentral|language|lsp|main|output|preprocess|program|repl|sandbox|session|testing|squirrel\/(?:analysis|api|language|models))\/)/

/** What a file does that another one in its process would feel: hooks for all tests, changes of the process, measurements of it. */
const TOUCHES_PROCESS =
  /^(?:before|after)(?:Each)?\(|process\.env\[[^\]]+\] = |delete process\.env|process\.(?:chdir|cpuUsage|exitCode|getActive|memoryUsage|on\(|once\()|\bmock\.|setGlobalDispatcher|node:v8/m

/** Files that take seconds by themselves: together they would keep one core busy while the other has nothing left to do. */
const LONG =
  /^test\/(?:commands\/(?:batch-killed|bind-shapes|folder|modes|mutations|schema\/\w+)|language\/(?:check\/check|run\/commands|syntax\/\w+)|lsp\/hostile|sandbox\/(?:access|crash|fuzz)|testing\/(?:coverage|sandbox|watch)|squirrel\/language\/fuzz)\.test\.ts$/

/** The most files of one process. */
const MOST = 8

/** The programs that run these test files: bundles of files that run alone, and then programs that load some. */
export function programsOf(files) {
  const isShared = (name) =>
    ROOMS.test(name) && !LONG.test(name) && !TOUCHES_PROCESS.test(readFileSync(join(root, name), 'utf8'))
  const shared = files.filter(isShared)
  const rooms = [...new Set(shared.map(dirname))]
  const groups = rooms.flatMap((room) => {
    const names = shared.filter((name) => dirname(name) === room)
    const count = Math.ceil(names.length / MOST)
    return Array.from({ length: count }, (_, at) => names.filter((_, index) => index % count === at))
  })
  return [...files.filter((name) => !isShared(name)).map(bundleOf), ...groups.map(loaderOf)]
}

/**
 * A program that loads the bundles of some files, named for them: another run in this folder may have other ones. `node --test` goes by the
 * names: that of the folder makes these long ones begin first.
 */
function loaderOf(names) {
  if (names.length === 1) return bundleOf(names[0])
  const folder = bundleOf(dirname(names[0])).replace('/test/', '/groups/')
  const hash = createHash('sha256').update(names.join()).digest('hex').slice(0, 8)
  const path = `${folder}-${hash}.mjs`
  if (existsSync(path)) return path
  mkdirSync(dirname(path), { recursive: true })
  const imports = names.map((name) => relative(dirname(path), bundleOf(name)).replaceAll('\\', '/'))
  writeFileSync(path, imports.map((from) => `import ${JSON.stringify(from)}\n`).join(''))
  return path
}
