/** Whether a stream is a terminal. Node gives no `isTTY` to what is none, although its types promise one: undefined must not get any further. */
export function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}
