/** Every text that the platform itself writes to a device's log, in one place: their exact layout is not documented. */
import { type Failure, frameText } from './failure.ts'

export const texts = {
  agentRestarted: 'Agent restarted: reload.',
  connected: 'Device connected',
  disconnected: 'Device disconnected',
  outOfMemory: 'out of memory',
  watchdog: 'watchdog',
  noHandler: { device: 'ERROR: no handler for device.send()', agent: 'ERROR: no handler for agent.send()' },
  noHttpHandler: 'No http handlers have been registered',
  agentError: 'Internal Agent Error',
  noResponse: 'Agent did not respond in time',
} as const

/** The line about a download of new code. */
export function downloadText(used: number): string {
  const share = `${used.toFixed(2)}% program storage used`
  return used > 100 ? `Out of space; ${share}` : `Downloading new code; ${share}`
}

/** The log entries of a failure: the message, then one entry a frame. */
export function errorEntries({ reason, message, frames }: Failure): string[] {
  const first = reason === 'memory' ? texts.outOfMemory : message
  return [first, ...frames.map(frameText)].map((line) => `ERROR: ${line}`)
}

/** The entry for a device that goes to sleep. */
export function sleepText(seconds: number): string {
  return `sleeping for ${seconds} seconds`
}
