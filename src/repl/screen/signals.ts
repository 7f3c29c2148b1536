/**
 * While the prompt is there, Ctrl-C has its own meaning (repl.md 3.6), so other listeners are set aside. `restore` is called on every way out
 * of the process, also after an error that nobody caught. Gives the function that puts everything back.
 */
export function guardSignals(
  source: NodeJS.Process,
  interrupted: () => void,
  restore: () => void,
): () => void {
  const others = source.listeners('SIGINT')
  for (const listener of others) source.off('SIGINT', listener)
  source.on('SIGINT', interrupted)
  source.on('exit', restore)
  return () => {
    source.off('SIGINT', interrupted)
    source.off('exit', restore)
    for (const listener of others) source.on('SIGINT', listener)
  }
}
