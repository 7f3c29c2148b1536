/** What everybody may know of the demo accounts (demo.ts); it lets in nobody but the user of the sandbox. */

export const demoUser = 'demo'
export const demoPassword = 'demo-password'
/** Login key of the demo account. */
export const demoLoginKey = 'de30de30de30de30'
/** For `X-Electricimp-Key`, when a device leaves a production group of the demo account. */
export const demoUnbondKey = 'demo-unbond-key'
/** For `/enroll`. */
export const demoBlinkUpKey = 'demo-blinkup-key'
/** Base32 secret of the mfa account's one-time codes. */
export const mfaSecret = 'JBSWY3DPEHPK3PXP'
