/** A user, a query or a fragment in a URL may be a credential. */
export function isSecretUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return username !== '' || password !== '' || search !== '' || hash !== ''
}
