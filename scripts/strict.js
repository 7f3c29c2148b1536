/** A reader or listener that is made again and again and never given back is a fault: its warning fails the test. */
process.on('warning', (warning) => {
  if (warning.name === 'MaxListenersExceededWarning') throw warning
})
