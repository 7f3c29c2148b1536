import hooks from 'node:async_hooks'

/** A reader or listener that is made again and again and never given back is a fault: its warning fails the test. */
process.on('warning', (warning) => {
  if (warning.name === 'MaxListenersExceededWarning') throw warning
})

// node:test keeps what each promise belongs to, and lets V8 tell it when the promise is gone, which takes a tenth of the time of a file that
// waits much. A file's process is short-lived: it may keep all.
const { createHook } = hooks
hooks.createHook = (callbacks) => createHook({ ...callbacks, destroy: undefined })
