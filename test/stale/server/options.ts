/** How a server treats its idle connections. */
export interface ClosingOptions {
  readonly seed: number
  /** An idle connection is closed after a time drawn from here, in milliseconds. */
  readonly closesAfter: readonly [from: number, to: number]
  /** The value of its `Keep-Alive` header. */
  readonly hint?: string
}

export interface ClosingReport {
  readonly requests: number
  /** Requests that came more than once, by their path. */
  readonly repeated: readonly string[]
  /** Idle connections that it closed, a quarter of them by RST. */
  readonly closed: number
  /** Milliseconds by which its event loop was late at one time, at most. */
  readonly lag: number
}
