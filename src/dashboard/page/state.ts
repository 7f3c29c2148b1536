/** How a device stands, as a colour and a shape. */
export type State = 'online' | 'weak' | 'no-agent' | 'offline' | 'silent' | 'unknown'

export const STATES: readonly State[] = ['online', 'weak', 'no-agent', 'offline', 'silent', 'unknown']

export const STATE_NAMES: Readonly<Record<State, string>> = {
  online: 'Online',
  weak: 'Weak signal',
  'no-agent': 'Agent down',
  offline: 'Offline',
  silent: 'Silent',
  unknown: 'Unknown',
}

/** The shape of each state in a square of 16, filled by the rule of even and odd. */
export const SHAPES: Readonly<Record<State, string>> = {
  online: 'M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z',
  weak: 'M8 2 15 14H1z',
  'no-agent': 'M8 1 15 8 8 15 1 8z',
  offline:
    'M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3zM5.5 4A1.5 1.5 0 0 0 4 5.5v5A1.5 1.5 0 0 0 5.5 12h5a1.5 1.5 0 0 0 1.5-1.5v-5A1.5 1.5 0 0 0 10.500 4z',
  silent:
    'M4.100 2 8 5.900 11.900 2 14 4.100 10.100 8 14 11.900 11.900 14 8 10.100 4.100 14 2 11.900 5.900 8 2 4.100z',
  unknown: 'M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z',
}

interface Facts {
  readonly online: boolean | null
  readonly since: number | null
  readonly agentRuns: boolean | null
  readonly rssi: number | null
}

/** The state of a device: the worst that is true of it. Times in ms since 1970. */
export function stateOf(
  { online, since, agentRuns, rssi }: Facts,
  now: number,
  { silentMs, weakDbm }: { readonly silentMs: number; readonly weakDbm: number },
): State {
  if (online === null) return 'unknown'
  if (!online) return since === null || now - since >= silentMs ? 'silent' : 'offline'
  if (agentRuns === false) return 'no-agent'
  return rssi !== null && rssi < weakDbm ? 'weak' : 'online'
}
