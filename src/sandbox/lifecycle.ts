/** The default behaviour: a device logs its life cycle and runs no code. */
import type { BehaviourHost, DeviceBehaviour, DeviceFacts, Program } from './behaviour.ts'

/** Bytes of program storage that the percentage in the log refers to. */
const programStorage = 128 * 1024

/** Makes devices that log what impCentral logs around a start, and agents without an HTTP handler. */
export function lifecycleBehaviour(host: BehaviourHost): DeviceBehaviour {
  const startAgent = (device: DeviceFacts) => {
    host.agentRunning(device.id, true)
    host.log(device.id, 'status', 'Agent restarted: reload.')
  }
  return {
    start(device, program) {
      startAgent(device)
      host.log(device.id, 'status', download(program))
    },
    startAgent,
    stop: (deviceId) => host.agentRunning(deviceId, false),
    shutdown: () => false,
    connected: (device) => host.log(device.id, 'status', 'Device connected'),
    disconnected: (deviceId) => host.log(deviceId, 'status', 'Device disconnected'),
    power: () => undefined,
    agentRequest: async () => ({
      status: 404,
      headers: { 'content-type': 'text/plain' },
      body: 'No http handlers have been registered',
    }),
    close: async () => undefined,
  }
}

function download(program: Program): string {
  const used = (Buffer.byteLength(program.deviceCode) * 100) / programStorage
  const text = `${used.toFixed(2)}% program storage used`
  return used > 100 ? `Out of space; ${text}` : `Downloading new code; ${text}`
}
