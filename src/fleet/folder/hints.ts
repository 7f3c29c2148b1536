import { isSameAccount, type AccountName } from '../account.ts'

/** What one account's copy of a folder is in the cloud: ids and times by path. Only this differs between accounts of equal content. */
export interface Hints {
  readonly account: AccountName
  /** By path: `products/Thermostat`, `products/Thermostat/groups/Field`. */
  readonly entities: Readonly<Record<string, Hint>>
  /** Kinds and groups that the last pull was not allowed to read. */
  readonly unread: readonly string[]
}

export interface Hint {
  readonly id: string
  readonly created_at?: string | undefined
  readonly updated_at?: string | undefined
  /** Of a group: its builds in the order of `builds.json`. */
  readonly builds?: readonly BuildHint[] | undefined
  /** Of a group: the id of the minimum supported deployment, and the code that `builds.json` marked with it. */
  readonly minimum?: { readonly id: string; readonly at: string } | undefined
}

export interface BuildHint {
  readonly id: string
  readonly sha?: string | undefined
  readonly code: string
}

/** `hints/api.electricimp.com~acme.json`: host and user, escaped as folder names are. */
export function hintsPath({ host, username }: AccountName): string {
  const escape = (text: string) =>
    text.replace(/[^\p{L}\p{Nd}._-]/gu, (char) =>
      [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    )
  return `hints/${escape(host)}~${escape(username)}.json`
}

/** Whose folder it is: of the account of the last pull on this machine; a fresh clone with the hints of one account is that one's. */
export function sourceOf(hints: readonly Hints[], last: AccountName | undefined): AccountName | undefined {
  const known = hints.find(({ account }) => last !== undefined && isSameAccount(account, last))
  return (known ?? (hints.length === 1 ? hints[0] : undefined))?.account
}
