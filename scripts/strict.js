import hooks, { AsyncResource, executionAsyncId } from 'node:async_hooks'

// A test that inherits what people set for the program, for proxies or for their terminal is a test of the machine. What tests themselves are
// told by the environment stays.
const HEEDED =
  /^(?:(?:https?|all|no)_proxy|IMPT_.+|XDG_.+|(?:FORCE|NO)_COLOR|CLICOLOR(?:_FORCE)?|COLORTERM|PAGER|EDITOR|VISUAL|COLUMNS|LINES)$/i
const OF_TESTS =
  /^IMPT_(?:TEST_SEED|STORY_PROGRAM|CHROMIUM|RECORD|WRITE_SNAPSHOTS|BOMBS|LIBRARIES|INCLUDE_MIRROR)$/
for (const name of Object.keys(process.env))
  if (HEEDED.test(name) && !OF_TESTS.test(name)) delete process.env[name]

/** A reader or listener that is made again and again and never given back is a fault: its warning fails the test. */
process.on('warning', (warning) => {
  if (warning.name === 'MaxListenersExceededWarning') throw warning
})

// node:test has V8 tell it of each promise, to know which test it belongs to: a fifth of the time of a file that waits much. Here it is told of
// its tests alone: the hook sees the first one, puts `Told` between its class and AsyncResource, which tells of all later ones, and is switched
// off. What is left over is an error that nobody catches: it is told to belong to the test that began last. A Node that asks otherwise takes
// its time again, no more; what is lost is that `test` and `after` find the test that runs behind an `await`: there are `t.test` and `t.after`.
const { createHook } = hooks
hooks.createHook = (callbacks) => {
  hooks.createHook = createHook
  let latest = 0
  let told = false
  class Told extends AsyncResource {
    constructor(...values) {
      super(...values)
      callbacks.init(this.asyncId(), 'Test', this.triggerAsyncId(), this)
    }
    runInAsyncScope(...values) {
      latest = this.asyncId()
      return super.runInAsyncScope(...values)
    }
  }
  const hook = createHook({
    ...callbacks,
    init(id, type, trigger, resource) {
      if (told) return
      callbacks.init(id, type, trigger, resource)
      if (type !== 'Test') return
      told = true
      let Test = resource.constructor
      while (Object.getPrototypeOf(Test) !== AsyncResource) Test = Object.getPrototypeOf(Test)
      Object.setPrototypeOf(Test, Told)
      Object.setPrototypeOf(Test.prototype, Told.prototype)
      // A hook that is switched off while it is called leaves V8's promise hook on, by a fault of Node (no total in its copy of the counts).
      queueMicrotask(() => hook.disable())
    },
  })
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.prependListener(event, () => {
      const id = executionAsyncId()
      callbacks.init(id, 'Error', latest, {})
      queueMicrotask(() => callbacks.destroy(id))
    })
  return hook
}
