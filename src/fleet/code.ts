import { createHash } from 'node:crypto'
import type { CodeRef, CodeTexts } from './account.ts'

/** SHA-256 of bytes or of a text in UTF-8, in hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

/** What names the code of a build: digests of each program, and of both together. */
export function codeRefOf({ device, agent }: CodeTexts): CodeRef {
  return codeRef(sha256(device), sha256(agent))
}

export function codeRef(device: string, agent: string): CodeRef {
  return { digest: sha256(`${device} ${agent}`), device, agent }
}
