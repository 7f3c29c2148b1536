import { digest } from './digest.ts'
import { Failure } from './errors.ts'
import { type Reference, uriOf } from './reference.ts'
import type { Fetched } from './remote.ts'
import { type RequestOptions, get, successful } from './request.ts'

/**
 * Reads a file from a web server. Its version is the digest of its content, which a lock can only check.
 * @throws Failure
 */
export async function readHttp(
  reference: Extract<Reference, { kind: 'http' }>,
  version: string | undefined,
  options: RequestOptions,
): Promise<Fetched> {
  const uri = uriOf(reference)
  const basic =
    reference.user === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(reference.user).toString('base64')}` }
  const { text } = successful(await get(uri, basic, uri, options), uri, 'the server')
  const found = `sha256:${digest(text)}`
  if (version !== undefined && version !== found) {
    throw new Failure('DATA', `"${uri}" is no longer what the lock says; update the lock to accept it`)
  }
  return { text, version: found }
}
