/** Connections are the servers of a queue: requests come at random (Poisson), and each keeps one for its time. */

/** Of a p99 that is more than this many times the mean, more connections help; longer waits do not. */
export const heaviestTail = 10

/** The p99 of exponentially distributed times, in means: ln 100. */
const exponentialTail = Math.log(100)

/** The 99th percentile of the standard normal distribution. */
const normalTail = 2.326347874

/**
 * Erlang C: the share of requests that find every connection in use and wait.
 * @param load requests in flight on average: connections that would be in use if there were no end of them
 */
export function shareThatWaits(connections: number, load: number): number {
  if (connections <= load) return 1
  // The inverse of Erlang B, summed from its largest index downward: about as many terms as the square root of the load matter.
  let sum = 0
  let term = 1
  for (let index = 0; index <= connections; index++) {
    sum += term
    term *= (connections - index) / load
    if (term < sum * 1e-17 || sum > 1e300) break
  }
  const utilisation = load / connections
  return 1 / (sum * (1 - utilisation) + utilisation)
}

/**
 * The wait that one in `oneIn` requests of steady traffic exceeds, in milliseconds.
 * Exponentially distributed times; where `p99` tells of a heavier tail, log-normal ones (Allen and Cunneen's approximation).
 */
export function waitExceededBy(
  oneIn: number,
  { connections, load, latency, p99 = 0 }: { connections: number; load: number; latency: number; p99?: number },
): number {
  if (connections <= load) return Number.POSITIVE_INFINITY
  const inQueue = Math.max(0, Math.log(shareThatWaits(connections, load) * oneIn))
  return (inQueue * spread(p99 / latency) * latency) / (connections - load)
}

/** How much longer queues are than under exponential times: (1 + the squared coefficient of variation) ÷ 2. */
function spread(tail: number): number {
  if (tail <= exponentialTail) return 1
  const sigma = normalTail - Math.sqrt(normalTail ** 2 - 2 * Math.log(Math.min(tail, heaviestTail)))
  return Math.max(1, Math.exp(sigma ** 2) / 2)
}
