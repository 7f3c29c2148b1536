import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isSameSecret } from '../../program/secret.ts'

/** The header in which the server shows that it knows the token, too. */
export const PROOF_HEADER = 'x-impt-proof'

/**
 * The header of a client that knows the token, without the token in it: whoever listens on the port of a server that was killed must learn
 * nothing from a client that still has its file.
 */
export function introduce(token: string): { readonly authorization: string; readonly nonce: string } {
  const nonce = randomBytes(16).toString('hex')
  return { authorization: `Impt ${nonce} ${proofOf(token, 'client', nonce)}`, nonce }
}

/** The nonce of a client that knows the token; undefined for any other. */
export function admitted({ authorization = '' }: IncomingHttpHeaders, token: string): string | undefined {
  const [, nonce = '', proof = ''] = /^Impt ([0-9a-f]{32}) ([0-9a-f]{64})$/.exec(authorization) ?? []
  return isSameSecret(proof, proofOf(token, 'client', nonce)) ? nonce : undefined
}

/** The server's own proof for a client's nonce. */
export function answerTo(nonce: string, token: string): string {
  return proofOf(token, 'server', nonce)
}

/** Whether the server that answered knows the token. */
export function isGenuine(headers: IncomingHttpHeaders, nonce: string, token: string): boolean {
  return isSameSecret(String(headers[PROOF_HEADER] ?? ''), proofOf(token, 'server', nonce))
}

function proofOf(token: string, side: 'client' | 'server', nonce: string): string {
  return createHmac('sha256', token).update(`${side} ${nonce}`).digest('hex')
}
