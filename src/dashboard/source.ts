import type {
  About,
  Diagnosis,
  LogLine,
  Reading,
  ReleaseOrder,
  ReleaseView,
  TestRunView,
} from './protocol.ts'

/** What happens on a log stream, in order. */
export type LogEvent =
  | { readonly kind: 'open' }
  /** `stored`: from what the cloud keeps, which may have been told before. */
  | { readonly kind: 'line'; readonly line: LogLine; readonly stored?: true }
  | { readonly kind: 'dropped'; readonly device: string }
  | { readonly kind: 'reconnecting'; readonly message: string }
  | { readonly kind: 'closed'; readonly message: string }

/** Where the dashboard gets what it shows. Errors are told to the page as they are: their messages hold no secret. */
export interface Source {
  readonly about: About
  readonly read: (signal: AbortSignal) => Promise<Reading>
  readonly diagnose: (device: string, signal: AbortSignal) => Promise<Diagnosis>
  /** The logs of devices, what is stored first, until the signal is aborted or the server closes the stream. */
  readonly follow: (devices: readonly string[], signal: AbortSignal) => AsyncIterable<LogEvent>
  readonly tests: () => Promise<readonly TestRunView[]>
  readonly releases: () => Promise<readonly ReleaseView[]>
  /** What a rollback of a release would do, in lines for people. Throws where there is nothing to put back. */
  readonly outlook: (release: string) => Promise<readonly string[]>
  /** Throws where it cannot be obeyed, or where a production group was not typed once more. */
  readonly order: (release: string, order: ReleaseOrder, retyped: string | null) => Promise<void>
}
