// How the program's modules are loaded, out of dist/ and out of the single executable alike: each is compiled when it is first needed, from
// V8's code cache of it where that fits this Node, which saves half of what a start costs. V8 refuses the cache of another version of
// itself or of other flags; the module is then compiled as usual.
const { join, posix } = require('node:path')
const { Script } = require('node:vm')

/**
 * Gives `load(name)`, which runs a module once and gives its exports; names are paths in dist/, such as `chunks/a.cjs`. `textOf` and `cacheOf`
 * give a module's text and its code cache (undefined: none), `folder` is where modules take themselves to lie, and `seen` is told of each
 * script that is compiled.
 */
module.exports = function loader({ folder, textOf, cacheOf, seen }) {
  const loaded = new Map()
  return function load(name) {
    const known = loaded.get(name)
    if (known !== undefined) return known.exports
    // Where the cache was made stands in its traces, too: a name that says nothing of that machine.
    const script = new Script(`(function(exports,require,module,__filename,__dirname){${textOf(name)}\n})`, {
      filename: posix.join('/impt', name),
      cachedData: cacheOf(name),
    })
    seen?.(name, script)
    const module = { exports: {} }
    loaded.set(name, module)
    const requireFrom = (id) => (id.startsWith('.') ? load(posix.join(name, '..', id)) : outside(id))
    const filename = join(folder, name)
    script.runInThisContext()(module.exports, requireFrom, module, filename, join(filename, '..'))
    return module.exports
  }
}

/**
 * A module of Node. Every package is inside; what a package only tries to find, such as native helpers of `ws`, is not looked for, which the
 * executable would warn of on stderr.
 */
function outside(id) {
  const builtin = process.getBuiltinModule(id)
  if (builtin !== undefined) return builtin
  throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' })
}
