/** Waits until the signal is aborted. A promise that waits does not keep the process alive by itself. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => void whenAborted(signal, resolve))
}

/**
 * Calls `act` when the signal is aborted: at once where it was aborted already, which a listener alone would never hear of. Gives what takes it
 * back.
 */
export function whenAborted(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act()
    return () => undefined
  }
  signal.addEventListener('abort', act, { once: true })
  return () => signal.removeEventListener('abort', act)
}
