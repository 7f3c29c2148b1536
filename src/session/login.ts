import { login, loginWithOtp, type AuthState, type Credentials } from '../impcentral/auth.ts'
import { createTransport, type TransportOptions } from '../impcentral/transport.ts'
import { ImptError } from '../output/error.ts'

/** Asks the person for a secret, such as `one-time password`. */
export type AskSecret = (what: string) => Promise<string>

/**
 * Logs in, with the second step of a two-factor login where the server demands it (files.md 3). Throws AUTH for wrong credentials; an
 * unknown login key is named as what it is.
 */
export async function logIn(
  transportOptions: TransportOptions,
  credentials: Credentials,
  askSecret: AskSecret,
): Promise<AuthState> {
  const transport = createTransport(transportOptions)
  const { signal } = transportOptions
  const result = await login(transport, credentials, signal).catch((error: unknown) => {
    if (credentials.kind !== 'key' || !(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
    // The key is a credential: unlike other identifiers it is not repeated.
    throw new ImptError('AUTH', 'Login Key is not found.', {
      hint: 'Check the key with "impt loginkey list" of the same account',
      cause: error,
    })
  })
  if (result.kind === 'tokens') return result.state
  return loginWithOtp(transport, result.loginToken, await askSecret('one-time password'), signal)
}
