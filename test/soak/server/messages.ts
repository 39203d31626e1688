/** Ports of the soak's server, by what answers there. */
export interface Ports {
  readonly http: readonly number[]
  readonly https: readonly number[]
  /** Accepts connections and says nothing. */
  readonly mute: number
}

export interface ServerReport {
  /** Connections accepted and not yet closed. */
  readonly open: number
  readonly accepted: number
  /** The most that were open at one time since the last report. */
  readonly peak: number
  /** The longest time since the last report that the server's event loop was late, in milliseconds. */
  readonly lag: number
  readonly requests: number
}
