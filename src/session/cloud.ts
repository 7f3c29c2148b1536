import type { Session } from './session.ts'

/**
 * What tells the embedded impCentral of a session from every other cloud on this machine; undefined where the session talks to another
 * one, which its endpoint tells. The embedded one has a port of its own in each process and is the same all the same: its folder tells it.
 */
export function embeddedCloud({ sandbox, env }: Session): string | undefined {
  return sandbox && `sandbox ${env['IMPT_SANDBOX_DIR'] ?? ''}`
}
