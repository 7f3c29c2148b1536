import { ImptError } from '../output/error.ts'

/** Base URL of the public cloud (impcentral-api.md 1). */
export const PUBLIC_ENDPOINT = 'https://api.electricimp.com/v5'

/**
 * Checks the base URL of an impCentral API and gives it without trailing slashes, so that paths can be appended (impcentral-api.md 1).
 * Throws USAGE for anything that is not a plain http or https URL; a user name and password in it are refused and never repeated.
 */
export function normalizeEndpoint(endpoint: string): string {
  const text = endpoint.trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ImptError('USAGE', `The API endpoint "${withoutSecrets(text)}" is not an http or https URL.`, {
      hint: `Give the whole base URL with its version, for example ${PUBLIC_ENDPOINT}`,
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new ImptError(
      'USAGE',
      `The API endpoint of host "${url.host}" must not contain a user name or password.`,
      {
        hint: 'Log in with "impt auth login --user" or a login key instead',
      },
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ImptError('USAGE', `The API endpoint "${withoutSecrets(text)}" must not contain "?" or "#".`, {
      hint: `Give the base URL with its version only, for example ${PUBLIC_ENDPOINT}`,
    })
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
}

// What is no URL can hold a password as well: all before an "@" goes, and all that follows a "?" or "#".
function withoutSecrets(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^(.*?\/\/)?.*@/s, '$1')
}

/** Whether the server is on this machine, as a sandbox is. */
export function isLocal(endpoint: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(endpoint).hostname)
}
