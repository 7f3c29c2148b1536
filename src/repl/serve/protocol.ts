/** What a client asks for, in the first message of a connection. */
export type Request =
  | {
      readonly kind: 'run'
      readonly argv: readonly string[]
      readonly directory: string
      readonly env: Readonly<Record<string, string>>
      readonly colour: boolean
      readonly width?: number
      readonly interactive: boolean
    }
  | {
      readonly kind: 'attach'
      readonly directory: string
      readonly columns: number
      readonly rows: number
      readonly colour: boolean
    }

/** What a client says later. */
export type Reply =
  | { readonly kind: 'answer'; readonly text: string | null }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'keys'; readonly text: string }
  | { readonly kind: 'size'; readonly columns: number; readonly rows: number }

/** What the server says. */
export type Event =
  /** The command begins: from here on it must not be run a second time. */
  | { readonly kind: 'started' }
  | { readonly kind: 'out' | 'err'; readonly text: string }
  | { readonly kind: 'progress'; readonly text: string | null }
  /** `beside`: on stderr, because stdout carries data for a program. */
  | {
      readonly kind: 'ask'
      readonly prompt: string
      readonly hidden: boolean
      readonly beside: boolean
    }
  /** The session does not serve this directory: the client runs the command itself. */
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'exit'; readonly code: number }

export const VERSION_HEADER = 'x-impt-version'

/** The longest message, in bytes. */
export const LONGEST_MESSAGE = 16_000_000

/** Reads a message of the other side; undefined for what is none. */
export function decode(data: unknown): { readonly kind: string } | undefined {
  try {
    const message: unknown = JSON.parse(String(data))
    return typeof message === 'object' &&
      message !== null &&
      typeof (message as { kind?: unknown }).kind === 'string'
      ? (message as { readonly kind: string })
      : undefined
  } catch {
    return undefined
  }
}

/** Whether a first message has the parts that its kind needs. */
export function isRequest(message: { readonly kind: string } | undefined): message is Request {
  const { kind, argv, directory, env, columns, rows } = (message ?? {}) as Record<string, unknown>
  if (typeof directory !== 'string') return false
  if (kind === 'run')
    return (
      Array.isArray(argv) &&
      argv.every((word) => typeof word === 'string') &&
      typeof env === 'object' &&
      env !== null
    )
  return kind === 'attach' && typeof columns === 'number' && typeof rows === 'number'
}
