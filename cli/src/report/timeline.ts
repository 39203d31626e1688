/** A time span in milliseconds since the timeline began. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** One connection, as the server saw it. */
export interface TimelineConnection {
  /** Index of the host it led to. */
  readonly host: number
  readonly opened: number
  /** Null if it was still open at the end. */
  readonly closed: number | null
  readonly busy: readonly Span[]
}

/** One request, as the client sent it and the server saw it. */
export interface TimelineRequest {
  readonly sent: number
  /** When it stopped waiting: it reached the server, or failed before. */
  readonly left: number
  readonly outcome: 'answered' | 'acquire timeout' | 'refused' | 'failed'
}

/** What one client's pool did under the workload. */
export interface Timeline {
  readonly client: string
  readonly duration: number
  readonly connections: readonly TimelineConnection[]
  readonly requests: readonly TimelineRequest[]
  /** Parts of the workload, for the axis. */
  readonly phases: readonly (Span & { readonly name: string })[]
  readonly measured: Measured
  /** What did not hold, in words; empty if all did. */
  readonly breaches: readonly string[]
}

/** Sockets counted from connect to close. */
export interface Measured {
  readonly opened: number
  readonly peak: number
  readonly peakPerHost: number
  readonly idleLeft: number
  /** From the last answer on a connection to its close; null if none expired while it was watched. */
  readonly expiry: number | null
  readonly acquireTimeouts: number
  /** Refused at once: pool or queue full. */
  readonly refused: number
  readonly failed: number
}

export interface Point {
  readonly at: number
  readonly count: number
}

/** How many requests wait at each time: one point for each change. */
export function waitingOver(requests: readonly TimelineRequest[]): Point[] {
  const changes = requests.flatMap(({ sent, left }) => [
    { at: sent, by: 1 },
    { at: left, by: -1 },
  ])
  changes.sort((a, b) => a.at - b.at || a.by - b.by)
  let count = 0
  return changes.map(({ at, by }) => {
    count += by
    return { at, count }
  })
}

/**
 * A row for each connection; one that closed makes room for a later one, so that there are as many rows as connections were open
 * at one time.
 */
export function lanesOf(connections: readonly TimelineConnection[]): { connection: TimelineConnection; lane: number }[] {
  const freeAt: number[] = []
  return [...connections]
    .sort((a, b) => a.opened - b.opened)
    .map((connection) => {
      const free = freeAt.findIndex((at) => at <= connection.opened)
      const lane = free < 0 ? freeAt.length : free
      freeAt[lane] = connection.closed ?? Number.POSITIVE_INFINITY
      return { connection, lane }
    })
}
