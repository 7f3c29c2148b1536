import type { AuthState } from '../impcentral/auth.ts'
import type { TokenStore } from '../impcentral/tokens.ts'
import { ImptError } from '../output/error.ts'
import { authFileMissing, authIn, loginHint } from './auth-file.ts'
import type { ExecutionContext } from './execution-context.ts'
import { updateJsonFile } from './json-file.ts'

/**
 * Keeps the tokens of a login in its auth file (files.md 3). `read` gives what is known, without reading the file again. `update` holds the file's
 * lock while it reads the file again, renews and writes: of several processes one renews, the others take its token. Other keys of the
 * file survive. Throws AUTH when the file is gone or is for another API by now, FILE when it is corrupted or cannot be written.
 */
export function fileTokenStore(context: ExecutionContext & { readonly kind: 'file' }): TokenStore {
  const { file, place, directory } = context
  const hint = loginHint(place, true, directory)
  let known: AuthState = context.auth

  return {
    label: file.title,
    ...(hint === undefined ? {} : { reloginHint: hint }),
    read: async () => known,
    async update(change) {
      await updateJsonFile(file, async (content) => {
        if (content === undefined) throw authFileMissing(file)
        const { endpoint, ...saved } = authIn(file, content)
        if (endpoint !== context.auth.endpoint) throw replaced(file.title)
        known = await change(saved)
        return known === saved ? undefined : { ...content, ...known }
      })
      return known
    },
  }
}

// The tokens of one API must never be sent to another.
function replaced(title: string): ImptError {
  return new ImptError('AUTH', `The ${title} File now belongs to another impCentral API.`, {
    hint: 'Somebody has logged in again meanwhile; run the command again',
  })
}
