import hooks from 'node:async_hooks'

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

// node:test keeps what each promise belongs to, and lets V8 tell it when the promise is gone, which takes a tenth of the time of a file that
// waits much. A file's process is short-lived: it may keep all.
const { createHook } = hooks
hooks.createHook = (callbacks) => createHook({ ...callbacks, destroy: undefined })
