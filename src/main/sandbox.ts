import { cannotOpen } from '../commands/sandbox/folder.ts'
import { openEmbedded } from '../sandbox/embedded.ts'
import { squirrelBehaviour, squirrelCheck } from '../sandbox/squirrel.ts'
import type { SandboxLogin } from '../session/session.ts'

/** A prompt or a script that has had nothing to ask for so long wakes the virtual devices of an old store; a command is done before. */
const WAKE_AFTER_MS = 1000

/** Opens the embedded impCentral of a folder, or joins the process that has it open. Throws FILE when the folder cannot be used. */
export async function openSandbox(
  folder: string,
  version: string,
): Promise<{ login: SandboxLogin; close: () => Promise<void> }> {
  try {
    const { url, token, close } = await openEmbedded(folder, version, {
      behaviour: squirrelBehaviour({ wakeAfter: WAKE_AFTER_MS }),
      check: squirrelCheck(),
    })
    // Its tokens are made for this process and end with it.
    return { login: { endpoint: url, accessToken: token, expiresAt: '9999-12-31T23:59:59.000Z' }, close }
  } catch (error) {
    throw cannotOpen(folder, error, 'IMPT_SANDBOX_DIR names another folder; "impt sandbox reset" starts over')
  }
}
